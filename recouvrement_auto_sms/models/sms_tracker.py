from odoo import fields, models

from .recouvrement_delivery_report import ACCEPTED, DELIVERED, NOT_DELIVERED

REPORTS = {
    "process": ACCEPTED,
    "pending": ACCEPTED,
    "sent": DELIVERED,
    "error": NOT_DELIVERED,
    "canceled": NOT_DELIVERED,
}


class SmsTracker(models.Model):
    """Reports reach Odoo by the uuid of the message, whoever the provider is: each provider
    module ends here, so the delivery needs no route of its own for them.
    """

    _inherit = "sms.tracker"

    recouvrement_delivery_id = fields.Many2one(
        "recouvrement.delivery",
        string="Collection delivery",
        ondelete="cascade",
        index="btree_not_null",
    )

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        """EXTENDS 'sms'"""
        result = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        report = REPORTS.get(sms_state)
        if report:
            words = failure_reason or failure_type or sms_state
            self.recouvrement_delivery_id._record_report(report, words)
        return result

    def _action_update_from_provider_error(self, provider_error):
        """EXTENDS 'sms'"""
        result = super()._action_update_from_provider_error(provider_error)
        words = result[2] or provider_error
        self.recouvrement_delivery_id._record_report(NOT_DELIVERED, words)
        return result
