from odoo import api, models

from ..const import SENT, UNKNOWN

LAST_CONTACTS = 3


class RecouvrementRenderer(models.AbstractModel):
    """What the card of a call says beside the amounts: who this is, what was said last."""

    _inherit = "recouvrement.renderer"

    @api.model
    def _card_profile(self, message):
        """Payment segment and risk grade in one line; '' when nothing is known."""
        customer = message.customer
        segment = customer._segment_on(message.date)
        parts = [segment.with_context(lang=message.lang).name] if segment else []
        if customer.grade:
            parts.append(self.env._("risk grade %s", customer.grade))
        return " · ".join(parts)

    @api.model
    def _card_contacts(self, message):
        """The last messages and calls that reached the customer, newest first."""
        reminders = self.env["recouvrement.reminder"].search(
            [
                ("customer_id", "=", message.customer.id),
                ("state", "in", (SENT, UNKNOWN)),
                ("channel", "!=", "task"),
                ("undelivered", "=", False),
                ("date", "<=", message.date),
            ],
            order="date desc, id desc",
            limit=LAST_CONTACTS,
        )
        field = self.env["recouvrement.reminder"]._fields["channel"]
        channels = dict(field._description_selection(self.env))
        return [
            f"{self._short_day(message, reminder.date)} · {reminder.step_name} · "
            f"{channels.get(reminder.channel, reminder.channel)}"
            for reminder in reminders
        ]
