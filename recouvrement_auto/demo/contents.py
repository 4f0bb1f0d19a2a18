import logging
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from .story import instant

_logger = logging.getLogger(__name__)

READABLE = 45  # days of history whose messages have their words
FRESH = 4  # days of history whose calls and tasks are still to be done


class RecouvrementDemo(models.AbstractModel):
    """What the past messages said, where they are read, and what they left to do."""

    _inherit = "recouvrement.demo"

    @api.model
    def _finish_story(self, company, ledger, files):
        """After the nights: words, thread, activities, and the mishaps of a real life."""
        self._write_contents(company, ledger.today - timedelta(days=READABLE))
        self._write_activities(company, ledger.today - timedelta(days=FRESH))
        for customer in ledger.customers:
            if "bounced" in customer.tags:
                self._mark_bounced(files[customer.key])
        self._tell_mishaps(company, ledger)

    @api.model
    def _past_reminders(self, company, since, channels):
        return self.env["recouvrement.reminder"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sent"),
                ("channel", "in", channels),
                ("date", ">=", since),
            ],
            order="date, id",
        )

    @api.model
    def _write_contents(self, company, since):
        """Render the messages with the product's own renderer and show them."""
        messages, logo = [], f"{company.get_base_url()}/logo.png"
        for reminder in self._past_reminders(company, since, ("email", "letter")):
            try:
                content = self.env["recouvrement.renderer"]._render(reminder)
            except UserError as error:  # a history without this text is still a history
                _logger.warning("Past message %s has no words: %s", reminder.id, error)
                continue
            reminder.write(
                {
                    "subject": content["subject"],
                    # the server of the demo may have another address than the builder
                    "body": content["body"].replace(logo, "/logo.png"),
                    "content_hash": content["text_hash"],
                }
            )
            if reminder.channel == "email":
                messages.append(self._past_message(reminder))
        made = self.env["mail.message"].create([values for _r, values in messages])
        for (reminder, _values), message in zip(messages, made, strict=True):
            reminder.mail_message_id = message

    @api.model
    def _past_message(self, reminder):
        values = reminder._prepare_message(reminder.delivery_ids)
        return reminder, {**values, "date": reminder.sent_at}

    @api.model
    def _write_activities(self, company, since):
        """The calls and tasks of the last days, still on somebody's list."""
        for reminder in self._past_reminders(company, since, ("call", "task")):
            channel = self.env[f"recouvrement.channel.{reminder.channel}"]
            for delivery in reminder.delivery_ids:
                channel._send(delivery, None)

    @api.model
    def _mark_bounced(self, found):
        """The last e-mail of this customer came back."""
        delivery = self.env["recouvrement.delivery"].search(
            [
                ("customer_id", "=", found.id),
                ("channel", "=", "email"),
                ("state", "=", "sent"),
            ],
            order="day desc, id desc",
            limit=1,
        )
        if delivery:
            found._mark_bounced(delivery)
            delivery.bounced_at = instant(delivery.day, 10, 33)

    @api.model
    def _tell_mishaps(self, company, ledger):
        """One message refused by a server, one of which nobody knows whether it left.

        Taken among customers who owe nothing any more, so that tonight's plan is unmoved.
        """
        mishaps = (
            ("failed", "server_refused", "550 5.1.1 Adresse inconnue", "rcpt"),
            ("unknown", "no_answer", "", "data"),
        )
        since = ledger.today - timedelta(days=30)
        found = self._past_reminders(company, since, ("email",)).filtered(
            lambda r: not r.customer_id.total_due
        )
        for reminder, mishap in zip(found[-2:], mishaps, strict=False):
            state, reason, answer, phase = mishap
            reminder.delivery_ids.write(
                {
                    "state": state,
                    "reason_code": reason,
                    "response": answer or False,
                    "phase": phase,
                }
            )
            reminder.write({"state": state, "reason_code": reason})
            reminder.item_ids.write({"state": state})
            if state == "failed":
                reminder.sent_at = False
