from urllib.parse import quote

from markupsafe import Markup

from odoo import api, models

from .recouvrement_renderer_message import by_currency

NO_BLOCK = Markup("")
PREFIX = "recouvrement_auto.recouvrement_block_"


class RecouvrementRenderer(models.AbstractModel):
    """HTML blocks, rendered from stored views (``data/recouvrement_block_templates.xml``).

    A block without object is empty, so that a text needs no condition.
    """

    _inherit = "recouvrement.renderer"

    @api.model
    def _block(self, message, block, /, **values):
        return self._qweb(f"{PREFIX}{block}", message, **values)

    @api.model
    def _table_html(self, message, name, rows, totals):
        if not rows:
            return NO_BLOCK
        return self._block(
            message,
            name,
            rows=rows,
            totals=totals,
            with_disputed=any(row.disputed for row in rows),
            with_paid=any(row.paid for row in rows),
            with_late=any(row.days_late > 0 for row in rows),
            with_order=any(row.order_ref for row in rows),
        )

    @api.model
    def _block_items_table(self, message):
        """Invoices asked; before the due date, the invoice that the message is about."""
        rows = message.chased or [row for row in (message.leader,) if row]
        totals = by_currency((row.currency, row.asked) for row in rows)
        return self._table_html(message, "items", rows, totals)

    @api.model
    def _block_not_due_table(self, message):
        """Invoices to come, apart: nothing in it is late."""
        rows = message.not_due
        totals = by_currency((row.currency, row.residual) for row in rows)
        return self._table_html(message, "not_due", rows, totals)

    @api.model
    def _block_credits_table(self, message):
        """Open credit notes and payments not matched yet, and what is left to pay."""
        rows = message.credits
        mine = {row.currency for row in rows}
        asked = self._asked_totals(message)
        left = {currency: asked[currency] for currency in asked if currency in mine}
        return self._table_html(message, "credits", rows, left)

    @api.model
    def _block_payment_block(self, message):
        """Trusted IBAN, reference to quote, and the page of each invoice."""
        rows = message.chased or [row for row in (message.leader,) if row]
        qr = self._payment_qr(message)
        return self._block(
            message,
            "payment",
            bank=self._bank(message.company),
            reference=", ".join(dict.fromkeys(row.name for row in rows if row.name)),
            links=list({row.url: row for row in rows if row.url}.values()),
            qr=qr,
            page_link=self._value_invoice_link(message) if qr else "",
        )

    @api.model
    def _bank(self, company):
        """The account to print: only one that the company marked as trusted (P9)."""
        # sudo: whoever previews a text may lack the right to read bank accounts
        chosen = company.sudo().recouvrement_bank_id
        if chosen.active and chosen.allow_out_payment:
            return chosen
        return company.sudo().partner_id.bank_ids.filtered(
            lambda bank: (
                bank.allow_out_payment
                and (not bank.company_id or bank.company_id == company)
            )
        )[:1]

    @api.model
    def _block_action_buttons(self, message):
        """See and pay, give a date, report a problem."""
        links = self._action_links(message)
        return self._block(message, "buttons", links=links) if links else NO_BLOCK

    @api.model
    def _action_links(self, message):
        """``(address, label, is main)`` of the buttons. Without a page of ours the two
        others write to the person who signs."""
        leader = message.leader
        if not leader or message.channel != "email":
            return []
        links = []
        if leader.url:
            links.append((leader.url, self.env._("See and pay"), True))
        to, invoice = self._value_sender_email(message), leader.name
        if to:
            for label in (self.env._("Give a date"), self.env._("Report a problem")):
                subject = quote(f"{label} - {invoice} - {message.partner.name or ''}")
                links.append((f"mailto:{quote(to)}?subject={subject}", label, False))
        return links

    @api.model
    def _block_signature(self, message):
        """Named signatory with function and direct line; never a team."""
        return self._block(
            message,
            "signature",
            name=self._value_sender_name(message),
            function=self._value_sender_function(message),
            phone=self._value_sender_phone(message),
            email=self._value_sender_email(message),
        )

    @api.model
    def _block_parties(self, message):
        """Creditor and debtor with legal name, registered office and SIREN."""
        debtor = message.partner
        return self._block(
            message,
            "parties",
            creditor=self._party(message.company.partner_id),
            debtor=self._party(debtor, business=message.regime != "consumer"),
        )

    @api.model
    def _party(self, partner, business=True):
        return {
            "name": partner.name or "",
            "lines": self._address_lines(partner),
            "siren": self._siren(partner) if business else "",
            "vat": (partner.vat or "") if business else "",
        }

    @api.model
    def _address_lines(self, partner):
        """Postal address, line by line, without the name."""
        parts = (
            partner.street,
            partner.street2,
            " ".join(part for part in (partner.zip, partner.city) if part),
            partner.country_id.name,
        )
        return [part for part in parts if part]

    @api.model
    def _siren(self, partner):
        """The nine digits of the SIREN, in threes; other numbers as they are."""
        number = (partner.company_registry or "").replace(" ", "")
        if number.isdigit() and len(number) in (9, 14):
            return f"{number[:3]} {number[3:6]} {number[6:9]}"
        return partner.company_registry or ""
