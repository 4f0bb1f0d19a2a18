from odoo import api, fields, models

from odoo.addons.recouvrement_auto.const import FAILED, SENT, UNKNOWN

ACCEPTED = "accepted"
DELIVERED = "delivered"
NOT_DELIVERED = "not_delivered"
# Reports come in any order and more than once: a report only ever goes up.
RANKS = {ACCEPTED: 1, NOT_DELIVERED: 2, DELIVERED: 3}


class RecouvrementDelivery(models.Model):
    """What became of an SMS after the provider took it."""

    _inherit = "recouvrement.delivery"

    sms_report = fields.Selection(
        [
            (ACCEPTED, "On its way"),
            (NOT_DELIVERED, "Not delivered"),
            (DELIVERED, "Delivered"),
        ],
        string="Report",
        readonly=True,
    )
    sms_report_at = fields.Datetime(string="Reported at", readonly=True)
    sms_report_words = fields.Char(string="Words of the report", readonly=True)

    def _record_report(self, report, words=""):
        """Take a delivery report; one that tells nothing new changes nothing.

        A message that did not arrive counts as come back: its number gets no other SMS
        until a person has checked it, the next step goes by another channel. A report about
        a message with an unknown outcome settles it.
        """
        for delivery in self:
            if RANKS[report] <= RANKS.get(delivery.sms_report, 0):
                continue
            now = fields.Datetime.now()
            values = {
                "sms_report": report,
                "sms_report_at": now,
                "sms_report_words": (words or "")[:300],
            }
            if report == NOT_DELIVERED:
                values["bounced_at"] = now
            elif delivery.bounced_at and report == DELIVERED:
                values["bounce_cleared"] = True
            delivery.sudo().write(values)  # reports come from a provider, not a person
            delivery._log_screen(
                "delivery.report",
                {"report": report, "words": values["sms_report_words"]},
            )
            delivery._settle_by_report(report)
            if report == NOT_DELIVERED:
                delivery._call_for_number()

    def _call_for_number(self):
        """Something to do for the person in charge: the number is wrong, or nearly."""
        customer = self.customer_id.sudo()  # the provider has no user
        user = customer.agent_id or self.company_id.recouvrement_user_id
        customer.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("SMS not delivered: check the number"),
            note=f"{self.address} {self.sms_report_words or ''}".strip(),
            user_id=(user or self.env.ref("base.user_admin")).id,
        )

    def _settle_by_report(self, report):
        if self.state != UNKNOWN:
            return
        if report == NOT_DELIVERED:
            self._update_state(FAILED, reason_code="provider_refused")
        else:
            self._update_state(SENT, reason_code=False)
        self.reminder_id._settle()

    @api.model
    def _of_report(self, uuid):
        """The delivery that a provider names; empty when it is none of ours."""
        # sudo: the provider has no user
        return self.sudo().search([("sms_uuid", "=", uuid)], limit=1)
