import hashlib

from odoo import api, models

from ..tools.smtp_phases import SENT, Outcome


class RecouvrementChannelLetter(models.AbstractModel):
    """Letter: a PDF in the batch of the day. ``sent`` means: put in the batch to post.

    Deposit, presentation and receipt are entered on the delivery afterwards.
    """

    _name = "recouvrement.channel.letter"
    _inherit = ["recouvrement.channel"]
    _description = "Letter channel"

    @api.model
    def _reach(self, contacts, wanted, step):
        def complete(contact):
            return (
                contact.street and contact.zip and contact.city and contact.country_code
            )

        if step.tone == "formal":
            # A formal notice goes to the registered office, the company itself.
            contacts = sorted(contacts, key=lambda c: c.type != "contact")
            wanted = set()
        chosen = self._pick(contacts, wanted, complete)[:1]
        return (chosen, "") if chosen else ([], "missing_address")

    @api.model
    def _address(self, contact):
        return f"{contact.name}, {contact.street}, {contact.zip} {contact.city}"

    @api.model
    def _has_text(self):
        return True

    @api.model
    def _send(self, delivery, sender):
        reminder = delivery.reminder_id
        content = self.env["recouvrement.renderer"]._render_letter(reminder)
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{reminder.step_code}-{reminder.date}-{reminder.id}.pdf",
                "res_model": "recouvrement.reminder",
                "res_id": reminder.id,
                "raw": content,
                "mimetype": "application/pdf",
            }
        )
        delivery.write(
            {
                "proof_id": attachment.id,
                "proof_hash": hashlib.sha256(content).hexdigest(),
            }
        )
        reminder.attachment_ids = [(4, attachment.id)]
        return Outcome(SENT, "printed", attachment.name)
