from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .recouvrement_payment_plan import OPEN_STATES

GROUPS = (
    "recouvrement_auto.recouvrement_auto_group_agent,"
    "recouvrement_auto.recouvrement_auto_group_auditor,"
    "recouvrement_auto.recouvrement_auto_group_salesperson"
)

# Counter: the model and what of it is counted, open things rather than past ones.
COUNTED = {
    "reminder_count": ("recouvrement.reminder", Domain.TRUE),
    "complaint_count": ("recouvrement.complaint", Domain.TRUE),
    "dispute_count": ("recouvrement.dispute", Domain("state", "!=", "closed")),
    "promise_count": ("recouvrement.promise", Domain("state", "=", "running")),
    "plan_count": ("recouvrement.payment.plan", Domain("state", "in", OPEN_STATES)),
}


class RecouvrementCustomer(models.Model):
    """Messages, disputes, promises and plans counted on the file of the customer."""

    _inherit = "recouvrement.customer"

    reminder_count = fields.Integer(string="Reminders", compute="_compute_counts")
    dispute_count = fields.Integer(string="Open disputes", compute="_compute_counts")
    promise_count = fields.Integer(string="Promises running", compute="_compute_counts")
    plan_count = fields.Integer(string="Plans", compute="_compute_counts")

    @api.depends("reminder_ids.state")
    def _compute_counts(self):
        """All counters of the file in one query, each with the rights of the reader."""
        parts = []
        for name, (model, domain) in COUNTED.items():
            Model = self.env[model]
            found = Model._search(Domain("customer_id", "in", self.ids) & domain)
            parts.append(
                SQL(
                    "SELECT customer_id, %s AS name, COUNT(*) FROM %s WHERE id IN %s"
                    " GROUP BY customer_id",
                    name,
                    SQL.identifier(Model._table),
                    found.subselect(),
                )
            )
        rows = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        counts = {(customer_id, name): count for customer_id, name, count in rows}
        for customer in self:
            for name in COUNTED:
                customer[name] = counts.get((customer.id, name), 0)

    def _open_excuses(self, action):
        self.ensure_one()
        values = self.env["ir.actions.act_window"]._for_xml_id(
            f"recouvrement_auto.{action}"
        )
        domain = [("customer_id", "=", self.id)]
        return {**values, "domain": domain, "context": {}}

    def action_open_disputes(self):
        """The disputes of this customer, open and closed."""
        return self._open_excuses("recouvrement_dispute_action")

    def action_open_promises(self):
        """The promises of this customer."""
        return self._open_excuses("recouvrement_promise_action")

    def action_open_plans(self):
        """The payment plans of this customer."""
        return self._open_excuses("recouvrement_payment_plan_action")

    def action_new_promise(self):
        """Record a promise about what is overdue."""
        self.ensure_one()
        self.check_access("write")
        return self._promise_dialog()

    def _promise_dialog(self, **context):
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.promise.record",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Promise: %s", self.partner_id.name),
            "context": {"default_customer_id": self.id, **context},
        }


class AccountMove(models.Model):
    """What is contested of an invoice, and the button that opens a dispute."""

    _inherit = "account.move"

    recouvrement_dispute_ids = fields.One2many(
        "recouvrement.dispute", "move_id", string="Disputes", groups=GROUPS
    )
    recouvrement_disputed = fields.Monetary(
        string="In dispute", compute="_compute_recouvrement_disputed", groups=GROUPS
    )

    def _compute_recouvrement_disputed(self):
        rows = self.env["recouvrement.dispute"].search(
            [("move_id", "in", self.ids), ("state", "!=", "closed")]
        )
        disputes = rows.grouped("move_id")
        for move in self:
            held = sum(disputes.get(move, rows.browse()).mapped("contested_now"))
            move.recouvrement_disputed = min(held, max(move.amount_residual, 0.0))

    def action_recouvrement_promise(self):
        """Record a promise about this invoice."""
        self.ensure_one()
        self.line_ids._check_recouvrement_agent()
        lines = self._recouvrement_open_lines()
        if not lines:
            raise UserError(self.env._("Nothing is open on this invoice."))
        (customer,) = lines._recouvrement_customers().values()
        return customer._promise_dialog(recouvrement_move_id=self.id)

    def action_recouvrement_dispute(self):
        """Contest this invoice: reason, amount, what the customer says."""
        self.ensure_one()
        self.line_ids._check_recouvrement_agent()
        self.env["recouvrement.dispute"]._contestable(self.id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.dispute",
            "view_mode": "form",
            "views": [(False, "form")],
            "name": self.env._("Dispute"),
            "context": {"default_move_id": self.id},
        }
