from operator import itemgetter

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
        """``(key, column)``; company and its currency only where there are several."""
        many, currencies = len(data.request.company_ids) > 1, len(data.currencies) > 1
        own = "" if currencies else f" {next(iter(data.currencies.values()))}"
        columns = [
            ("customer", Column(self.env._("Customer"), width=32)),
            ("code", Column(self.env._("Code"), width=12)),
            ("company", Column(self.env._("Company"), width=24) if many else None),
            ("account", Column(self.env._("Account"), "code", 11)),
            ("salesperson", Column(self.env._("Salesperson"), width=18)),
            ("segment", Column(self.env._("Segment"), width=20)),
            ("nature", Column(self.env._("Nature"), width=14)),
            ("kind", Column(self.env._("Type"), width=12)),
            ("number", Column(self.env._("Number"), width=20)),
            ("reference", Column(self.env._("Reference"), width=26)),
            ("invoice_date", Column(self.env._("Invoice date"), "date", 12)),
            ("due_date", Column(self.env._("Due date"), "date", 12)),
            ("days_late", Column(self.env._("Days late"), "int", 9)),
            ("bucket", Column(self.env._("Column"), "code", 10)),
            ("original", Column(self.env._("Original amount") + own, "money", 15)),
            ("amount", Column(self.env._("Open amount") + own, "money", 15)),
            (
                "currency",
                Column(self.env._("Company currency"), "code", 10)
                if currencies
                else None,
            ),
            ("residual", Column(self.env._("Open in currency"), "money", 15)),
            ("document", Column(self.env._("Currency"), "code", 9)),
        ]
        return {key: column for key, column in columns if column}

    @api.model
    def _write_items(self, book, data):
        """:return: where the amounts are, for the control sheet"""
        columns = self._item_columns(data)
        keys, heads = list(columns), list(columns.values())
        title = self.env._("Items")
        sheet = book.sheet(title)
        sheet.text(0, 0, f"{title} - {self._title(data.request)}", "title")
        head = 2 + len(data.currencies)
        place = {
            "sheet": sheet,
            "first": head + 1,
            "last": head + max(data.item_count(), 1),
            **{
                key: keys.index(key) if key in keys else None
                for key in ("company", "account", "amount", "currency")
            },
        }
        self._write_item_totals(place, data, heads)
        sheet.head(head, heads)
        self._write_item_rows(place, data, columns)
        sheet.layout(head, place["last"], heads, 1, self._title(data.request))
        return place

    @api.model
    def _write_item_totals(self, place, data, columns):
        sheet = place["sheet"]
        for row, (currency_id, sums) in enumerate(data.totals().items(), 1):
            currency = data.currencies[currency_id]
            for col in range(len(columns)):
                if col != place["amount"]:
                    sheet.text(row, col, "", "total_text")
            label = self.env._("Total %(currency)s", currency=currency)
            sheet.text(row, 0, label, "total_text")
            if place["currency"] is not None:
                sheet.text(row, place["currency"], currency, "total_text")
            formula = self._total_formula(place, place["amount"], row)
            value = total_of(sums)
            sheet.formula(row, place["amount"], formula, value, "total_money")

    @api.model
    def _write_item_rows(self, place, data, columns):
        """The loop over many rows: no attribute is looked up in it that could be before."""
        values = self._item_values(data)
        takes = [values[key] for key in columns]
        writers = place["sheet"].writers(list(columns.values()))
        cells = [
            (col, write, take)
            for col, (write, take) in enumerate(zip(writers, takes, strict=True))
        ]
        engine = self.env["recouvrement.aged.balance.engine"]
        rows = engine._stream(self._items_sql(data.request))
        for row, line in enumerate(rows, place["first"]):
            for col, write, take in cells:
                value = take(line)
                if value is not None:
                    write(row, col, value)

    @api.model
    def _item_values(self, data):
        """How each column is read from a row of ``_items_sql``."""
        names, nobody = data.names, self.env._("Without customer")
        currencies, labels = self._currency_names(), data.labels
        accounts, companies = names["accounts"], names["companies"]
        users, segments = names["salespersons"], names["segments"]
        natures, kinds = names["natures"], names["kinds"]
        return {
            "customer": lambda line: line[0] or nobody,
            "code": itemgetter(1),
            "company": lambda line: companies[line[2]],
            "currency": lambda line: currencies[line[3]],
            "account": lambda line: accounts[line[2], line[4]][0],
            "salesperson": lambda line: users.get(line[5]),
            "segment": lambda line: segments.get(line[6]),
            "nature": lambda line: natures[line[7]],
            "kind": lambda line: kinds[line[8]],
            "number": itemgetter(9),
            "reference": itemgetter(10),
            "invoice_date": itemgetter(11),
            "due_date": itemgetter(12),
            "days_late": itemgetter(13),
            "bucket": lambda line: labels[line[14]],
            "original": itemgetter(15),
            "amount": itemgetter(16),
            "residual": itemgetter(17),
            "document": lambda line: currencies[line[18]],
        }

    @api.model
    def _currency_names(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return {c.id: c.name for c in currencies.search_fetch([], ["name"])}
