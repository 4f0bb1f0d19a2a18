from dataclasses import replace
from decimal import Decimal

from odoo import Command, api, models

from .plan import products
from .plan.customers import SWISS

BATCH = 250


class RecouvrementDemo(models.AbstractModel):
    _inherit = "recouvrement.demo"

    @api.model
    def _book(self, company, ledger, partners, users):
        """Book the plan: invoices, credit notes, receipts, entries."""
        franc = self._make_rates(company, ledger.today)
        catalogue = self._make_products()
        moves = []
        for start in range(0, len(ledger.invoices), BATCH):
            chunk = ledger.invoices[start : start + BATCH]
            rows = [self._invoice_values(i, partners, catalogue, franc) for i in chunk]
            moves += self.env["account.move"].create(rows)
        moves = self.env["account.move"].concat(*moves)
        booked = list(zip(ledger.invoices, moves, strict=True))
        with self._timed("posting"):
            moves._post(soft=False)
            moves.is_move_sent = True
        self._refresh_statistics()
        with self._timed("credit notes"):
            self._book_refunds(booked, partners, catalogue)
        with self._timed("receipts"):
            self._book_receipts(company, ledger, booked, partners)
        with self._timed("entries"):
            self._book_entries(company, ledger, booked, partners)

    @api.model
    def _refresh_statistics(self):
        """Count what this transaction has written: autovacuum, which sees none of it, may
        have called the tables empty, and Odoo's own queries of the payments of an invoice
        then take minutes. The lock of ANALYZE keeps autovacuum away until the end."""
        self.env.flush_all()
        self.env.cr.execute(
            "ANALYZE account_move, account_move_line, account_partial_reconcile, "
            "account_payment, account_bank_statement_line"
        )

    @api.model
    def _make_products(self):
        """The catalogue: product by code."""
        units = self.env.ref("uom.product_uom_unit")
        rows = [
            {
                "default_code": product.code,
                "name": product.name,
                "type": "consu" if product.kind == "goods" else "service",
                "list_price": float(product.price),
                "uom_id": units.id,
                "purchase_ok": False,
            }
            for product in products.load()
        ]
        made = self.env["product.product"].create(rows)
        return {product.default_code: product for product in made}

    @api.model
    def _invoice_values(self, invoice, partners, catalogue, franc):
        partner = partners[invoice.customer.key]
        term = partner.property_payment_term_id
        credit = invoice.kind == "credit"
        values = {
            "move_type": "out_refund" if credit else "out_invoice",
            "partner_id": partner.id,
            "invoice_date": invoice.day,
            "date": invoice.day,
            "delivery_date": invoice.day,
            "ref": invoice.order or False,
            "invoice_origin": invoice.delivery or False,
            "invoice_user_id": partner.user_id.id,
            "invoice_payment_term_id": False if credit else term.id,
            "invoice_line_ids": [
                self._line_command(line, catalogue) for line in invoice.lines
            ],
        }
        if not term or credit:
            values["invoice_date_due"] = invoice.due
        if SWISS in invoice.customer.tags:
            values["currency_id"] = franc.id
        return values

    @api.model
    def _line_command(self, line, catalogue):
        product = catalogue[line.product]
        return Command.create(
            {
                "product_id": product.id,
                "quantity": float(line.quantity),
                "price_unit": product.list_price,
            }
        )

    @api.model
    def _book_refunds(self, booked, partners, catalogue):
        """Credit notes that Odoo matches with their invoice when they are posted."""
        rows = [
            self._refund_values(invoice, move, partners, catalogue)
            for invoice, move in booked
            if invoice.marks & {"refunded", "refunded_in_part"}
        ]
        self.env["account.move"].create(rows)._post(soft=False)

    @api.model
    def _refund_values(self, invoice, move, partners, catalogue):
        lines, reason = invoice.lines, "Annulation"
        day = invoice.due
        if "refunded_in_part" in invoice.marks:
            part = max(Decimal(1), (invoice.lines[0].quantity / 5).to_integral_value())
            lines, reason = (
                [replace(invoice.lines[0], quantity=part)],
                "Retour marchandise",
            )
            day = min(payment.day for payment in invoice.payments)
        note = replace(invoice, kind="credit", lines=lines, day=day, dues=(day,))
        return {
            **self._invoice_values(note, partners, catalogue, move.currency_id),
            "reversed_entry_id": move.id,
            "ref": f"{reason} – {move.name}",
        }
