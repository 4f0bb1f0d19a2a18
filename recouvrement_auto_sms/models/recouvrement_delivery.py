from uuid import uuid4

from odoo import api, fields, models
from odoo.tools import hmac

from odoo.addons.recouvrement_auto.const import SENT, UNKNOWN

from ..tools import gsm, plain, provider

REPORT_ROUTE = "/recouvrement_auto_sms/report"
SCOPE = "recouvrement_auto_sms.report"
REASONS = {
    provider.CREDIT: "no_credit",
    provider.ACCOUNT: "provider_refused",
    provider.NUMBER: "invalid_address",
    provider.OPT_OUT: "blacklisted",
    provider.REQUEST: "provider_unreachable",
    provider.BUSY: "provider_unreachable",
    provider.BUILD: "sending_error",
}


class RecouvrementDelivery(models.Model):
    """An SMS: its identity at the provider, and what it cost."""

    _inherit = "recouvrement.delivery"

    sms_uuid = fields.Char(
        string="SMS identity",
        readonly=True,
        copy=False,
        help="What the provider knows the message by: one for all attempts, so that a "
        "provider that saw it already does not send it twice.",
    )
    sms_segments = fields.Integer(string="Segments", readonly=True)

    _sms_uuid_uniq = models.UniqueIndex(
        "(sms_uuid) WHERE sms_uuid IS NOT NULL",
        "Another message already has this SMS identity.",
    )

    def _set_claimed(self):
        """EXTENDS: the identity is committed with the claim, before anything can leave, so
        that a report which arrives before the answer finds its message."""
        if self.channel == "sms":
            text = plain.to_text(self.reminder_id.body or "")
            values = {"sms_segments": gsm.size(text).segments}
            if not self.sms_uuid:
                values["sms_uuid"] = uuid4().hex
                self._create_tracker(values["sms_uuid"])
            self.sudo().write(values)  # the claim's own fields
        return super()._set_claimed()

    def _create_tracker(self, uuid):
        # sudo: technical rows of Odoo that nobody writes by hand
        self.env["sms.tracker"].sudo().create(
            {"sms_uuid": uuid, "recouvrement_delivery_id": self.id}
        )

    @api.model
    def _reason_of(self, state, outcome):
        """EXTENDS: reasons of a provider instead of a mail server."""
        if self.channel != "sms" or state == SENT:
            return super()._reason_of(state, outcome)
        if state == UNKNOWN:
            return "no_confirmation"
        return REASONS.get(outcome.phase, "provider_refused")

    @api.model
    def _phase_labels(self, channel):
        """EXTENDS: the words of a provider instead of those of a mail server."""
        if channel != "sms":
            return super()._phase_labels(channel)
        return {
            provider.BUILD: self.env._("Being made"),
            provider.REQUEST: self.env._("Request to the provider"),
            provider.BUSY: self.env._("The provider was busy"),
            provider.CREDIT: self.env._("Credit of the provider"),
            provider.ACCOUNT: self.env._("Account at the provider"),
            provider.NUMBER: self.env._("Number checked by the provider"),
            provider.OPT_OUT: self.env._("Exclusion list of the provider"),
            provider.REFUSED: self.env._("Refused by the provider"),
            provider.SILENCE: self.env._("Request sent, no answer"),
            provider.DONE: self.env._("Accepted by the provider"),
        }

    # === REPORTS === #

    def _sms_report_url(self):
        """Where the provider reports on this message; signed, so that it works for it alone."""
        self.ensure_one()
        base = self.company_id.get_base_url()
        return (
            f"{base}{REPORT_ROUTE}/{self.sms_uuid}/{self._sms_signature(self.sms_uuid)}"
        )

    @api.model
    def _sms_signature(self, uuid):
        return hmac(self.env(su=True), SCOPE, uuid)[:32]
