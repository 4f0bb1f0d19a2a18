import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date

OUTCOMES = [
    ("promise", "Promise to pay"),
    ("dispute", "Dispute"),
    ("in_validation", "Being validated by the customer"),
    ("invoice_missing", "Invoice not received"),
    ("transfer", "Transfer made"),
    ("unreachable", "Nobody reached"),
    ("other", "Something else"),
]


class RecouvrementCall(models.Model):
    """A call that was made: who spoke, with whom, what came out of it. Never changed.

    A call that reached somebody is a contact like a message: it counts in the limits of the
    customer. One that reached nobody is an attempt; after some of them another way is
    proposed.
    """

    _name = "recouvrement.call"
    _description = "Call made"
    _order = "at desc, id desc"
    _rec_name = "outcome"

    customer_id = fields.Many2one(
        "recouvrement.customer",
        string="Collection file",
        required=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Customer")
    user_id = fields.Many2one(
        "res.users", string="Caller", required=True, default=lambda self: self.env.user
    )
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    date = fields.Date(
        required=True, default=lambda self: self.env.company._recouvrement_today()
    )
    contact_id = fields.Many2one("res.partner", string="Spoken with")
    outcome = fields.Selection(OUTCOMES, required=True)
    until = fields.Date(help="Promised for, validated by, or to be called again on.")
    note = fields.Text()
    amount = fields.Monetary(help="What was left to pay on the invoices spoken about.")
    moves = fields.Json(string="Invoice ids")
    reminder_id = fields.Many2one(
        "recouvrement.reminder", string="Call of the scenario", index="btree_not_null"
    )
    notice_id = fields.Many2one("recouvrement.reminder", string="Confirmation")
    promise_id = fields.Many2one("recouvrement.promise")
    dispute_ids = fields.Many2many("recouvrement.dispute")

    _customer_date_index = models.Index("(customer_id, date)")

    @api.depends("outcome", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        for call in self:
            day = format_date(self.env, call.date)
            call.display_name = f"{outcomes.get(call.outcome, '')} ({day})"

    def write(self, vals):
        """Refuse: what was said stays as it was noted; note the next call instead."""
        if not self.env.su:
            raise AccessError(
                self.env._("A call is not changed afterwards: note another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_always(self):
        raise AccessError(self.env._("A call is not deleted: its history is kept."))

    @api.model_create_multi
    def create(self, vals_list):
        """Create and log."""
        calls = super().create(vals_list)
        calls._log()
        return calls

    def _log(self):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "call.made",
                    "company": call.company_id.id,
                    "customer": call.customer_id.id,
                    "partner": call.partner_id.id,
                    "reminder": call.reminder_id.id,
                    "channel": "call",
                    "state": call.outcome,
                    "amount": str(call.amount),
                    "moves": call.moves or [],
                    "facts": {
                        "call": call.id,
                        "kind": call.outcome,
                        "until": str(call.until or ""),
                    },
                    "personal": {
                        "reason": call.note,
                        "contact": call.contact_id.name,
                    },
                }
                for call in self
            ]
        )

    @api.model
    def _attempts(self, customer):
        """How often nobody was reached since somebody last was."""
        outcomes = self.search([("customer_id", "=", customer.id)], limit=20).mapped(
            "outcome"
        )
        attempts = 0
        for outcome in outcomes:
            if outcome != "unreachable":
                break
            attempts += 1
        return attempts


class RecouvrementPlannerFacts(models.AbstractModel):
    _inherit = "recouvrement.planner.facts"

    @api.model
    def _pressure_sql(self, context, customer_ids, ignore_reminder_ids):
        """EXTENDS: a call that reached somebody is a contact of its day."""
        contacts = super()._pressure_sql(context, customer_ids, ignore_reminder_ids)
        if self._is_absent("recouvrement_call"):
            return contacts
        return SQL(
            """%s UNION ALL
               SELECT customer_id, date FROM recouvrement_call
                WHERE customer_id IN %s AND outcome != 'unreachable'
                  AND date > %s::date - 30""",
            contacts,
            tuple(customer_ids) or (0,),
            context.day,
        )


class RecouvrementTimeline(models.AbstractModel):
    _inherit = "recouvrement.timeline"

    @api.model
    def _sources(self):
        """EXTENDS: calls made."""
        return {**super()._sources(), "call": "recouvrement.call"}

    @api.model
    def _sql_call(self, scope):
        return SQL(
            """SELECT made.id, made.at, 'call' AS kind, made.outcome, made.note,
                      made.until, made.contact_id, made.user_id
                 FROM recouvrement_call made WHERE made.customer_id = %s %s""",
            scope.customer.id,
            SQL("AND made.moves @> %s::jsonb", json.dumps([scope.move_id]))
            if scope.fixed
            else SQL(""),
        )

    @api.model
    def _describe_call(self, scope, rows):
        field = self.env["recouvrement.call"]._fields["outcome"]
        outcomes = dict(field._description_selection(self.env))
        users = self._names("res.users", [row["user_id"] for row in rows])
        people = self._names("res.partner", [row["contact_id"] for row in rows])
        return [
            {
                "title": self.env._("Call: %s", outcomes[row["outcome"]]),
                "detail": row["note"] or "",
                "author": users.get(row["user_id"], ""),
                "about": people.get(row["contact_id"], ""),
                "channel": "call",
                "mark": "muted" if row["outcome"] == "unreachable" else "good",
            }
            for row in rows
        ]
