from collections import defaultdict
from decimal import Decimal

from odoo import api, models

CENT = Decimal("0.01")


class RecouvrementDemo(models.AbstractModel):
    _inherit = "recouvrement.demo"

    @api.model
    def _book_receipts(self, company, ledger, booked, partners):
        """Money received: payments and bank lines in two batches, matched in one plan."""
        journal = self._bank_journal(company)
        receipts = self._receipts(booked)
        transfers = [r for r in receipts if r["channel"] == "transfer"]
        bank = [r for r in receipts if r["channel"] == "bank"]
        payments = self.env["account.payment"].create(
            [self._payment_values(r, journal) for r in transfers]
        )
        payments.action_post()
        lines = self._make_bank_lines(company, journal, bank)
        self._refresh_statistics()
        pairs = [
            *zip(transfers, payments.move_id, strict=True),
            *zip(bank, lines.move_id, strict=True),
        ]
        self.env["account.move.line"]._reconcile_plan(
            [receipt["lines"] | self._receivable(move) for receipt, move in pairs]
        )
        self._book_on_account(journal, ledger, partners)

    @api.model
    def _receipts(self, booked):
        """One receipt per customer, day and channel, with the instalments that it pays."""
        grouped = {}
        for invoice, move in booked:
            left = {}
            lines = self._receivable(move).sorted("date_maturity")
            for payment in sorted(
                invoice.payments, key=lambda p: (p.day, p.instalment)
            ):
                line = lines[payment.instalment]
                open_now = left.get(
                    line.id, Decimal(str(line.amount_residual_currency))
                )
                amount = (open_now * payment.share).quantize(CENT) - payment.short
                left[line.id] = open_now - amount
                # A part of an instalment is matched alone, a whole one with the others.
                alone = line.id if payment.share != 1 or payment.short else 0
                key = (invoice.customer.key, payment.day, payment.channel, alone)
                receipt = grouped.setdefault(key, self._empty_receipt(move, payment))
                receipt["amount"] += amount
                receipt["lines"] |= line
                receipt["names"].append(move.name)
        return sorted(grouped.values(), key=lambda r: (r["day"], r["names"]))

    @api.model
    def _empty_receipt(self, move, payment):
        return {
            "partner": move.commercial_partner_id,
            "currency": move.currency_id,
            "day": payment.day,
            "channel": payment.channel,
            "amount": Decimal(0),
            "lines": self.env["account.move.line"],
            "names": [],
        }

    @api.model
    def _receivable(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    @api.model
    def _payment_values(self, receipt, journal):
        method = journal.inbound_payment_method_line_ids[:1]
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": receipt["partner"].id,
            "amount": float(receipt["amount"]),
            "currency_id": receipt["currency"].id,
            "date": receipt["day"],
            "memo": " ".join(dict.fromkeys(receipt["names"])),
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
        }

    @api.model
    def _make_bank_lines(self, company, journal, receipts):
        """Lines of the bank statement, entered on the customers' account at once."""
        rows = []
        for receipt in receipts:
            foreign = receipt["currency"] != company.currency_id
            amount = float(receipt["amount"])
            row = {
                "journal_id": journal.id,
                "date": receipt["day"],
                "payment_ref": f"VIR {receipt['partner'].name.upper()}",
                "partner_id": receipt["partner"].id,
                "counterpart_account_id": receipt["lines"].account_id[:1].id,
                "amount": amount,
            }
            if foreign:
                row["foreign_currency_id"] = receipt["currency"].id
                row["amount_currency"] = amount
                row["amount"] = receipt["currency"]._convert(
                    amount, company.currency_id, company, receipt["day"]
                )
            rows.append(row)
        return self.env["account.bank.statement.line"].create(rows)

    @api.model
    def _book_on_account(self, journal, ledger, partners):
        """Receipts that nobody has matched yet."""
        rows = [
            {
                "partner": partners[found.customer.key],
                "currency": journal.company_id.currency_id,
                "day": found.day,
                "amount": found.amount,
                "names": [found.memo],
            }
            for found in ledger.on_account
        ]
        payments = self.env["account.payment"].create(
            [self._payment_values(row, journal) for row in rows]
        )
        payments.action_post()

    @api.model
    def _monthly_receipts(self, journal):
        """Receipts of the bank account by month, to pay suppliers and wages from."""
        rows = self.env["account.move.line"]._read_group(
            [("account_id", "=", journal.default_account_id.id)],
            ["date:month"],
            ["balance:sum"],
        )
        totals = defaultdict(float)
        for month, balance in rows:
            totals[month] += balance
        return dict(totals)
