from odoo import fields, models

from ..const import SENT, UNKNOWN
from ..tools.undeliverable import PERSON


class RecouvrementCustomer(models.Model):
    """Messages that come back: visible the same day, and a person has something to do."""

    _inherit = "recouvrement.customer"

    def _message_receive_bounce(self, email, partner):
        """EXTENDS 'mail': mark the last delivery to this address and call the agent.

        The delivery stays ``sent`` (the server had accepted it); the mark makes the next
        night hold the address until somebody checked it. A second bounce of the same
        message changes nothing.
        """
        result = super()._message_receive_bounce(email, partner)
        for customer in self:
            delivery = self.env["recouvrement.delivery"].search(
                [
                    ("customer_id", "=", customer.id),
                    ("address", "=", email),
                    ("channel", "=", "email"),
                    ("state", "in", (SENT, UNKNOWN)),
                ],
                limit=1,
            )
            if delivery and not delivery.bounced_at:
                customer._mark_bounced(delivery)
        return result

    def _mark_bounced(self, delivery):
        """Mark it; a person is asked at once, another channel is planned by the sender."""
        # The mail gateway has no collection rights.
        delivery.sudo().write(
            {"bounced_at": fields.Datetime.now(), "bounce_cleared": False}
        )
        reminder = delivery.reminder_id
        self.env["recouvrement.log"]._append(
            "delivery.bounced",
            company=delivery.company_id.id,
            customer=self.id,
            partner=self.partner_id.id,
            reminder=reminder.id,
            channel=delivery.channel,
            step_code=reminder.step_code,
            moves=reminder._asked_move_ids(),
            facts={"delivery": delivery.id},
            personal={"address": delivery.address},
        )
        if self.company_id.recouvrement_undeliverable == PERSON:
            delivery._follow_up()
        else:
            self.env["recouvrement.run"]._wake_senders()

    def _ask_for_address(self, delivery):
        """An activity for whoever is in charge: one for an address that came back."""
        user = self.agent_id or self.company_id.recouvrement_user_id
        user = user or self.env.ref("base.user_admin")
        self = self.with_context(lang=user.lang)  # a scheduled action has none
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("E-mail came back: check the address"),
            note=self.env._(
                "%(address)s refused or returned “%(step)s”: nothing leaves for it until "
                "“Address checked” is pressed in the deliveries.",
                address=delivery.address,
                step=delivery.reminder_id.step_name or "",
            ),
            user_id=user.id,
        )
