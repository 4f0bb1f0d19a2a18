from odoo import fields, models


class RecouvrementPaymentPlanSign(models.TransientModel):
    """The signed agreement came back: who signed, and the document that proves it."""

    _name = "recouvrement.payment.plan.sign"
    _description = "Signature of a payment plan"

    plan_id = fields.Many2one("recouvrement.payment.plan", required=True, readonly=True)
    signer_name = fields.Char(string="Signed by", required=True)
    document = fields.Binary(string="Signed letter", required=True, attachment=False)
    document_name = fields.Char()

    def action_accept(self):
        """The plan runs from now on."""
        self.ensure_one()
        self.plan_id._check_decider()
        name = self.document_name or self.env._("Signed payment plan")
        content = self.env["ir.binary"]._get_stream_from(self, "document").read()
        self.plan_id._accept(self.signer_name, attachment=(name, content))
        return {"type": "ir.actions.act_window_close"}
