from odoo import api, models
from odoo.tools import SQL, format_date, formatLang

from ..const import FAILED, HELD, SENT, SKIPPED, UNKNOWN
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
MARKS = {SENT: "good", FAILED: "bad", UNKNOWN: "bad", HELD: "warning", SKIPPED: "muted"}


class RecouvrementTimeline(models.AbstractModel):
    """What the chase did and did not do: messages, deliveries, pauses, named events."""

    _inherit = "recouvrement.timeline"

    # === MESSAGES, HELD AND SKIPPED STEPS === #

    @api.model
    def _sql_reminder(self, scope):
        """One row per planned message; with an invoice, how it stood in the message."""
        item = SQL(
            """JOIN LATERAL (
                   SELECT own.role, own.reason_code AS item_reason, own.until AS item_until
                     FROM recouvrement_reminder_item own
                    WHERE own.reminder_id = reminder.id AND own.move_res_id = %s
                 ORDER BY own.role = 'leader' DESC, own.due_date LIMIT 1
               ) item ON TRUE""",
            scope.move_id,
        )
        return SQL(
            """SELECT reminder.id, COALESCE(reminder.sent_at,
                                            reminder.date + TIME '04:00') AS at,
                      CASE WHEN reminder.state IN ('held', 'skipped') THEN 'skipped'
                           WHEN reminder.channel IN ('call', 'task') THEN 'call'
                           ELSE 'message' END AS kind,
                      reminder.sent_at IS NULL AS day_only, reminder.state,
                      reminder.reason_code, reminder.reason_detail, reminder.until,
                      reminder.step_name, reminder.step_code, reminder.channel,
                      reminder.address, reminder.total_overdue, reminder.item_count,
                      reminder.leader_move_name, %s
                 FROM recouvrement_reminder reminder %s
                WHERE reminder.customer_id = %s""",
            SQL("item.role, item.item_reason, item.item_until")
            if scope.fixed
            else SQL("NULL AS role"),
            item if scope.fixed else SQL(""),
            scope.customer.id,
        )

    @api.model
    def _describe_reminder(self, scope, rows):
        states, channels = self._labels("state"), self._labels("channel")
        reasons = self._labels("reason_code")
        return [
            {
                "title": row["step_name"] or row["step_code"],
                "detail": self._reminder_detail(row, reasons),
                "channel": row["channel"],
                "channel_label": channels.get(row["channel"], row["channel"]),
                "state": row["state"],
                "state_label": states[row["state"]],
                "mark": MARKS.get(row["state"], "info"),
                "amount": self._money(scope, row["total_overdue"]),
                "address": row["address"] or "",
                "about": self._reminder_about(row),
                "day_only": row["day_only"],
                "record": ["recouvrement.reminder", row["id"]],
                "fold": self._reminder_fold(row),
            }
            for row in rows
        ]

    @api.model
    def _reminder_detail(self, row, reasons):
        """Why it did not leave; with an invoice, why this one was left out of it."""
        code, until = row["reason_code"], row["until"]
        if not code and row.get("item_reason"):
            code, until = row["item_reason"], row["item_until"]
        if not code:
            return ""
        label = reasons.get(code, code)
        if row["reason_detail"]:
            label = f"{label}: {row['reason_detail']}"
        if until:
            label = self.env._(
                "%(reason)s, until %(day)s",
                reason=label,
                day=format_date(self.env, until),
            )
        return label

    @api.model
    def _reminder_about(self, row):
        first, count = row["leader_move_name"] or "", row["item_count"] or 0
        if count > 1:
            return f"{first} +{count - 1}"
        return first

    @api.model
    def _reminder_fold(self, row):
        if row["state"] not in (HELD, SKIPPED):
            return None
        return (row["state"], row["reason_code"], row["step_code"])

    @api.model
    def _money(self, scope, amount):
        if not amount:
            return ""
        currency = scope.company.currency_id
        return formatLang(self.env, amount, currency_obj=currency)

    # === DELIVERIES: WHAT CAME BACK, WHAT THE POST SAYS === #

    @api.model
    def _sql_delivery(self, scope):
        """Bounces and the days of a letter; four possible events per delivery."""
        return SQL(
            """SELECT delivery.id * 4 + event.rank AS id, event.at, event.kind, event.what,
                      delivery.address, delivery.channel, delivery.deposit_number,
                      delivery.reminder_id
                 FROM recouvrement_delivery delivery
                 JOIN LATERAL (VALUES
                      (0, 'bounced', 'bounce', delivery.bounced_at),
                      (1, 'deposited', 'message', delivery.deposit_date + TIME '12:00'),
                      (2, 'presented', 'message', delivery.presentation_date + TIME '12:00'),
                      (3, 'received', 'message', delivery.receipt_date + TIME '12:00')
                 ) event (rank, what, kind, at) ON event.at IS NOT NULL
                WHERE delivery.customer_id = %s %s""",
            scope.customer.id,
            self._about_move("delivery.reminder_id", scope),
        )

    @api.model
    def _about_move(self, column, scope):
        """SQL condition: the message in ``column`` lists the invoice of the scope."""
        if not scope.fixed:
            return SQL("")
        return SQL(
            """AND EXISTS (SELECT 1 FROM recouvrement_reminder_item own
                            WHERE own.reminder_id = %s AND own.move_res_id = %s)""",
            SQL.identifier(*column.split(".")),
            scope.move_id,
        )

    @api.model
    def _describe_delivery(self, scope, rows):
        titles = {
            "bounced": self.env._("Message came back"),
            "deposited": self.env._("Letter handed to the post"),
            "presented": self.env._("Letter presented"),
            "received": self.env._("Letter received"),
        }
        return [
            {
                "title": titles[row["what"]],
                "side": OURS if row["what"] == "deposited" else DEBTOR,
                "detail": row["deposit_number"] or "",
                "address": row["address"] or "",
                "channel": row["channel"],
                "mark": "bad" if row["what"] == "bounced" else "good",
                "day_only": row["what"] != "bounced",
                "record": ["recouvrement.reminder", row["reminder_id"]],
            }
            for row in rows
        ]

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
        """Events that only the log knows, and visits of the portal."""
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
            LOGGED,
            SQL("AND entry.moves @> %s::jsonb", f"[{scope.move_id}]")
            if scope.fixed
            else SQL(""),
        )

    @api.model
    def _describe_log(self, scope, rows):
        users = self._names("res.users", [row["actor_id"] for row in rows])
        segments = {
            segment.code: segment.name
            for segment in self.env["recouvrement.segment"].search_fetch([], ["name"])
        }
        return [
            {
                "title": self.env._(EVENTS.get(row["event"], row["event"])),
                "detail": self._changed(row["facts"], segments),
                "side": DEBTOR if row["kind"] == "portal" else OURS,
                "author": ""
                if row["kind"] == "portal"
                else users.get(row["actor_id"], ""),
                "mark": "muted",
            }
            for row in rows
        ]

    @api.model
    def _changed(self, facts, names):
        """Before and after of an event that has them."""
        old, new = (facts or {}).get("old"), (facts or {}).get("new")
        if not new:
            return ""
        return " → ".join(names.get(code, code) for code in (old, new) if code)
