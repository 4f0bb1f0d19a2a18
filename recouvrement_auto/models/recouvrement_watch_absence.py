from odoo import api, models


class RecouvrementWatch(models.AbstractModel):
    """Absences begin and end with the watch."""

    _inherit = "recouvrement.watch"

    @api.model
    def _cron_watch(self):
        """EXTENDS: absences of the day first."""
        self.env["recouvrement.absence"]._apply_due()
        return super()._cron_watch()
