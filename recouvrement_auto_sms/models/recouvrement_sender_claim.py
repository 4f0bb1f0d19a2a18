from odoo import api, models


class RecouvrementSenderClaim(models.AbstractModel):
    """Quiet hours and a stopped channel are judged at the claim, under its locks."""

    _inherit = "recouvrement.sender.claim"

    @api.model
    def _claim_first(self, reminder, memory):
        if self._is_too_early(reminder):
            return None
        return super()._claim_first(reminder, memory)

    @api.model
    def _claim_next(self, reminder, pending):
        if self._is_too_early(reminder):
            return None
        return super()._claim_next(reminder, pending)

    @api.model
    def _is_too_early(self, reminder):
        """True when the reminder was put off; nothing was decided about it."""
        if reminder.channel != "sms":
            return False
        moment = reminder._get_channel()._not_before(reminder)
        if moment:
            reminder.send_after = moment
        return bool(moment)
