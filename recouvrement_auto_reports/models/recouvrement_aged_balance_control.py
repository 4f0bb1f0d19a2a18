from odoo import api, models

from odoo.addons.recouvrement_auto.tools.xlsx_book import Column

from ..tools.aged_data import total_of

_LEDGER, _AGED, _DIFFERENCE = 4, 5, 6  # columns E, F, G


class RecouvrementAgedBalanceXlsx(models.AbstractModel):
    """The control sheet: ledger against balance, account by account, and the chart."""

    _inherit = "recouvrement.aged.balance.xlsx"

    @api.model
    def _write_control(self, book, data, balance, items):
        """:param balance: place of a sheet of balances (any axis: all have the same sum)
        :param items: place of the sheet of items, or None"""
        sheet = book.sheet(self.env._("Control"))
        sheet.text(0, 0, self._title(data.request), "title")
        for row, (label, value) in enumerate(data.notes, 1):
            sheet.text(row, 0, label, "note")
            sheet.text(row, 1, value)
        head = len(data.notes) + 2
        count = self._write_accounts(sheet, data, items, head)
        row = head + count + 2
        self._write_proof(sheet, data, balance, (head + 1, head + max(count, 1)), row)
        self._write_ageing(
            book, sheet, data, balance, row + 3 * len(data.currencies) + 1
        )
        sheet.page(self._title(data.request))

    @api.model
    def _write_accounts(self, sheet, data, items, head):
        """Table: balance of each account in the general ledger and in the items.

        :return: number of accounts
        """
        sheet.head(
            head,
            [
                Column(self.env._("Company"), width=32),
                Column(self.env._("Account"), width=24),
                Column(self.env._("Name"), width=42),
                Column(self.env._("Currency"), width=12),
                Column(self.env._("General ledger"), "money", 18),
                Column(self.env._("Aged balance"), "money", 18),
                Column(self.env._("Difference"), "money", 16),
            ],
        )
        aged, names = data.by_account(), data.names["accounts"]
        keys = sorted(set(data.ledger) | set(aged), key=lambda k: (k[0], names[k]))
        for row, key in enumerate(keys, head + 1):
            currency = data.currencies[data.company_currencies[key[0]]]
            texts = (data.name("companies", key[0]), *names[key], currency)
            for col, text in enumerate(texts):
                sheet.text(row, col, text)
            ledger = data.ledger.get(key, 0.0)
            total = aged.get(key, 0.0)
            sheet.number(row, _LEDGER, ledger)
            self._write_account_total(sheet, items, row, total)
            formula = f"=ROUND(F{row + 1}-E{row + 1},{data.decimals})"
            sheet.formula(row, _DIFFERENCE, formula, total_of((total, -ledger)))
        return len(keys)

    @api.model
    def _write_account_total(self, sheet, items, row, total):
        """Recomputed from the items of the same company and account when they are there.

        ``SUMPRODUCT`` compares exactly; ``SUMIFS`` would read a name like ``>1`` as a
        condition.
        """
        if items is None:
            sheet.number(row, _AGED, total)
            return
        source, first, last = items["sheet"], items["first"], items["last"]

        def cells(name):
            return source.reference(source.cells(items[name], first, last))

        line = row + 1
        terms = [f"({cells('account')}=$B{line})", cells("amount")]
        if items["company"] is not None:
            terms.insert(0, f"({cells('company')}=$A{line})")
        formula = f"=SUMPRODUCT({'*'.join(terms)})"
        sheet.formula(row, _AGED, formula, total)

    @api.model
    def _write_proof(self, sheet, data, balance, accounts, row):
        """Three lines per currency: ledger, report and the difference, which must be 0."""
        ledger = data.ledger_totals()
        own = {
            "sheet": sheet,
            "first": accounts[0],
            "last": accounts[1],
            "currency": 3 if len(data.currencies) > 1 else None,
        }
        total_column = balance["amounts"] + len(data.labels)
        for currency_id, sums in data.totals().items():
            total, line = total_of(sums), row + 1
            currency = data.currencies[currency_id]
            lines = (
                (
                    self.env._("Total of the ledger"),
                    self._sum_formula(own, _LEDGER, f"$D{line}", False),
                    ledger[currency_id],
                ),
                (
                    self.env._("Total of the report"),
                    self._sum_formula(balance, total_column, f"$D{line + 1}", True),
                    total,
                ),
                (
                    self.env._("Difference"),
                    f"=ROUND(E{line + 1}-E{line},{data.decimals})",
                    total_of((total, -ledger[currency_id])),
                ),
            )
            for label, formula, value in lines:
                for col, text in enumerate((label, "", "", currency)):
                    sheet.text(row, col, text, "total_text")
                sheet.formula(row, _LEDGER, formula, value, "total_money")
                row += 1

    @api.model
    def _sum_formula(self, place, col, currency_cell, other_sheet):
        """Sum of a column whatever the filter, for the currency named in a cell."""
        source, first, last = place["sheet"], place["first"], place["last"]

        def cells(column):
            found = source.cells(column, first, last)
            return source.reference(found) if other_sheet else found

        if place["currency"] is None:
            return f"=SUM({cells(col)})"
        return f"=SUMIF({cells(place['currency'])},{currency_cell},{cells(col)})"

    @api.model
    def _write_ageing(self, book, sheet, data, balance, head):
        """Table and chart: amount of each column, per currency, with its share."""
        titles = [self.env._("Days late")]
        for currency in data.currencies.values():
            titles += [currency, self.env._("Share")]
        for col, title in enumerate(titles):
            sheet.text(head, col, title, "head")
        totals = data.totals()
        first, last = head + 1, head + len(data.labels)
        for index, label in enumerate(data.labels):
            row = first + index
            sheet.text(row, 0, label)
            for number, sums in enumerate(totals.values()):
                amount, share = 1 + 2 * number, 2 + 2 * number
                cell = sheet.cell(head, amount)
                formula = self._sum_formula(
                    balance, balance["amounts"] + index, cell, True
                )
                sheet.formula(row, amount, formula, sums[index])
                cells = sheet.cells(amount, first, last)
                own = sheet.cell(row, amount, False)
                total = total_of(sums)
                value = sums[index] / total if total else 0
                formula = f"=IF(SUM({cells})=0,0,{own}/SUM({cells}))"
                sheet.formula(row, share, formula, value, "percent")
        self._insert_chart(book, sheet, data, first, last)

    @api.model
    def _insert_chart(self, book, sheet, data, first, last):
        chart = book.column_chart()
        for number, currency in enumerate(data.currencies.values()):
            col = 1 + 2 * number
            chart.add_series(
                {
                    "name": currency,
                    "categories": [sheet.name, first, 0, last, 0],
                    "values": [sheet.name, first, col, last, col],
                    "fill": {"color": ("#1F3A5F", "#C77B30", "#5E8C61")[number % 3]},
                    "gap": 60,
                }
            )
        chart.set_title(
            {"name": self.env._("Receivables by days late"), "name_font": {"size": 12}}
        )
        chart.set_legend(
            {"none": True} if len(data.currencies) == 1 else {"position": "bottom"}
        )
        chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True}})
        chart.set_size({"width": 760, "height": 300})
        sheet.worksheet.insert_chart(last + 2, 0, chart)
