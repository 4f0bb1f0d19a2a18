from odoo import api, models
from odoo.tools import SQL

from ..tools.aged_data import total_of
from ..tools.xlsx_book import Column


class RecouvrementAgedBalanceXlsx(models.AbstractModel):
    """The sheet of items, streamed from a server-side cursor: memory stays flat."""

    _inherit = "recouvrement.aged.balance.xlsx"

    @api.model
    def _items_sql(self, request):
        return SQL(
            """SELECT debtor_name, debtor_ref, company_id, company_currency_id,
                      account_id, salesperson_id, segment_id, nature, kind, move_name,
                      move_ref, invoice_date,
                      CASE WHEN NOT no_due_date THEN due_date END AS due_date,
                      days_late, bucket, original, amount, residual, currency_id
                 FROM (%s) aged
             ORDER BY LOWER(debtor_name), debtor_id, due_date, line_id""",
            self.env["recouvrement.aged.balance.engine"]._items_query(request),
        )

    @api.model
    def _item_columns(self, data):
        currency = ""
        if len(data.currencies) == 1:
            currency = f" {next(iter(data.currencies.values()))}"
        return [
            Column(self.env._("Customer"), width=32),
            Column(self.env._("Code"), width=12),
            Column(self.env._("Company"), width=20),
            Column(self.env._("Account"), width=11),
            Column(self.env._("Salesperson"), width=18),
            Column(self.env._("Segment"), width=20),
            Column(self.env._("Nature"), width=14),
            Column(self.env._("Type"), width=13),
            Column(self.env._("Number"), width=20),
            Column(self.env._("Reference"), width=20),
            Column(self.env._("Invoice date"), "date", 12),
            Column(self.env._("Due date"), "date", 12),
            Column(self.env._("Days late"), "int", 9),
            Column(self.env._("Column"), width=10),
            Column(self.env._("Original amount") + currency, "money", 15),
            Column(self.env._("Open amount") + currency, "money", 15),
            Column(self.env._("Company currency"), width=10),
            Column(self.env._("Open in currency"), "money", 15),
            Column(self.env._("Currency"), width=9),
        ]

    @api.model
    def _write_items(self, book, data):
        """:return: where the amounts are, for the control sheet"""
        columns = self._item_columns(data)
        title = self.env._("Items")
        sheet = book.sheet(title)
        sheet.text(0, 0, f"{title} - {self._title(data.request)}", "title")
        head = 2 + len(data.currencies)
        place = {
            "sheet": sheet,
            "first": head + 1,
            "last": head + max(data.item_count(), 1),
            "company": 2,
            "account": 3,
            "amount": 15,
            "currency": 16 if len(data.currencies) > 1 else None,
        }
        self._write_item_totals(place, data, columns)
        sheet.head(head, columns)
        self._write_item_rows(place, data, columns)
        sheet.layout(head, place["last"], columns, 1, self._title(data.request))
        return place

    @api.model
    def _write_item_totals(self, place, data, columns):
        sheet = place["sheet"]
        for row, (currency_id, sums) in enumerate(data.totals().items(), 1):
            currency = data.currencies[currency_id]
            for col in range(len(columns)):
                if col != place["amount"]:
                    sheet.text(row, col, "", "total_text")
            sheet.text(
                row,
                0,
                self.env._("Total %(currency)s", currency=currency),
                "total_text",
            )
            sheet.text(row, 16, currency, "total_text")
            formula = self._total_formula(place, place["amount"], row)
            sheet.formula(row, place["amount"], formula, total_of(sums), "total_money")

    @api.model
    def _write_item_rows(self, place, data, columns):
        writers = place["sheet"].writers(columns)
        companies, accounts = data.names["companies"], data.names["accounts"]
        users, segments = data.names["salespersons"], data.names["segments"]
        natures, kinds = data.names["natures"], data.names["kinds"]
        nobody, labels = self.env._("Without customer"), data.labels
        currencies = self._currency_names()
        engine = self.env["recouvrement.aged.balance.engine"]
        rows = engine._stream(self._items_sql(data.request))
        for row, line in enumerate(rows, place["first"]):
            values = (
                line[0] or nobody,
                line[1],
                companies[line[2]],
                accounts[line[2], line[4]][0],
                users.get(line[5]),
                segments.get(line[6]),
                natures[line[7]],
                kinds[line[8]],
                *line[9:14],
                labels[line[14]],
                line[15],
                line[16],
                currencies[line[3]],
                line[17],
                currencies[line[18]],
            )
            for col, (write, value) in enumerate(zip(writers, values, strict=True)):
                if value is not None:
                    write(row, col, value)

    @api.model
    def _currency_names(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return {c.id: c.name for c in currencies.search_fetch([], ["name"])}
