import io

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.recouvrement_auto.tools.aging import Buckets
from odoo.addons.recouvrement_auto.tools.xlsx_book import MAX_ROWS, Book

from ..tools.aged_data import AgedData
from ..tools.aged_request import AgedRequest, format_limits

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXCEL_DATE = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mmm"}
_HEAD_ROWS = 50  # title, totals and head of a sheet, generously


class RecouvrementAgedBalanceXlsx(models.AbstractModel):
    """Writes the workbook of an aged balance.

    One builder for the download, a scheduled action and an attachment: the caller gives an
    ``AgedRequest`` and gets bytes. Language, rights and companies are those of ``self.env``.
    """

    _name = "recouvrement.aged.balance.xlsx"
    _description = "Aged balance: workbook"

    @api.model
    def _build(self, request: AgedRequest) -> bytes:
        """The workbook as bytes."""
        target = io.BytesIO()
        self._write(request, target)
        return target.getvalue()

    @api.model
    def _write(self, request, target):
        """Write the workbook to ``target`` (a path or a binary file)."""
        data = self._data(request)
        if data.item_count() + _HEAD_ROWS > MAX_ROWS and request.details:
            raise UserError(
                self.env._(
                    "%(count)s items do not fit in one sheet. Untick the sheet of items, "
                    "or choose one company.",
                    count=data.item_count(),
                )
            )
        title = self._title(request)
        with Book(target, self._date_format(), data.decimals, title) as book:
            self._write_sheets(book, data)

    @api.model
    def _attach(self, request, record):
        """The workbook as an attachment of ``record``."""
        return self.env["ir.attachment"].create(
            {
                "name": self._filename(request),
                "raw": self._build(request),
                "mimetype": MIMETYPE,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    @api.model
    def _companies(self, request):
        # names only, for users that _check_request let through
        return self.env["res.company"].sudo().browse(request.company_ids)

    @api.model
    def _title(self, request):
        return self.env._(
            "Aged balance at %(date)s - %(company)s",
            date=format_date(self.env, request.date),
            company=", ".join(self._companies(request).mapped("name")),
        )

    @api.model
    def _filename(self, request):
        """Names of companies are free text: separators of paths are taken out."""
        name = self.env._(
            "Aged balance %(date)s %(company)s",
            date=fields.Date.to_string(request.date),
            company=", ".join(self._companies(request).mapped("name")),
        )
        clean = "".join(
            " " if char in '/\\:*?"<>|' or not char.isprintable() else char
            for char in name
        )
        return f"{clean[:120].strip()}.xlsx"

    @api.model
    def _labels(self, limits):
        """Heads of the columns in the language of the user."""
        labels = list(Buckets(limits).labels())
        labels[0] = self.env._("Not due")
        return tuple(labels)

    @api.model
    def _date_format(self):
        pattern = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        text = (pattern and pattern.date_format) or "%d/%m/%Y"
        for code, excel in _EXCEL_DATE.items():
            text = text.replace(code, excel)
        return "dd/mm/yyyy" if "%" in text else text

    @api.model
    def _data(self, request):
        """Rights, then all figures of the workbook but the items, which are streamed."""
        engine = self.env["recouvrement.aged.balance.engine"]
        engine._check_request(request)
        summary = engine._summary_rows(request)
        ledger = {
            (company_id, account_id): balance
            for company_id, account_id, balance in engine._ledger_rows(request)
        }
        companies = self._companies(request)
        currencies = companies.currency_id
        return AgedData(
            request=request,
            labels=self._labels(request.limits),
            summary=summary,
            ledger=ledger,
            names=self._names(request, summary, ledger),
            currencies={currency.id: currency.name for currency in currencies},
            company_currencies={c.id: c.currency_id.id for c in companies},
            decimals=max(currencies.mapped("decimal_places"), default=2),
            notes=self._notes(request),
        )

    @api.model
    def _names(self, request, summary, ledger):
        """Names of the ids in the rows. ``sudo``: names of what the user sees anyway."""

        def names(model, ids):
            records = self.env[model].sudo().browse(sorted(filter(None, ids)))
            return {record.id: record.name for record in records}

        accounts, by_group = {}, request.group_by == "group_id"
        groups = {r["group_id"] for r in summary} if by_group else ()
        for company in self._companies(request):
            keys = [account for owner, account in ledger if owner == company.id]
            keys += [r["account_id"] for r in summary if r["company_id"] == company.id]
            found = self.env["account.account"].sudo().with_company(company)
            for account in found.browse(sorted(set(keys))):
                accounts[company.id, account.id] = (account.code or "", account.name)
        return {
            "companies": names("res.company", request.company_ids),
            "groups": names("res.partner", groups),
            "salespersons": names("res.users", {r["salesperson_id"] for r in summary}),
            "segments": names(
                "recouvrement.segment", {r["segment_id"] for r in summary}
            ),
            "natures": self._choices("recouvrement.customer", "nature"),
            "kinds": self._choices("recouvrement.aged.balance.report.line", "kind"),
            "accounts": accounts,
        }

    @api.model
    def _choices(self, model, name):
        """Labels of a selection in the language of the user."""
        return dict(self.env[model]._fields[name]._description_selection(self.env))

    @api.model
    def _notes(self, request):
        """What the control sheet says of how the figures were made."""
        everything = self.env["recouvrement.aged.balance.engine"]._sees_every_customer()
        scope = (
            self.env._("All customers")
            if everything and request.partner_ids is None
            else self.env._("Some customers only")
            if everything
            else self.env._("Customers of %(user)s", user=self.env.user.name)
        )
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        return [
            (self.env._("Date"), format_date(self.env, request.date)),
            (self.env._("Columns (days late)"), format_limits(request.limits)),
            (self.env._("Scope"), scope),
            (
                self.env._("Made on"),
                f"{format_date(self.env, now.date())} {now:%H:%M}",
            ),
            (self.env._("Made by"), self.env.user.name),
            (
                self.env._("As of now"),
                self.env._("segment, nature and salesperson of the customers"),
            ),
        ]
