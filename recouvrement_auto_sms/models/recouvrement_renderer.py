import hashlib

from odoo import api, models

from odoo.addons.recouvrement_auto.tools.hash_chain import canonical

from ..tools import gsm, plain


class RecouvrementRenderer(models.AbstractModel):
    """Words of an SMS: plain text in the alphabet of the networks, kept as HTML like every
    other frozen text; ``tools/plain.py`` gives the exact words back.
    """

    _inherit = "recouvrement.renderer"

    @api.model
    def _compose(self, message):
        if message.channel != "sms":
            return super()._compose(message)
        subject, content = self._fill(message, message.subject, message.body)
        body = plain.to_html(gsm.fit(plain.to_text(str(content))))
        digest = hashlib.sha256(
            canonical({"subject": subject, "body": body})
        ).hexdigest()
        return {"subject": subject, "body": body, "text_hash": digest}

    @api.model
    def _value_invoice_link(self, message):
        """The short link: the whole address of the page alone fills half a segment."""
        if message.channel != "sms":
            return super()._value_invoice_link(message)
        own = message.customer._portal_short_link(message.date)
        return own or f"{message.company.get_base_url()}/my"

    @api.model
    def _value_leader_due_date(self, message):
        if message.channel != "sms" or not message.leader:
            return super()._value_leader_due_date(message)
        return self._short_day(message, message.leader.due_date)
