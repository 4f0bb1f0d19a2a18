from odoo import api, models

from odoo.addons.recouvrement_auto.tools.xlsx_book import Column

from ..tools.aged_data import total_of

AXIS_NAMES = {
    "group_id": "groups",
    "salesperson_id": "salespersons",
    "segment_id": "segments",
    "nature": "natures",
    "company_id": "companies",
}


class RecouvrementAgedBalanceXlsx(models.AbstractModel):
    """The sheets of customers (or of another axis) and of items."""

    _inherit = "recouvrement.aged.balance.xlsx"

    @api.model
    def _write_sheets(self, book, data):
        axis = data.request.group_by
        by_axis = None
        if axis != "partner_id":
            by_axis = self._write_axis(book, data, axis)
        balance = self._write_customers(book, data)
        items = self._write_items(book, data) if data.request.details else None
        self._write_control(book, data, by_axis or balance, items)

    @api.model
    def _write_customers(self, book, data):
        many, currencies = len(data.request.company_ids) > 1, len(data.currencies) > 1
        lead = [
            Column(self.env._("Customer"), width=34),
            Column(self.env._("Code"), width=12),
            Column(self.env._("Salesperson"), width=20),
            Column(self.env._("Segment"), width=22),
            Column(self.env._("Nature"), width=14),
            *([Column(self.env._("Company"), width=22)] if many else []),
            *([Column(self.env._("Currency"), width=10)] if currencies else []),
            Column(self.env._("Items"), "int", 8),
            Column(self.env._("Days late (oldest)"), "int", 13),
        ]
        rows = [
            (
                [
                    row.name or self.env._("Without customer"),
                    row.code,
                    data.join("salespersons", row.salespersons),
                    data.join("segments", row.segments),
                    data.join("natures", row.natures),
                    *([data.name("companies", row.company_id)] if many else []),
                    *([data.currencies[row.currency_id]] if currencies else []),
                    row.items,
                    row.days_late,
                ],
                row,
            )
            for row in data.rows("debtor_id")
        ]
        return self._write_balance(
            book, data, self.env._("Balance by customer"), lead, rows
        )

    @api.model
    def _axis_titles(self):
        """Axis of the grouping -> title of its sheet, head of its column."""
        return {
            "group_id": (self.env._("Balance by group"), self.env._("Group")),
            "salesperson_id": (
                self.env._("Balance by salesperson"),
                self.env._("Salesperson"),
            ),
            "segment_id": (self.env._("Balance by segment"), self.env._("Segment")),
            "nature": (self.env._("Balance by nature"), self.env._("Nature")),
            "company_id": (self.env._("Balance by company"), self.env._("Company")),
        }

    @api.model
    def _write_axis(self, book, data, axis):
        many = len(data.request.company_ids) > 1 and axis != "company_id"
        currencies = len(data.currencies) > 1
        title, head = self._axis_titles()[axis]
        lead = [
            Column(head, width=34),
            *([Column(self.env._("Company"), width=22)] if many else []),
            *([Column(self.env._("Currency"), width=10)] if currencies else []),
            Column(self.env._("Items"), "int", 8),
        ]
        rows = [
            (
                [
                    data.name(AXIS_NAMES[axis], row.key) or self.env._("None"),
                    *([data.name("companies", row.company_id)] if many else []),
                    *([data.currencies[row.currency_id]] if currencies else []),
                    row.items,
                ],
                row,
            )
            for row in data.rows(axis)
        ]
        rows.sort(key=lambda pair: -pair[1].total)
        return self._write_balance(book, data, title, lead, rows)

    @api.model
    def _write_balance(self, book, data, title, lead, rows):
        """A balance: totals above a frozen head, one line per row, sums as formulas.

        :return: where its figures are, for the control sheet
        """
        sheet = book.sheet(title)
        sheet.text(0, 0, f"{title} - {self._title(data.request)}", "title")
        head = 2 + len(data.currencies)
        columns = self._balance_columns(data, lead, sheet)
        place = {
            "sheet": sheet,
            "first": head + 1,
            "last": head + max(len(rows), 1),
            "amounts": len(lead),
            "columns": columns,
            "currency": self._currency_column(data, lead),
        }
        self._write_totals(place, data, data.totals())
        sheet.head(head, columns)
        sheet.table(
            place["first"],
            columns,
            (
                (*values, *figures.shown, figures.total, figures.overdue)
                for values, figures in rows
            ),
        )
        sheet.layout(head, place["last"], columns, 1, self._title(data.request))
        return place

    @api.model
    def _balance_columns(self, data, lead, sheet):
        """What a row is about, its amounts, and two sums over them."""
        amounts = [Column(label, "money", 15) for label in data.labels]
        first, last = (
            sheet.cell(0, len(lead) + index, False)[:-1]
            for index in (0, len(amounts) - 1)
        )
        total = sheet.cell(0, len(lead) + len(amounts), False)[:-1]
        return [
            *lead,
            *amounts,
            Column(
                self.env._("Total"),
                "money",
                16,
                formula=f"SUM({first}{{row}}:{last}{{row}})",
            ),
            Column(
                self.env._("Overdue"),
                "money",
                16,
                formula=f"{total}{{row}}-{first}{{row}}",
            ),
        ]

    @api.model
    def _currency_column(self, data, lead):
        if len(data.currencies) < 2:
            return None
        return [column.title for column in lead].index(self.env._("Currency"))

    @api.model
    def _write_totals(self, place, data, totals):
        """A line per currency. One currency: ``SUBTOTAL``, which follows the filter."""
        sheet, start = place["sheet"], place["amounts"]
        for row, (currency_id, sums) in enumerate(totals.items(), 1):
            currency = data.currencies[currency_id]
            for col in range(start):
                sheet.text(row, col, "", "total_text")
            sheet.text(
                row,
                0,
                self.env._("Total %(currency)s", currency=currency),
                "total_text",
            )
            if place["currency"] is not None:
                sheet.text(row, place["currency"], currency, "total_text")
            total = total_of(sums)
            for index, value in enumerate([*sums, total, total_of(sums[1:])]):
                formula = self._total_formula(place, start + index, row)
                sheet.formula(row, start + index, formula, value, "total_money")

    @api.model
    def _total_formula(self, place, col, row):
        """Sum of a column; the currency is read from a cell, never pasted in a formula."""
        sheet, first, last = place["sheet"], place["first"], place["last"]
        cells = sheet.cells(col, first, last)
        if place["currency"] is None:
            return f"=SUBTOTAL(9,{cells})"
        currencies = sheet.cells(place["currency"], first, last)
        own = sheet.cell(row, place["currency"])
        return f"=SUMIF({currencies},{own},{cells})"
