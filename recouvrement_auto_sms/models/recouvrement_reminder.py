from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.recouvrement_auto.const import SENT

from ..tools import gsm, plain


class RecouvrementReminder(models.Model):
    """An SMS on its reminder: its size before it leaves, its place in the thread after."""

    _inherit = "recouvrement.reminder"

    sms_size = fields.Char(string="Length", compute="_compute_sms_size")

    @api.depends("body", "channel", "custom_body", "state")
    @api.depends_context("lang")
    def _compute_sms_size(self):
        Template = self.env["recouvrement.template"]
        for reminder in self:
            reminder.sms_size = False
            if reminder.channel == "sms":
                text = plain.to_text(str(reminder.display_body or ""))
                reminder.sms_size = text and Template._size_label(gsm.size(text))

    def _post_message(self):
        """EXTENDS: SMS in the thread of the file as Odoo shows its own."""
        short = self.filtered(lambda r: r.channel == "sms")
        shown = short._lock_unshown()
        # Rows of core written by the sender, which has no rights of a person.
        messages = (
            self.env["mail.message"]
            .sudo()
            .create([reminder._prepare_sms(reminder._done()) for reminder in shown])
        )
        for reminder, message in zip(shown, messages, strict=True):
            reminder.mail_message_id = message
        return super(RecouvrementReminder, self - short)._post_message()

    @api.model
    def _shown_channels(self):
        """EXTENDS: SMS too."""
        return [*super()._shown_channels(), "sms"]

    def _prepare_sms(self, deliveries):
        values = self._prepare_message(deliveries)
        values.update(
            message_type="sms",
            subtype_id=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            subject=False,
            body=Markup(self.body or ""),
            is_internal=True,
            attachment_ids=False,
            notification_ids=[
                (0, 0, self._prepare_sms_notification(delivery))
                for delivery in deliveries
                if delivery.contact_id
            ],
        )
        return values

    def _prepare_sms_notification(self, delivery):
        # sudo: technical rows of Odoo that nobody writes by hand
        trackers = self.env["sms.tracker"].sudo()
        tracker = trackers.search([("sms_uuid", "=", delivery.sms_uuid)], limit=1)
        return {
            "res_partner_id": delivery.contact_id.id,
            "notification_type": "sms",
            "sms_number": delivery.address,
            "sms_tracker_ids": [(6, 0, tracker.ids)],
            "notification_status": "pending" if delivery.state == SENT else "exception",
            "author_id": self.agent_id.partner_id.id,
            "is_read": True,
        }
