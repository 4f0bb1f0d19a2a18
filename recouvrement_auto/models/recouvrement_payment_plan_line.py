from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementPaymentPlanTerms(models.AbstractModel):
    """Rows of the terms: they change as long as the plan is a draft."""

    _name = "recouvrement.payment.plan.terms"
    _description = "Terms of a payment plan"

    plan_id = fields.Many2one(
        "recouvrement.payment.plan", required=True, ondelete="cascade", index=True
    )
    customer_id = fields.Many2one(related="plan_id.customer_id", store=True, index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")

    def _check_draft(self):
        if not self.env.su and any(row.plan_id.state != "draft" for row in self):
            raise UserError(
                self.env._("The terms of a proposed plan do not change any more.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        """EXTENDS: no new row in a plan that was proposed."""
        rows = super().create(vals_list)
        rows._check_draft()
        return rows

    def write(self, vals):
        """EXTENDS: no change in a plan that was proposed."""
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        self._check_draft()


class RecouvrementPaymentPlanLine(models.Model):
    """One instalment of a payment plan."""

    _name = "recouvrement.payment.plan.line"
    _inherit = ["recouvrement.payment.plan.terms"]
    _description = "Instalment of a payment plan"
    _order = "date, id"

    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)
    paid = fields.Monetary(readonly=True, help="Found by the night.")
    last_day = fields.Date(
        readonly=True, help="The date and the tolerance of the plan, in working days."
    )
    state = fields.Selection(
        [
            ("waiting", "To come"),
            ("paid", "Paid"),
            ("partly", "Partly paid"),
            ("missed", "Missed"),
        ],
        compute="_compute_state",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "An instalment is more than zero."
    )

    @api.depends("paid", "amount", "last_day", "plan_id.state")
    def _compute_state(self):
        for line in self:
            today = (line.company_id or self.env.company)._recouvrement_today()
            currency = line.currency_id or self.env.company.currency_id
            if line.plan_id.state == "kept" or (
                line.paid and currency.compare_amounts(line.paid, line.amount) >= 0
            ):
                line.state = "paid"
            elif line.last_day and line.last_day < today:
                line.state = "missed"
            else:
                line.state = "partly" if line.paid else "waiting"


class RecouvrementPaymentPlanItem(models.Model):
    """One overdue instalment of an invoice that the plan covers."""

    _name = "recouvrement.payment.plan.item"
    _inherit = ["recouvrement.payment.plan.terms"]
    _description = "Invoice of a payment plan"
    _order = "due_date, id"

    move_id = fields.Many2one(
        "account.move", string="Invoice", ondelete="set null", index=True
    )
    move_name = fields.Char(string="Invoice number")
    due_date = fields.Date(required=True)
    residual = fields.Monetary(string="Left to pay then")
    cash_before = fields.Monetary(
        help="Cash already matched with the instalment when the plan was proposed."
    )
