from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.sql import create_model_table

from odoo.addons.recouvrement_auto.const import NATURE_SELECTION

from ..models.recouvrement_kpi_item import KINDS
from ..tools.aged_request import BUCKET_COUNT, parse_limits

LIMITS_KEY = "aged_limits_view_ref"
ACCOUNTING_GROUPS = "account.group_account_invoice,account.group_account_readonly"


class RecouvrementAgedBalanceReportLine(models.Model):
    """An open item of an aged balance that somebody has on screen.

    ``_auto = False`` over a table of our own, made in ``init``: as a plain model its columns
    would be foreign keys, and showing a report would then lock and dirty tens of thousands
    of rows of the accounting tables (a key check writes into the row it refers to).
    """

    _name = "recouvrement.aged.balance.report.line"
    _inherit = ["recouvrement.move.link.mixin"]
    _description = "Item of an aged balance"
    _auto = False
    _log_access = False
    _order = "due_date, id"
    _rec_name = "move_name"

    report_id = fields.Many2one("recouvrement.aged.balance.report", readonly=True)
    owner_id = fields.Many2one("res.users", string="Asked by", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    group_id = fields.Many2one(
        "res.partner",
        readonly=True,
        help="Topmost parent company of the customer.",
    )
    salesperson_id = fields.Many2one("res.users", readonly=True)
    segment_id = fields.Many2one("recouvrement.segment", readonly=True)
    nature = fields.Selection(NATURE_SELECTION, readonly=True)
    kind = fields.Selection(
        KINDS,
        string="Type",
        readonly=True,
    )
    move_name = fields.Char(string="Number", readonly=True)
    move_ref = fields.Char(string="Reference", readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(
        readonly=True, help="Empty: none on the entry, aged by the date of the entry."
    )
    days_late = fields.Integer(readonly=True, aggregator="max")
    bucket_id = fields.Many2one(
        "recouvrement.aged.balance.report.bucket", string="Column", readonly=True
    )
    original = fields.Monetary(
        string="Original amount",
        currency_field="company_currency_id",
        readonly=True,
    )
    residual = fields.Monetary(
        string="Open in currency", currency_field="currency_id", readonly=True
    )
    amount = fields.Monetary(
        string="Total", currency_field="company_currency_id", readonly=True
    )
    amount_0 = fields.Monetary(currency_field="company_currency_id", readonly=True)
    amount_1 = fields.Monetary(currency_field="company_currency_id", readonly=True)
    amount_2 = fields.Monetary(currency_field="company_currency_id", readonly=True)
    amount_3 = fields.Monetary(currency_field="company_currency_id", readonly=True)
    amount_4 = fields.Monetary(currency_field="company_currency_id", readonly=True)
    amount_5 = fields.Monetary(currency_field="company_currency_id", readonly=True)
    amount_6 = fields.Monetary(currency_field="company_currency_id", readonly=True)
    amount_7 = fields.Monetary(currency_field="company_currency_id", readonly=True)
    line_res_id = fields.Integer(string="Journal item", readonly=True, aggregator=None)

    def init(self):
        """The table, made anew at each install or upgrade: its rows are figures on
        screen."""
        cr = self.env.cr
        cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(self._table)))
        columns = [
            (name, field.column_type[1], field.string)
            for name, field in self._fields.items()
            if field.store and field.column_type and name != "id"
        ]
        create_model_table(cr, self._table, self._description, columns)
        cr.execute(SQL("CREATE INDEX ON %s (report_id)", SQL.identifier(self._table)))

    @api.model
    def _copied_columns(self):
        """Columns that the query of the engine names as this model does."""
        return (
            "company_id",
            "company_currency_id",
            "currency_id",
            "group_id",
            "salesperson_id",
            "segment_id",
            "nature",
            "kind",
            "move_name",
            "move_ref",
            "invoice_date",
            "days_late",
            "original",
            "residual",
            "amount",
        )

    @api.model
    def _clear(self, report_ids):
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE report_id IN %s",
                SQL.identifier(self._table),
                tuple(report_ids) or (0,),
            )
        )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Name the columns by the limits of the report on screen.

        ``get_views`` is cached by its arguments, of which the client keeps the language and
        the keys that end in ``_view_ref``: hence the name of our key.
        """
        # EXTENDS 'base'
        result = super().fields_get(allfields, attributes)
        try:
            limits = parse_limits(self.env.context.get(LIMITS_KEY) or "30, 60, 90")
        except ValueError:
            return result
        labels = self.env["recouvrement.aged.balance.xlsx"]._labels(limits)
        for index in range(BUCKET_COUNT):
            found = result.get(f"amount_{index}")
            if found is None:
                continue
            if index < len(labels):
                found["string"] = labels[index]
            else:
                found.update(searchable=False, sortable=False, groupable=False)
        return result

    def action_open_journal_items(self):
        """The journal items behind the chosen lines (or groups)."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal items"),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [("id", "in", self.mapped("line_res_id"))],
        }

    def action_print(self):
        """The PDF of the report on screen."""
        return self._shown_report().action_print()

    def action_download(self):
        """The workbook of the report on screen."""
        return self._shown_report().action_download()

    def _shown_report(self):
        report = self.env["recouvrement.aged.balance.report"].browse(
            self.env.context.get("aged_report_id")
        )
        if not report.exists():
            raise AccessError(self.env._("This report has expired: ask for it again."))
        return report
