from odoo import api, fields, models


class RecouvrementDisputeClose(models.TransientModel):
    """The outcome of a dispute, and from which step its invoice is chased again."""

    _name = "recouvrement.dispute.close"
    _description = "Decide a dispute"

    dispute_id = fields.Many2one("recouvrement.dispute", required=True, readonly=True)
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    contested = fields.Monetary(related="dispute_id.amount", string="Contested")
    outcome = fields.Selection(
        [
            ("credit_note", "A credit note is made for it"),
            ("split", "A part is credited, the rest is due"),
            ("confirmed", "The invoice is right: everything is due"),
            ("abandoned", "The customer gave up"),
        ],
        required=True,
        default="confirmed",
    )
    amount = fields.Monetary(string="To be credited")
    note = fields.Char(string="Decision", required=True)
    step_id = fields.Many2one(
        "recouvrement.scenario.line",
        string="Chased again after the step",
        domain="[('id', 'in', step_ids)]",
        help="Empty: after the step that the invoice had reached.",
    )
    step_ids = fields.Many2many(
        "recouvrement.scenario.line", compute="_compute_step_ids"
    )

    @api.depends("dispute_id")
    def _compute_step_ids(self):
        for wizard in self:
            scenario = wizard.dispute_id.customer_id.scenario_id
            wizard.step_ids = scenario.line_ids.filtered(lambda x: not x.is_pre_due)

    def action_decide(self):
        """Write the decision on the dispute."""
        self.ensure_one()
        self.dispute_id._check_decider()
        line = self.step_id
        step = line and {"code": line.code, "tone": line.tone, "delay": line.delay}
        self.dispute_id._close(
            self.outcome, self.note, step=step or None, amount=self.amount or None
        )
        return {"type": "ir.actions.act_window_close"}
