import base64
import io

from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from odoo import api, models
from odoo.tools.image import image_data_uri

QUIET = 2  # modules of white around the square; the page around it is white too
SCALE = 5  # dots per module


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
    def _portal_url(self, message, row):
        """EXTENDS: the statement with this invoice chosen, for whatever is open."""
        own = self._portal_page(message, invoice=row["move_id"])
        return own or super()._portal_url(message, row)

    @api.model
    def _action_links(self, message):
        """EXTENDS: three pages of the debtor instead of mails to the person who signs."""
        leader = message.leader
        if not leader or message.channel != "email" or not self._portal_page(message):
            return super()._action_links(message)
        line = {"i": leader.line_id}
        see = self._portal_page(message, invoice=leader.move_id)
        return [
            (see, self.env._("See and pay"), True),
            (
                self._portal_page(message, "promise", **line),
                self.env._("Give a date"),
                False,
            ),
            (
                self._portal_page(message, "dispute", **line),
                self.env._("Report a problem"),
                False,
            ),
        ]

    @api.model
    def _value_invoice_link(self, message):
        """EXTENDS: a letter names the page too, in few characters to type."""
        if message.channel == "letter":
            with_link = message.step.get("payment_link")
            return (
                message.customer._portal_short_link(message.date) if with_link else ""
            )
        return super()._value_invoice_link(message)

    @api.model
    def _payment_qr(self, message):
        """A square to scan from the paper, as the address of a picture; '' elsewhere."""
        address = self._portal_page(message) if message.channel == "letter" else ""
        return image_data_uri(base64.b64encode(_square(address))) if address else ""


def _square(address):
    """PNG of a QR code. The mask is fixed: Odoo's own picture of the same address differs
    from call to call, and the hash of a letter must not."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(address)
    code.version = code.calculate_version()
    code.makeImpl(False, 2)
    side = len(code.modules) + 2 * QUIET
    picture = Image.new("1", (side, side), 1)
    for y, row in enumerate(code.modules):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x + QUIET, y + QUIET), 0)
    target = io.BytesIO()
    picture.resize((side * SCALE, side * SCALE)).save(target, "PNG")
    return target.getvalue()


class RecouvrementReminder(models.Model):
    """Invoices need a key of their own only where the company gives no link."""

    _inherit = "recouvrement.reminder"

    @api.model
    def _prepare_links(self, reminder_ids):
        """EXTENDS: no key in the entries when the message leads to the debtor's page."""
        companies = self.env[
            "res.company"
        ].sudo()  # the sender has no company of its own
        companies = companies.search([("recouvrement_portal_days", "=", 0)])
        if not companies:
            return None
        domain = [("id", "in", reminder_ids), ("company_id", "in", companies.ids)]
        return super()._prepare_links(self.search(domain).ids)
