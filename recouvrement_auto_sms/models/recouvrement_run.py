from odoo import api, fields, models


class RecouvrementRun(models.Model):
    """The night shows why SMS wait."""

    _inherit = "recouvrement.run"

    sms_paused_until = fields.Datetime(
        related="company_id.recouvrement_sms_paused_until"
    )
    sms_paused_reason = fields.Char(related="company_id.recouvrement_sms_paused_reason")
    is_sms_paused = fields.Boolean(
        string="SMS stopped", compute="_compute_is_sms_paused"
    )

    @api.depends("company_id.recouvrement_sms_paused_until")
    def _compute_is_sms_paused(self):
        for run in self:
            run.is_sms_paused = run.company_id._is_sms_paused()

    def action_resume_sms(self):
        """A manager repaired what stopped the channel: SMS leave again."""
        self._check_manager()
        self.company_id._resume_sms()
        return True
