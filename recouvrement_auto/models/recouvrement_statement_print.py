import io

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date
from odoo.tools.pdf import merge_pdf

from ..tools.pdf import is_whole
from ..tools.statement import CREDIT_NOTE, ENTRY, INVOICE, PAYMENT
from ..tools.xlsx_book import Book, Column

PRINTED = 50  # statements of one process of the renderer
REPORT = "recouvrement_auto.recouvrement_statement_action"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXCEL_DATE = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mmm"}


class RecouvrementStatement(models.AbstractModel):
    """The statement as a PDF and as a workbook."""

    _inherit = "recouvrement.statement"

    # === WORDS === #

    @api.model
    def _kind_labels(self):
        """Kind of a line in the language of the context."""
        return {
            INVOICE: self.env._("Invoice"),
            CREDIT_NOTE: self.env._("Credit note"),
            PAYMENT: self.env._("Payment to match"),
            ENTRY: self.env._("Other entry"),
        }

    @api.model
    def _age_labels(self, buckets):
        """Heads of the ages in the language of the context."""
        labels = [self.env._("%(days)s days", days=n) for n in buckets.labels()]
        return [self.env._("Not due"), *labels[1:]]

    @api.model
    def _formatters(self, lang):
        """How amounts and days are written in ``lang``."""
        return {
            "money": lambda amount, currency: format_amount(
                self.env, float(amount), currency, lang
            ),
            "day": lambda day: format_date(self.env, day, lang) if day else "",
        }

    @api.model
    def _filename(self, statement, extension):
        """A readable name without anything that a path could hide in."""
        localized = self.with_context(lang=statement.lang)
        name = localized.env._(
            "Statement %(customer)s %(date)s",
            customer=statement.customer.sudo().partner_id.name or "",
            date=statement.day.isoformat(),
        )
        clean = "".join(
            " " if char in '/\\:*?"<>|' or not char.isprintable() else char
            for char in name
        )
        return f"{clean[:120].strip()}.{extension}"

    # === PDF === #

    @api.model
    def _pdf(self, customers, day=None, lang=None):
        """Statements as one PDF, each on pages of its own.

        :param customers: ``recouvrement.customer`` records that the caller may read
        :raises UserError: no real PDF came out
        """
        customers.check_access("read")
        data = {"day": day and day.isoformat(), "lang": lang}
        files = [
            self._print(batch, data) for batch in self._batches(customers, PRINTED)
        ]
        return files[0] if len(files) == 1 else merge_pdf(files)

    @api.model
    def _batches(self, customers, size):
        return [
            customers[start : start + size]
            for start in range(0, len(customers) or 1, size)
        ]

    @api.model
    def _print(self, customers, data):
        """One PDF of these statements, by one process."""
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(
            REPORT, customers.ids, data=dict(data)
        )
        return self._checked(content, kind)

    @api.model
    def _checked(self, content, kind):
        if not is_whole(content, kind):
            raise UserError(
                self.env._(
                    "The document could not be made as a PDF: check that wkhtmltopdf is "
                    "installed and that the server answers at its own address."
                )
            )
        return content

    @api.model
    def _invoice_pdf(self, move):
        """The invoice as it was sent, else as Odoo prints it.

        :raises UserError: no real PDF came out
        """
        if move.invoice_pdf_report_id:
            return move.invoice_pdf_report_id.raw
        content, kind = (
            self.env["ir.actions.report"]
            .with_company(move.company_id)
            ._render_qweb_pdf("account.account_invoices", move.ids)
        )
        return self._checked(content, kind)

    # === WORKBOOK === #

    @api.model
    def _xlsx(self, statement):
        """The statement as a workbook: frozen head, filter, totals that recompute."""
        localized = self.with_context(lang=statement.lang)
        target = io.BytesIO()
        currencies = [total.currency for total in statement.totals]
        decimals = max((c.decimal_places for c in currencies), default=2)
        title = localized.env._("Statement of account")
        with Book(target, localized._date_format(), decimals, title) as book:
            localized._write_sheet(book, statement, title)
        return target.getvalue()

    @api.model
    def _date_format(self):
        data = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        text = (data and data.date_format) or "%d/%m/%Y"
        for code, excel in _EXCEL_DATE.items():
            text = text.replace(code, excel)
        return "dd/mm/yyyy" if "%" in text else text

    @api.model
    def _columns(self):
        return [
            Column(self.env._("Type"), "text", 18),
            Column(self.env._("Number"), "text", 20),
            Column(self.env._("Your reference"), "text", 20),
            Column(self.env._("Date"), "date", 12),
            Column(self.env._("Due date"), "date", 12),
            Column(self.env._("Days late"), "int", 9),
            Column(self.env._("Total incl. tax"), "money", 14),
            Column(self.env._("Left to pay"), "money", 14),
            Column(self.env._("Disputed part"), "money", 14),
            Column(self.env._("Promised for"), "date", 12),
            Column(self.env._("Currency"), "code", 10),
        ]

    @api.model
    def _write_sheet(self, book, statement, title):
        customer, columns = statement.customer.sudo(), self._columns()
        sheet = book.sheet(title)
        day = format_date(self.env, statement.day)
        sheet.text(0, 0, title, "title")
        sheet.text(1, 0, customer.partner_id.name)
        sheet.text(
            2,
            0,
            self.env._(
                "%(company)s, on %(date)s", company=customer.company_id.name, date=day
            ),
            "note",
        )
        head = 4
        sheet.head(head, columns)
        writers, kinds = sheet.writers(columns), self._kind_labels()
        row = head
        for row, line in enumerate(statement.lines, head + 1):
            for col, value in enumerate(self._cells(line, kinds)):
                if value is not None:
                    writers[col](row, col, value)
        self._write_totals(sheet, statement, head + 1, row)
        sheet.layout(head, row, columns, 2, f"{title} - {customer.partner_id.name}")

    @api.model
    def _cells(self, line, kinds):
        late = max(line.days_late, 0) if not line.is_credit else None
        return (
            kinds[line.kind],
            line.number,
            line.reference,
            line.invoice_date,
            line.due_date,
            late,
            float(line.original),
            float(line.residual),
            float(line.disputed) or None,
            line.promised_until,
            line.currency.name,
        )

    @api.model
    def _write_totals(self, sheet, statement, first, last):
        """One line per currency below the lines: sums that follow the filter of a reader
        who changes an amount."""
        if last < first:
            return
        names = sheet.cells(10, first, last)
        for row, total in enumerate(statement.totals, last + 2):
            code = total.currency.name
            for col in range(11):
                sheet.text(row, col, "", "total_text")
            sheet.text(
                row, 0, self.env._("Total %(currency)s", currency=code), "total_text"
            )
            values = {7: total.balance, 8: total.disputed}
            for col, value in values.items():
                amounts = sheet.cells(col, first, last)
                formula = f'=SUMIF({names},"{code}",{amounts})'
                sheet.formula(row, col, formula, value, "total_money")
