from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..models.recouvrement_aged_balance_sheets import AXIS_NAMES
from ..tools.aged_data import total_of
from ..tools.pages import paginate

FIRST_PAGE_ROWS = 32
PAGE_ROWS = 35
MAX_PDF_ROWS = 5000


class RecouvrementAgedBalancePdf(models.AbstractModel):
    """The printed balance: landscape, page totals and carry-overs, proof by the ledger.

    Same figures, rights and words as the workbook: both are made from one ``AgedData``.
    """

    _name = "report.recouvrement_auto_reports.aged_balance_pdf"
    _description = "Aged balance: print"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Values of the template. The record rule lets a person print his own reports."""
        reports = self.env["recouvrement.aged.balance.report"].browse(docids)
        reports.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": reports._name,
            "docs": reports,
            "balances": [self._balance(report._request()) for report in reports],
        }

    @api.model
    def _balance(self, request):
        builder = self.env["recouvrement.aged.balance.xlsx"]
        data = builder._data(request)
        sections = []
        if request.group_by != "partner_id":
            sections += self._sections(data, request.group_by)
        sections += self._sections(data, "debtor_id")
        if sum(len(rows) for _title, _head, _id, rows in sections) > MAX_PDF_ROWS:
            raise UserError(
                self.env._(
                    "More than %(maximum)s lines: nobody reads that on paper. Choose "
                    "customers or one company, or take the XLSX.",
                    maximum=MAX_PDF_ROWS,
                )
            )
        return {
            "title": builder._title(request),
            "notes": data.notes,
            "labels": [*data.labels, self.env._("Total"), self.env._("Overdue")],
            "pages": [page for section in sections for page in self._pages(section)],
            "control": self._control(data),
            "money": lambda amount: self._money(amount, data.decimals),
            "date": format_date(self.env, request.date),
        }

    @api.model
    def _money(self, amount, decimals):
        return formatLang(self.env, amount or 0.0, digits=decimals)

    @api.model
    def _sections(self, data, axis):
        """One table per currency of the companies: amounts of two are never added."""
        found = []
        for currency_id, currency in data.currencies.items():
            rows = [r for r in data.rows(axis) if r.currency_id == currency_id]
            if not rows and len(data.currencies) > 1:
                continue
            if axis == "debtor_id":
                title = self.env._("Balance by customer")
                head = self.env._("Customer")
            else:
                titles = self.env["recouvrement.aged.balance.xlsx"]._axis_titles()
                title, head = titles[axis]
                rows.sort(key=lambda row: -row.total)
            lines = [self._line(data, axis, row) for row in rows]
            found.append((f"{title} ({currency})", head, currency_id, lines))
        return found

    @api.model
    def _line(self, data, axis, row):
        """``(name, detail, items, amounts with total and overdue)`` of a row."""
        if axis == "debtor_id":
            name = row.name or self.env._("Without customer")
            detail = data.join("salespersons", row.salespersons)
        else:
            name = data.name(AXIS_NAMES[axis], row.key) or self.env._("None")
            detail = ""
        if len(data.request.company_ids) > 1 and axis != "company_id":
            company = data.name("companies", row.company_id)
            detail = f"{detail} - {company}" if detail else company
        code = row.code if axis == "debtor_id" else ""
        amounts = [*row.amounts, row.total, row.overdue]
        return {
            "name": name,
            "code": code,
            "detail": detail,
            "items": row.items,
            "amounts": amounts,
        }

    @api.model
    def _pages(self, section):
        title, head, _currency_id, lines = section
        width = len(lines[0]["amounts"]) if lines else 0
        pages = paginate(
            lines, lambda line: line["amounts"], width, FIRST_PAGE_ROWS, PAGE_ROWS
        )
        by_customer = head == self.env._("Customer")
        return [
            {"title": title, "head": head, "page": page, "by_customer": by_customer}
            for page in pages
        ]

    @api.model
    def _control(self, data):
        """Ledger against report, account by account."""
        aged, names = data.by_account(), data.names["accounts"]
        keys = sorted(set(data.ledger) | set(aged), key=lambda k: (k[0], names[k]))
        return [
            {
                "company": data.name("companies", key[0]),
                "account": " ".join(names[key]),
                "currency": data.currencies[data.company_currencies[key[0]]],
                "ledger": data.ledger.get(key, 0.0),
                "aged": aged.get(key, 0.0),
                "difference": total_of(
                    (aged.get(key, 0.0), -data.ledger.get(key, 0.0))
                ),
            }
            for key in keys
        ]
