from odoo import api, models
from odoo.tools import SQL, format_date, formatLang

from ..const import FAILED, HELD, SENT, SKIPPED, UNKNOWN
from ..tools.timeline import DEBTOR, OURS

MARKS = {SENT: "good", FAILED: "bad", UNKNOWN: "bad", HELD: "warning", SKIPPED: "muted"}


class RecouvrementTimeline(models.AbstractModel):
    """What the chase did and did not do: messages, and what became of them."""

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
