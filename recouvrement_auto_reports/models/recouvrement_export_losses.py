import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from odoo.addons.recouvrement_auto.tools.xlsx_book import Book, Column

from ..tools.aged_request import AgedRequest
from ..tools.kpi import percent
from ..tools.loss import ALLOWANCE, DOUBTFUL, RATE_DAYS, RATE_KINDS
from .recouvrement_kpi_engine import SALES_TYPES

_AMOUNT = 10  # column K: amount without tax


class RecouvrementExport(models.Model):
    """What was lost in a period as a workbook: the entries, and the rate per customer."""

    _inherit = "recouvrement.export"

    kind = fields.Selection(
        selection_add=[("losses", "Irrecoverables")],
        ondelete={"losses": "cascade"},
    )

    def _losses_period(self):
        """First and last day: what was asked, else the 365 days up to the end."""
        last = self.date_to or self.company_id._recouvrement_today()
        first = self.date_from or fields.Date.subtract(last, days=RATE_DAYS - 1)
        if first > last:
            raise UserError(self.env._("The period ends before it begins."))
        return first, last

    def _losses_visible(self, last):
        """Condition on ``customer``: what the asker sees, of the customers he chose."""
        engine = self.env["recouvrement.aged.balance.engine"]
        visible = engine._visible_sql(AgedRequest(last, tuple(self.company_id.ids)))
        if not self.customer_ids:
            return visible
        self.customer_ids.check_access("read")
        return SQL("%s AND customer.id IN %s", visible, tuple(self.customer_ids.ids))

    def _losses_rows(self, first, last):
        """Entries of the period, oldest first, with the names that the sheet shows."""
        self.env.flush_all()
        entries = self.env["recouvrement.loss"]._company_sql(
            self.company_id, last, self._losses_visible(last)
        )
        return self.env.execute_query_dict(
            SQL(
                """SELECT loss.*, debtor.name AS debtor_name, debtor.ref AS debtor_ref,
                          seller.name AS seller
                     FROM (%s) loss
                LEFT JOIN res_partner debtor ON debtor.id = loss.partner_id
                LEFT JOIN res_users users ON users.id = loss.salesperson_id
                LEFT JOIN res_partner seller ON seller.id = users.partner_id
                    WHERE loss.date BETWEEN %s AND %s ORDER BY loss.date, loss.id""",
                entries,
                first,
                last,
            )
        )

    def _losses_sales(self, first, last):
        """``{partner id: (name, sales of the period without tax)}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT debtor.id, debtor.name, SUM(move.amount_untaxed_signed)
                     FROM account_move move
                     JOIN res_partner debtor ON debtor.id = move.commercial_partner_id
                LEFT JOIN recouvrement_customer customer
                       ON customer.partner_id = debtor.id
                      AND customer.company_id = move.company_id
                    WHERE move.company_id = %s AND move.state = 'posted'
                      AND move.move_type IN %s AND move.date BETWEEN %s AND %s
                      AND %s
                 GROUP BY debtor.id ORDER BY LOWER(debtor.name), debtor.id""",
                self.company_id.id,
                SALES_TYPES,
                first,
                last,
                self._losses_visible(last),
            )
        )
        return {partner: (name, amount) for partner, name, amount in rows}

    def _build_losses(self):
        first, last = self._losses_period()
        rows, sales = self._losses_rows(first, last), self._losses_sales(first, last)
        path = self._temporary(".xlsx")
        title = self.env._(
            "Irrecoverables from %(first)s to %(last)s",
            first=format_date(self.env, first),
            last=format_date(self.env, last),
        )
        decimals = self.company_id.currency_id.decimal_places
        try:
            with Book(path, self._excel_date(), decimals, title) as book:
                for name, kinds in self._losses_sheets():
                    own = [line for line in rows if line["kind"] in kinds]
                    self._write_losses(book, name, title, own)
                self._write_loss_rates(book, title, rows, sales)
            name = self._base_name(self.env._("Irrecoverables"))
            self._finish(path, f"{name}.xlsx", len(rows))
        finally:
            os.unlink(path)

    # === ENTRIES === #

    def _losses_columns(self):
        currency = self.company_id.currency_id.name
        labels = {
            name: dict(
                self.env["recouvrement.loss"]
                ._fields[name]
                ._description_selection(self.env)
            )
            for name in ("kind", "cause")
        }
        return [
            Column(self.env._("Date"), "date", 12),
            Column(self.env._("What"), "text", 28, labels["kind"]),
            Column(self.env._("Cause"), "text", 20, labels["cause"]),
            Column(self.env._("Customer"), "text", 32),
            Column(self.env._("Code"), "text", 12),
            Column(self.env._("Salesperson"), "text", 20),
            Column(self.env._("Account"), "code", 10),
            Column(self.env._("Entry number"), "text", 20),
            Column(self.env._("Label"), "text", 34),
            Column(
                self.env._("VAT taken back %(currency)s", currency=currency), "money"
            ),
            Column(self.env._("Excl. tax %(currency)s", currency=currency), "money"),
        ]

    def _losses_sheets(self):
        """Kinds whose amounts can be added up, each on a sheet of its own."""
        return (
            (self.env._("Irrecoverables"), RATE_KINDS),
            (self.env._("Doubtful customers"), (DOUBTFUL,)),
            (self.env._("Depreciation"), (ALLOWANCE,)),
        )

    def _write_losses(self, book, name, title, rows):
        columns = self._losses_columns()
        sheet = book.sheet(name)
        sheet.text(0, 0, f"{title} - {self.company_id.name}", "title")
        total, head = 1, 2
        last = head + max(len(rows), 1)
        self._write_loss_total(sheet, rows, total, head + 1, last)
        sheet.head(head, columns)
        sheet.table(head + 1, columns, [self._loss_values(line) for line in rows])
        sheet.layout(head, last, columns, 1, title)

    @api.model
    def _loss_values(self, line):
        return (
            line["date"],
            line["kind"],
            line["cause"],
            line["debtor_name"] or self.env._("Without customer"),
            line["debtor_ref"],
            line["seller"],
            line["account_code"],
            line["move_name"],
            line["label"],
            line["tax"] or None,
            line["amount"],
        )

    def _write_loss_total(self, sheet, rows, row, first, last):
        for col in range(_AMOUNT + 1):
            sheet.text(row, col, "", "total_text")
        sheet.text(row, 0, self.env._("Total of what is shown"), "total_text")
        for col, name in ((_AMOUNT - 1, "tax"), (_AMOUNT, "amount")):
            sheet.subtotal(row, col, first, last, sum(line[name] for line in rows))

    # === RATE === #

    def _loss_rates(self, rows, sales):
        """``[name, lost, sales]`` per customer with either, by name."""
        found = {
            partner: [name, 0, amount] for partner, (name, amount) in sales.items()
        }
        for line in rows:
            if line["kind"] in RATE_KINDS:
                name = line["debtor_name"] or self.env._("Without customer")
                found.setdefault(line["partner_id"], [name, 0, 0])[1] += line["amount"]
        return sorted(found.values(), key=lambda one: (-one[1], one[0].casefold()))

    def _write_loss_rates(self, book, title, rows, sales):
        """Lost over sold per customer, and of all: the rate is a formula."""
        currency = self.company_id.currency_id.name
        columns = [
            Column(self.env._("Customer"), "text", 36),
            Column(
                self.env._("Irrecoverable %(currency)s", currency=currency), "money", 18
            ),
            Column(
                self.env._("Sales excl. tax %(currency)s", currency=currency),
                "money",
                20,
            ),
            Column(self.env._("Irrecoverable rate"), "percent", 16),
        ]
        rates = self._loss_rates(rows, sales)
        sheet = book.sheet(self.env._("Rate"))
        sheet.text(0, 0, f"{title} - {self.company_id.name}", "title")
        total, head = 1, 2
        first, last = head + 1, head + max(len(rates), 1)
        sums = [sum(one[col] for one in rates) for col in (1, 2)]
        sheet.text(total, 0, self.env._("Total"), "total_text")
        for col, value in enumerate(sums, 1):
            sheet.subtotal(total, col, first, last, value)
        self._write_loss_rate(sheet, total, *sums, "total_percent")
        sheet.head(head, columns)
        for row, (name, lost, sold) in enumerate(rates, first):
            sheet.text(row, 0, name)
            sheet.number(row, 1, lost)
            sheet.number(row, 2, sold)
            self._write_loss_rate(sheet, row, lost, sold, "percent")
        sheet.layout(head, last, columns, 1, title)

    @api.model
    def _write_loss_rate(self, sheet, row, lost, sold, style):
        """Nothing without sales: a rate without its base is none."""
        if (value := percent(lost, sold)) is not None:
            sheet.formula(row, 3, f"=B{row + 1}/C{row + 1}", value / 100, style)
