from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.recouvrement_delegation import IRRECOVERABLE, PAUSE, PROMISE


class RecouvrementApprovalAsk(models.TransientModel):
    """What a person may not decide alone, asked of a second one from the customer's file."""

    _name = "recouvrement.approval.ask"
    _description = "Ask for an exception"

    customer_id = fields.Many2one("recouvrement.customer", required=True, readonly=True)
    company_id = fields.Many2one(related="customer_id.company_id")
    partner_id = fields.Many2one(related="customer_id.partner_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    subject = fields.Selection(
        [
            ("pause", "A longer pause"),
            ("promise", "A promise for a later day"),
            ("irrecoverable", "To propose as irrecoverable"),
        ],
        string="What",
        required=True,
        default="pause",
    )
    until = fields.Date()
    move_ids = fields.Many2many("account.move", string="Invoices")
    amount = fields.Monetary(compute="_compute_amount")
    reason = fields.Text(required=True)

    @api.depends("move_ids")
    def _compute_amount(self):
        for ask in self:
            ask.amount = sum(ask.move_ids.mapped("amount_residual_signed"))

    def action_ask(self):
        """Ask: the request is on the list “To approve” of who may decide."""
        self.ensure_one()
        self.customer_id.check_access("write")
        today = self.company_id._recouvrement_today()
        if self.subject != "irrecoverable" and (not self.until or self.until <= today):
            raise UserError(self.env._("Choose a day to come."))
        if self.subject != "pause" and not self.move_ids:
            raise UserError(self.env._("Choose the invoices."))
        wrong = self.move_ids.filtered(
            lambda m: (
                m.commercial_partner_id != self.partner_id
                or m.company_id != self.company_id
                or m.state != "posted"
                or m.currency_id.is_zero(m.amount_residual)
            )
        )
        if wrong:
            raise UserError(self.env._("Choose open invoices of this customer only."))
        approval = getattr(self, f"_ask_{self.subject}")((self.until or today) - today)
        return {
            "type": "ir.actions.act_window",
            "res_model": approval._name,
            "res_id": approval.id,
            "view_mode": "form",
        }

    def _ask_pause(self, span):
        return self.env["recouvrement.approval"]._ask(
            self.customer_id, "pause", {PAUSE: span.days}, self.reason, until=self.until
        )

    def _ask_promise(self, span):
        items = [
            (line.move_id.id, str(line.date_maturity))
            for line in self.move_ids._recouvrement_open_lines()
        ]
        return self.env["recouvrement.approval"]._ask(
            self.customer_id,
            "promise",
            {PROMISE: span.days},
            self.reason,
            until=self.until,
            amount=self.amount,
            move_ids=[(6, 0, self.move_ids.ids)],
            details={"items": items},
        )

    def _ask_irrecoverable(self, _span):
        return self.env["recouvrement.approval"]._ask(
            self.customer_id,
            "irrecoverable",
            {IRRECOVERABLE: self.amount},
            self.reason,
            amount=self.amount,
            move_ids=[(6, 0, self.move_ids.ids)],
        )


class RecouvrementCustomer(models.Model):
    """The button of the file."""

    _inherit = "recouvrement.customer"

    def action_ask_approval(self):
        """What the user may not decide alone."""
        self.ensure_one()
        self.env["recouvrement.reminder"]._check_decider()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for an exception"),
            "res_model": "recouvrement.approval.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_customer_id": self.id},
        }
