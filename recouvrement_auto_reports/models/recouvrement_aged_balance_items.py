from odoo import api, models
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.tools.xlsx_book import Column

from ..tools.aged_data import total_of

_COLUMNS = (
    ("customer", "text", 32),
    ("code", "text", 12),
    ("company", "text", 24),
    ("account", "code", 11),
    ("salesperson", "text", 18),
    ("segment", "text", 20),
    ("nature", "text", 14),
    ("kind", "text", 12),
    ("number", "text", 20),
    ("reference", "text", 26),
    ("invoice_date", "date", 12),
    ("due_date", "date", 12),
    ("days_late", "int", 9),
    ("bucket", "code", 10),
    ("original", "money", 15),
    ("amount", "money", 15),
    ("currency", "code", 10),
    ("residual", "money", 15),
    ("document", "code", 9),
)
# Column of the sheet -> column of the items; the others are computed.
_VALUES = {
    "code": "debtor_ref",
    "company": "company_id",
    "currency": "company_currency_id",
    "salesperson": "salesperson_id",
    "segment": "segment_id",
    "nature": "nature",
    "kind": "kind",
    "number": "move_name",
    "reference": "move_ref",
    "invoice_date": "invoice_date",
    "days_late": "days_late",
    "bucket": "bucket",
    "original": "original",
    "amount": "amount",
    "residual": "residual",
    "document": "currency_id",
}


class RecouvrementAgedBalanceXlsx(models.AbstractModel):
    """The sheet of items, streamed from a server-side cursor: memory stays flat."""

    _inherit = "recouvrement.aged.balance.xlsx"

    @api.model
    def _items_sql(self, request, keys):
        """The values of the columns ``keys``, in that order."""
        engine = self.env["recouvrement.aged.balance.engine"]
        values = {
            **{key: SQL.identifier(name) for key, name in _VALUES.items()},
            "customer": SQL(
                "COALESCE(NULLIF(debtor_name, ''), %s)", self.env._("Without customer")
            ),
            "account": SQL("company_id || ' ' || account_id"),
            "due_date": SQL("CASE WHEN NOT no_due_date THEN due_date END"),
        }
        return SQL(
            "SELECT %s FROM (%s) aged ORDER BY %s, debtor_id, aged.due_date, line_id",
            SQL(", ").join(values[key] for key in keys),
            engine._items_query(request),
            engine._by_name_sql(SQL("debtor_name")),
        )

    @api.model
    def _item_titles(self):
        return {
            "customer": self.env._("Customer"),
            "code": self.env._("Code"),
            "company": self.env._("Company"),
            "account": self.env._("Account"),
            "salesperson": self.env._("Salesperson"),
            "segment": self.env._("Segment"),
            "nature": self.env._("Nature"),
            "kind": self.env._("Type"),
            "number": self.env._("Number"),
            "reference": self.env._("Reference"),
            "invoice_date": self.env._("Invoice date"),
            "due_date": self.env._("Due date"),
            "days_late": self.env._("Days late"),
            "bucket": self.env._("Column"),
            "original": self.env._("Original amount"),
            "amount": self.env._("Open amount"),
            "currency": self.env._("Company currency"),
            "residual": self.env._("Open in currency"),
            "document": self.env._("Currency"),
        }

    @api.model
    def _item_columns(self, data):
        """Key -> column; company and its currency only where there are several."""
        titles, labels = self._item_titles(), self._item_labels(data)
        left_out = set()
        if len(data.request.company_ids) == 1:
            left_out.add("company")
        if len(data.currencies) == 1:
            left_out.add("currency")
            for key in ("original", "amount"):
                titles[key] += f" {next(iter(data.currencies.values()))}"
        return {
            key: Column(titles[key], kind, width, labels.get(key))
            for key, kind, width in _COLUMNS
            if key not in left_out
        }

    @api.model
    def _item_labels(self, data):
        """Texts of the columns that SQL gives as ids or codes."""
        names, currencies = data.names, self._currency_names()
        return {
            "company": names["companies"],
            "account": {
                f"{company} {account}": code
                for (company, account), (code, _name) in names["accounts"].items()
            },
            "salesperson": names["salespersons"],
            "segment": names["segments"],
            "nature": names["natures"],
            "kind": names["kinds"],
            "bucket": dict(enumerate(data.labels)),
            "currency": currencies,
            "document": currencies,
        }

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
        engine = self.env["recouvrement.aged.balance.engine"]
        rows = engine._stream(self._items_sql(data.request, keys))
        sheet.table(place["first"], heads, rows)
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
    def _currency_names(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return {c.id: c.name for c in currencies.search_fetch([], ["name"])}
