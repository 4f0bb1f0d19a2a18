from odoo import api, models
from odoo.tools import SQL, format_date

from ..tools.timeline import DEBTOR, OURS
from .recouvrement_log_words import EVENTS

# Log entries that no other source tells.
LOGGED = (
    "item.cycle",
    "item.included",
    "invoice.posted_again",
    "invoice.scenario",
    "segment.changed",
    "customer.merged",
    "delivery.address_checked",
)


class RecouvrementTimeline(models.AbstractModel):
    """Pauses, and the named events that only the log knows."""

    _inherit = "recouvrement.timeline"

    # === PAUSES === #

    @api.model
    def _sql_pause(self, scope):
        """A pause begins, and is lifted by a person."""
        return SQL(
            """SELECT pause.id * 2 + event.rank AS id, event.at, 'pause' AS kind,
                      event.rank, pause.kind AS pause_kind, pause.reason, pause.date_end,
                      pause.move_name, COALESCE(event.user_id, pause.user_id) AS user_id
                 FROM recouvrement_pause pause
                 JOIN LATERAL (VALUES
                      (0, CASE WHEN pause.create_date::date = pause.date_start
                               THEN pause.create_date
                               ELSE pause.date_start + TIME '08:00' END, NULL),
                      (1, pause.lifted_at, pause.lifted_by_id)
                 ) event (rank, at, user_id) ON event.at IS NOT NULL
                WHERE pause.customer_id = %s %s""",
            scope.customer.id,
            SQL("AND COALESCE(pause.move_res_id, 0) IN (0, %s)", scope.move_id)
            if scope.fixed
            else SQL(""),
        )

    @api.model
    def _describe_pause(self, scope, rows):
        field = self.env["recouvrement.pause"]._fields["kind"]
        kinds = dict(field._description_selection(self.env))
        users = self._names("res.users", [row["user_id"] for row in rows])
        return [
            {
                "title": self.env._("Pause lifted")
                if row["rank"]
                else self.env._(
                    "%(kind)s until %(day)s",
                    kind=kinds.get(row["pause_kind"], ""),
                    day=format_date(self.env, row["date_end"]),
                ),
                "side": OURS if row["rank"] or row["pause_kind"] == "pause" else DEBTOR,
                "detail": "" if row["rank"] else row["reason"],
                "about": row["move_name"] or "",
                "author": users.get(row["user_id"], ""),
                "mark": "muted" if row["rank"] else "warning",
            }
            for row in rows
        ]

    # === NAMED EVENTS OF THE LOG === #

    @api.model
    def _sql_log(self, scope):
        """Visits of the portal, and for readers of the log the events that only it knows."""
        reads_log = self.env["recouvrement.log"].has_access("read")
        return SQL(
            """SELECT entry.id, entry.at, entry.event, entry.actor_id,
                      entry.payload::jsonb -> 'facts' AS facts,
                      CASE WHEN entry.event LIKE 'portal.%%' THEN 'portal'
                           ELSE 'other' END AS kind
                 FROM recouvrement_log entry
                WHERE entry.customer_res_id = %s AND entry.company_id = %s
                  AND (entry.event IN %s OR entry.event LIKE 'portal.%%') %s""",
            scope.customer.id,
            scope.company.id,
            LOGGED if reads_log else ("",),
            SQL("AND entry.moves @> %s::jsonb", f"[{scope.move_id}]")
            if scope.fixed
            else SQL(""),
        )

    @api.model
    def _describe_log(self, scope, rows):
        users = self._names("res.users", [row["actor_id"] for row in rows])
        names = self._segment_names(rows)
        return [
            {
                "title": self.env._(EVENTS.get(row["event"], row["event"])),
                "detail": self._changed(row["facts"], names),
                "side": DEBTOR if row["kind"] == "portal" else OURS,
                "author": ""
                if row["kind"] == "portal"
                else users.get(row["actor_id"], ""),
                "mark": "muted",
            }
            for row in rows
        ]

    @api.model
    def _segment_names(self, rows):
        codes = {
            (row["facts"] or {}).get(place)
            for row in rows
            if row["event"] == "segment.changed"
            for place in ("old", "new")
        }
        found = self.env["recouvrement.segment"].search_fetch(
            [("code", "in", list(codes))], ["code", "name"]
        )
        return {segment.code: segment.name for segment in found}

    @api.model
    def _changed(self, facts, names):
        """Before and after of an event that has them."""
        old, new = (facts or {}).get("old"), (facts or {}).get("new")
        if not new:
            return ""
        return " → ".join(names.get(code, code) for code in (old, new) if code)
