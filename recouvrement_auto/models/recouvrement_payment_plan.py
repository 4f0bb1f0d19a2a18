from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

DRAFT_FIELDS = {
    "line_ids",
    "item_ids",
    "penalties",
    "back_by",
    "contact_id",
    "signer_name",
}
ALLOWED = {
    "draft": ("proposed", "cancelled"),
    "proposed": ("draft", "running", "cancelled"),
    "running": ("kept", "broken", "cancelled"),
    "broken": ("running", "cancelled"),
    "kept": (),
    "cancelled": (),
}
OPEN_STATES = ("draft", "proposed", "running")  # being agreed, or agreed and to be kept


class RecouvrementPaymentPlan(models.Model):
    """Échéancier: overdue debt paid on agreed days, without touching the due dates.

    The items are not chased while the plan is kept; a reminder goes before each date. The
    first date missed ends it, the rest is due at once. ``_update_state`` is the only method
    that changes ``state``. The signed agreement is a recognition of the debt (article 2240
    of the civil code): document, hash and signature are kept and logged.
    """

    _name = "recouvrement.payment.plan"
    _inherit = ["recouvrement.excuse.mixin"]
    _description = "Payment plan"
    _order = "id desc"
    _log_prefix = "plan"

    name = fields.Char(compute="_compute_name")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    total = fields.Monetary(
        string="Debt", compute="_compute_total", store=True, readonly=True
    )
    planned = fields.Monetary(string="Instalments", compute="_compute_planned")
    received = fields.Monetary(
        readonly=True, help="Cash matched with the items since the proposal."
    )
    item_ids = fields.One2many("recouvrement.payment.plan.item", "plan_id")
    line_ids = fields.One2many("recouvrement.payment.plan.line", "plan_id")
    penalties = fields.Selection(
        [
            ("keep", "Late interest goes on"),
            ("waive_if_kept", "Late interest is waived if every date is kept"),
        ],
        string="Late interest",
        required=True,
        default="keep",
    )
    tolerance_days = fields.Integer(
        string="Tolerance (working days)",
        required=True,
        readonly=True,
        help="Working days after each date before the plan counts as broken.",
    )
    proposed_on = fields.Date(readonly=True)
    back_by = fields.Date(
        string="To be signed by",
        help="Without a signature on this day it has no effect.",
    )
    contact_id = fields.Many2one(
        "res.partner", string="Person who signs", ondelete="set null"
    )
    signer_name = fields.Char(string="Signed by")
    accepted_on = fields.Date(readonly=True)
    note = fields.Text()
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("running", "Running"),
            ("kept", "Kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    settled_on = fields.Date(readonly=True)
    cancel_reason = fields.Char(string="Why cancelled", readonly=True)
    next_date = fields.Date(
        string="Next date", readonly=True, help="First instalment not wholly paid."
    )

    _accepted_is_signed = models.Constraint(
        "CHECK (state NOT IN ('running', 'kept', 'broken') "
        "OR (accepted_on IS NOT NULL AND signer_name IS NOT NULL))",
        "A plan that runs was signed by somebody on a day.",
    )
    _live_index = models.Index(
        "(company_id, state) WHERE state IN ('proposed', 'running')"
    )

    @api.depends("partner_id", "proposed_on", "create_date")
    @api.depends_context("lang")
    def _compute_name(self):
        for plan in self:
            day = plan.proposed_on or plan.create_date
            shown = format_date(self.env, day) if day else ""
            plan.name = " · ".join(p for p in (plan.partner_id.name, shown) if p)

    @api.depends("item_ids.residual")
    def _compute_total(self):
        for plan in self:
            plan.total = sum(plan.item_ids.mapped("residual"))

    @api.depends("line_ids.amount")
    def _compute_planned(self):
        for plan in self:
            plan.planned = sum(plan.line_ids.mapped("amount"))

    @api.constrains("state", "line_ids", "item_ids")
    def _check_terms(self):
        for plan in self.filtered(lambda p: p.state not in ("draft", "cancelled")):
            if not plan.item_ids or not plan.line_ids:
                raise ValidationError(
                    self.env._("A payment plan has invoices and dates to pay.")
                )
            if plan.currency_id.compare_amounts(plan.planned, plan.total):
                raise ValidationError(
                    self.env._("The instalments add up to the debt, no more, no less.")
                )

    @api.model
    def _editable(self):
        return super()._editable() | {"note"}

    def write(self, vals):
        """EXTENDS: the terms are edited as long as the plan is a draft."""
        if not self.env.su and set(vals) & DRAFT_FIELDS:
            if any(plan.state != "draft" for plan in self):
                raise UserError(
                    self.env._("The terms of a proposed plan do not change any more.")
                )
            allowed = {n: v for n, v in vals.items() if n in DRAFT_FIELDS}
            super(RecouvrementPaymentPlan, self.sudo()).write(allowed)
            vals = {n: v for n, v in vals.items() if n not in DRAFT_FIELDS}
            if not vals:
                return True
        return super().write(vals)

    def _move_ids(self):
        return sorted(set(self.item_ids.move_id.ids))

    # === STATE === #

    def _update_state(self, state, day, event=None, **values):
        """Move these plans to ``state`` on ``day``: the only mutator.

        :raises UserError: for a transition that does not exist
        """
        for plan in self:
            if state not in ALLOWED[plan.state]:
                raise UserError(
                    self.env._("“%s” is already settled.", plan.display_name)
                )
        # Callers checked who decides; nobody writes the state by himself.
        self.sudo().write({"state": state, **values})
        self._touch_customers()
        for plan in self:
            plan._log(
                event or state,
                {"date": str(day), "currency": plan.currency_id.name},
                amount=str(plan.total),
                state=state,
                content_hash=plan.document_hash or None,
                personal={
                    "signer": plan.signer_name if state == "running" else "",
                    "reason": plan.cancel_reason or "",
                },
            )
