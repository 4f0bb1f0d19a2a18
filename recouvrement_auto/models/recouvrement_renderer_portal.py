import base64

from odoo import api, models
from odoo.tools.image import image_data_uri


class RecouvrementRenderer(models.AbstractModel):
    """Links of a message: to the debtor's own page, the same in a preview as in what
    leaves, and nothing is written to make them."""

    _inherit = "recouvrement.renderer"

    @api.model
    def _portal_page(self, message, page="", **query):
        """Address of a page of the debtor; '' without link in the step or the company."""
        if not message.step.get("payment_link"):
            return ""
        return message.customer._portal_link(message.date, page, **query)

    @api.model
    def _portal_url(self, message, move):
        """EXTENDS: the statement with this invoice chosen, for whatever is open."""
        own = self._portal_page(message, invoice=move.id)
        return own or super()._portal_url(message, move)

    @api.model
    def _value_invoice_link(self, message):
        """EXTENDS: a letter names the page too, to be typed."""
        if message.channel == "letter":
            return self._portal_page(message)
        return super()._value_invoice_link(message)

    @api.model
    def _payment_qr(self, message):
        """A square to scan from the paper, as the address of a picture; '' elsewhere."""
        address = self._portal_page(message) if message.channel == "letter" else ""
        if not address:
            return ""
        picture = self.env["ir.actions.report"].barcode(
            "QR", address, width=220, height=220, quiet=False
        )
        return image_data_uri(base64.b64encode(picture))
