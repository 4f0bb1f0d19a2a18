from odoo import api, models
from odoo.tools import SQL, format_date, formatLang

from ..tools.timeline import DEBTOR, OURS

# A day as a moment of the history; the moment itself when the row was written that day.
MOMENT = """CASE WHEN %(made)s::date = %(day)s THEN %(made)s
                 ELSE %(day)s + TIME '12:00' END"""


def moment(made, day):
    """SQL: the moment of an event known by its day."""
    return SQL(MOMENT % {"made": made, "day": day})


class RecouvrementTimeline(models.AbstractModel):
    """What the customer contested, promised and signed, and how it ended."""

    _inherit = "recouvrement.timeline"

    @api.model
    def _sources(self):
        """EXTENDS: disputes, promises, payment plans."""
        return {
            **super()._sources(),
            "dispute": "recouvrement.dispute",
            "promise": "recouvrement.promise",
            "plan": "recouvrement.payment.plan",
        }

    @api.model
    def _kinds(self):
        """EXTENDS: disputes, promises, payment plans."""
        return {
            **super()._kinds(),
            "dispute": self.env._("Disputes"),
            "promise": self.env._("Promises"),
            "plan": self.env._("Payment plans"),
        }

    # === DISPUTES === #

    @api.model
    def _sql_dispute(self, scope):
        return SQL(
            """SELECT dispute.id * 2 + event.rank AS id, event.at, 'dispute' AS kind,
                      event.rank, dispute.id AS res_id, dispute.reason_id, dispute.amount,
                      dispute.currency_id, dispute.move_name, dispute.note,
                      dispute.outcome, dispute.outcome_note, dispute.closed_by_id,
                      dispute.deadline, dispute.state
                 FROM recouvrement_dispute dispute
                 JOIN LATERAL (VALUES (0, %s),
                                      (1, dispute.closed_on + TIME '13:00')
                      ) event (rank, at) ON event.at IS NOT NULL
                WHERE dispute.customer_id = %s %s""",
            moment("dispute.create_date", "dispute.opened_on"),
            scope.customer.id,
            SQL("AND dispute.move_id = %s", scope.move_id) if scope.fixed else SQL(""),
        )

    @api.model
    def _describe_dispute(self, scope, rows):
        Dispute = self.env["recouvrement.dispute"]
        outcomes = dict(Dispute._fields["outcome"]._description_selection(self.env))
        reasons = self._names(
            "recouvrement.dispute.reason", [row["reason_id"] for row in rows]
        )
        users = self._names("res.users", [row["closed_by_id"] for row in rows])
        return [
            {
                "title": self.env._(
                    "Dispute closed: %s", outcomes.get(row["outcome"], "")
                )
                if row["rank"]
                else self.env._("Dispute: %s", reasons.get(row["reason_id"], "")),
                "side": OURS if row["rank"] else DEBTOR,
                "detail": (row["outcome_note"] if row["rank"] else row["note"]) or "",
                "amount": self._own_money(row),
                "about": row["move_name"] or "",
                "author": users.get(row["closed_by_id"], "") if row["rank"] else "",
                "mark": "good" if row["rank"] else "warning",
                "day_only": True,
                "record": ["recouvrement.dispute", row["res_id"]],
            }
            for row in rows
        ]

    @api.model
    def _own_money(self, row):
        """An amount in the currency of its document."""
        currency = self.env["res.currency"].browse(row["currency_id"])
        return formatLang(self.env, row["amount"], currency_obj=currency)

    # === PROMISES === #

    @api.model
    def _sql_promise(self, scope):
        about = SQL(
            """AND EXISTS (SELECT 1 FROM recouvrement_promise_item item
                            WHERE item.promise_id = promise.id AND item.move_id = %s)""",
            scope.move_id,
        )
        return SQL(
            """SELECT promise.id * 2 + event.rank AS id, event.at, 'promise' AS kind,
                      event.rank, promise.id AS res_id, promise.date AS promised,
                      promise.amount, promise.currency_id, promise.note,
                      promise.state, promise.cancel_reason, promise.contact_id
                 FROM recouvrement_promise promise
                 JOIN LATERAL (VALUES (0, %s),
                                      (1, promise.settled_on + TIME '05:00')
                      ) event (rank, at) ON event.at IS NOT NULL
                WHERE promise.customer_id = %s %s""",
            moment("promise.create_date", "promise.recorded_on"),
            scope.customer.id,
            about if scope.fixed else SQL(""),
        )

    @api.model
    def _describe_promise(self, scope, rows):
        people = self._names("res.partner", [row["contact_id"] for row in rows])
        return [
            {
                "title": self._ended("recouvrement.promise", row)
                if row["rank"]
                else self.env._(
                    "Promise for %s", format_date(self.env, row["promised"])
                ),
                "side": OURS if row["state"] == "cancelled" and row["rank"] else DEBTOR,
                "detail": (row["cancel_reason"] if row["rank"] else row["note"]) or "",
                "author": "" if row["rank"] else people.get(row["contact_id"], ""),
                "amount": self._own_money(row),
                "mark": self._ending(row["state"]) if row["rank"] else "info",
                "day_only": True,
                "record": ["recouvrement.promise", row["res_id"]],
            }
            for row in rows
        ]

    @api.model
    def _ended(self, model, row):
        """How a promise or a plan ended, with its name."""
        record = self.env[model]
        states = dict(record._fields["state"]._description_selection(self.env))
        return f"{self.env['ir.model']._get(model).name}: {states[row['state']]}"

    @api.model
    def _ending(self, state):
        marks = {"kept": "good", "broken": "bad", "partly_kept": "warning"}
        return marks.get(state, "muted")

    # === PAYMENT PLANS === #

    @api.model
    def _sql_plan(self, scope):
        about = SQL(
            """AND EXISTS (SELECT 1 FROM recouvrement_payment_plan_item item
                            WHERE item.plan_id = plan.id AND item.move_id = %s)""",
            scope.move_id,
        )
        return SQL(
            """SELECT plan.id * 3 + event.rank AS id, event.at, 'plan' AS kind,
                      event.rank, plan.id AS res_id, plan.total AS amount,
                      plan.currency_id, plan.signer_name, plan.state,
                      plan.cancel_reason
                 FROM recouvrement_payment_plan plan
                 JOIN LATERAL (VALUES (0, plan.proposed_on + TIME '12:00'),
                                      (1, plan.accepted_on + TIME '12:30'),
                                      (2, plan.settled_on + TIME '13:00')
                      ) event (rank, at) ON event.at IS NOT NULL
                WHERE plan.customer_id = %s %s""",
            scope.customer.id,
            about if scope.fixed else SQL(""),
        )

    @api.model
    def _describe_plan(self, scope, rows):
        titles = {
            0: self.env._("Payment plan proposed"),
            1: self.env._("Payment plan signed"),
        }
        return [
            {
                "title": titles.get(row["rank"])
                or self._ended("recouvrement.payment.plan", row),
                "side": OURS if row["rank"] == 0 else DEBTOR,
                "detail": (row["cancel_reason"] if row["rank"] == 2 else "") or "",
                "author": row["signer_name"] or "" if row["rank"] == 1 else "",
                "amount": self._own_money(row),
                "mark": self._ending(row["state"]) if row["rank"] == 2 else "info",
                "day_only": True,
                "record": ["recouvrement.payment.plan", row["res_id"]],
            }
            for row in rows
        ]
