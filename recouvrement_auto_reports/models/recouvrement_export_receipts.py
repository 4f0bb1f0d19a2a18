import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from odoo.addons.recouvrement_auto.tools.xlsx_book import Book, Column

_AMOUNTS = 7  # column H: open at closing


class RecouvrementExport(models.Model):
    """Receipts after closing as a workbook: one line per item, sums that recompute."""

    _inherit = "recouvrement.export"

    kind = fields.Selection(
        selection_add=[("receipts", "Receipts after closing")],
        ondelete={"receipts": "cascade"},
    )

    def _receipts_rows(self):
        """Rows of ``recouvrement.receipts._query`` of the customers that the asker sees."""
        engine = self.env["recouvrement.aged.balance.engine"]
        until = self.date_to or self.company_id._recouvrement_today()
        if until < self.statement_day:
            raise UserError(
                self.env._("The receipts are looked for after the closing.")
            )
        partners = None
        if self.customer_ids or not engine._sees_every_customer():
            customers = self.customer_ids or self.env["recouvrement.customer"].search(
                [("company_id", "=", self.company_id.id)]
            )
            customers.check_access("read")
            partners = customers.partner_id.ids
        self.env.flush_all()
        query = self.env["recouvrement.receipts"]._query(
            self.company_id, self.statement_day, until, partners
        )
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) item ORDER BY %s, partner_id, due_date, line_id",
                query,
                engine._by_name_sql(SQL("debtor_name")),
            )
        )

    def _build_receipts(self):
        path = self._temporary(".xlsx")
        rows = self._receipts_rows()
        title = self.env._(
            "Receipts after closing at %(date)s",
            date=format_date(self.env, self.statement_day),
        )
        decimals = self.company_id.currency_id.decimal_places
        try:
            with Book(path, self._excel_date(), decimals, title) as book:
                self._write_receipts(book, title, rows)
            day = fields.Date.to_string(self.statement_day)
            name = self._base_name(self.env._("Receipts after %(date)s", date=day))
            self._finish(path, f"{name}.xlsx", len(rows))
        finally:
            os.unlink(path)

    @api.model
    def _receipts_columns(self, currency):
        def amount(title):
            return Column(f"{title} {currency}", "money", 15)

        return [
            Column(self.env._("Customer"), "text", 32),
            Column(self.env._("Code"), "text", 12),
            Column(self.env._("Number"), "text", 20),
            Column(self.env._("Reference"), "text", 22),
            Column(self.env._("Invoice date"), "date", 12),
            Column(self.env._("Due date"), "date", 12),
            Column(self.env._("Original amount"), "money", 15),
            amount(self.env._("Open at closing")),
            amount(self.env._("Received after")),
            amount(self.env._("Credited after")),
            amount(self.env._("Other")),
            amount(self.env._("Still open")),
            Column(self.env._("First receipt"), "date", 12),
            Column(self.env._("Last receipt"), "date", 12),
            Column(self.env._("Entries of the receipts"), "text", 36),
        ]

    def _write_receipts(self, book, title, rows):
        columns = self._receipts_columns(self.company_id.currency_id.name)
        sheet = book.sheet(self.env._("Receipts after closing"))
        sheet.text(0, 0, f"{title} - {self.company_id.name}", "title")
        until = self.date_to or self.company_id._recouvrement_today()
        sheet.text(
            1,
            0,
            self.env._("Receipts until %(date)s", date=format_date(self.env, until)),
            "note",
        )
        total, head = 2, 3
        first, last = head + 1, head + max(len(rows), 1)
        self._write_receipts_totals(sheet, rows, total, first, last)
        sheet.head(head, columns)
        writers = sheet.writers(columns)
        for row, line in enumerate(rows, first):
            for col, value in enumerate(self._receipts_values(line)):
                if value is not None:
                    writers[col](row, col, value)
            number = row + 1
            formula = f"=H{number}-I{number}-J{number}-K{number}"
            sheet.formula(row, _AMOUNTS + 4, formula, self._still_open(line))
            for col, name in ((12, "first_receipt"), (13, "last_receipt")):
                sheet.date(row, col, line[name])
            writers[14](row, 14, line["receipts"])
        sheet.layout(head, last, columns, 1, title)

    @api.model
    def _still_open(self, line):
        settled = line["received"] + line["credited"] + line["other"]
        return round(line["amount"] - settled, 6)

    @api.model
    def _receipts_values(self, line):
        return (
            line["debtor_name"] or self.env._("Without customer"),
            line["debtor_ref"],
            line["move_name"],
            line["move_ref"],
            line["invoice_date"],
            None if line["no_due_date"] else line["due_date"],
            line["original"],
            line["amount"],
            line["received"] or None,
            line["credited"] or None,
            line["other"] or None,
        )

    @api.model
    def _write_receipts_totals(self, sheet, rows, row, first, last):
        for col in range(15):
            sheet.text(row, col, "", "total_text")
        sheet.text(row, 0, self.env._("Total"), "total_text")
        sums = [
            sum(line[name] for line in rows)
            for name in ("amount", "received", "credited", "other")
        ]
        sums.append(sum(self._still_open(line) for line in rows))
        for col, value in enumerate(sums, _AMOUNTS):
            sheet.subtotal(row, col, first, last, value)
