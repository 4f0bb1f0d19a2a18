from odoo import api, fields, models


class RecouvrementSettingsMixin(models.AbstractModel):
    """State of the SMS channel."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_sms_paused_until = fields.Datetime(
        related="company_id.recouvrement_sms_paused_until"
    )
    recouvrement_sms_paused_reason = fields.Char(
        related="company_id.recouvrement_sms_paused_reason"
    )
    recouvrement_sms_paused = fields.Boolean(
        string="SMS stopped", compute="_compute_recouvrement_sms_paused"
    )

    @api.depends("company_id.recouvrement_sms_paused_until")
    def _compute_recouvrement_sms_paused(self):
        for settings in self:
            settings.recouvrement_sms_paused = settings.company_id._is_sms_paused()

    def action_resume_sms(self):
        """What stopped the SMS was repaired."""
        self.env["recouvrement.run"]._check_manager()
        self.company_id._resume_sms()
        return {"type": "ir.actions.client", "tag": "reload"}
