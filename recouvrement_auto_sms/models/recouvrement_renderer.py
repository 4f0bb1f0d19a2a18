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
        """A link of our own host: an address of the portal alone fills half a segment."""
        if message.channel != "sms":
            return super()._value_invoice_link(message)
        base, leader = message.company.get_base_url(), message.leader
        move = self.env["account.move"].browse(leader.move_id if leader else 0).exists()
        if not move.is_sale_document():
            return f"{base}/my"
        return f"{base}/f/{self.env['recouvrement.channel.sms']._link_code(move.id)}"

    @api.model
    def _value_leader_due_date(self, message):
        if message.channel != "sms" or not message.leader:
            return super()._value_leader_due_date(message)
        return self._short_day(message, message.leader.due_date)
