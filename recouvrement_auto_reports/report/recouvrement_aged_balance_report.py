from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools.aged_request import (
    BUCKET_COUNT,
    DEFAULT_LIMITS_TEXT,
    MAX_LIMITS,
    AgedRequest,
    format_limits,
    parse_limits,
)

DOWNLOAD_URL = "/recouvrement/aged_balance.xlsx"


class RecouvrementAgedBalanceReport(models.TransientModel):
    """Balance âgée: what to show, and the figures once shown."""

    _name = "recouvrement.aged.balance.report"
    _description = "Aged balance"

    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._recouvrement_today(),
        help="Today or any day of the past: the balance as it was that evening.",
    )
    limits = fields.Char(
        string="Columns (days late)",
        required=True,
        default=DEFAULT_LIMITS_TEXT,
        help='Last day of each column: "30, 60, 90" makes not due, 1-30, 31-60, 61-90 and '
        "over 90.",
    )
    group_by = fields.Selection(
        [
            ("partner_id", "Customer"),
            ("group_id", "Group of companies"),
            ("salesperson_id", "Salesperson"),
            ("segment_id", "Segment"),
            ("nature", "Nature of the customer"),
            ("company_id", "Company"),
        ],
        required=True,
        default="partner_id",
    )
    company_ids = fields.Many2many(
        "res.company",
        "recouvrement_aged_balance_report_company_rel",
        string="Companies",
        required=True,
        default=lambda self: self.env.companies,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "recouvrement_aged_balance_report_partner_rel",
        string="Customers",
        domain=["|", ("parent_id", "=", False), ("is_company", "=", True)],
        help="Empty: all customers.",
    )
    details = fields.Boolean(
        string="Sheet of items",
        default=True,
        help="One line per open item in the XLSX.",
    )
    bucket_ids = fields.One2many("recouvrement.aged.balance.report.bucket", "report_id")

    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Aged balance at %(date)s", date=format_date(self.env, report.date)
            )

    @api.onchange("limits")
    def _onchange_limits(self):
        if self.limits:
            self.limits = format_limits(self._parse_limits(self.limits))

    @api.model
    def _parse_limits(self, text):
        try:
            return parse_limits(text)
        except ValueError:
            raise UserError(
                self.env._(
                    'Write one to %(maximum)s numbers of days that rise, such as "%(limits)s".',
                    maximum=MAX_LIMITS,
                    limits=DEFAULT_LIMITS_TEXT,
                )
            ) from None

    def _request(self):
        self.ensure_one()
        return AgedRequest(
            date=self.date,
            company_ids=tuple(sorted(self.company_ids.ids)),
            limits=self._parse_limits(self.limits),
            group_by=self.group_by,
            partner_ids=tuple(self.partner_ids.ids) or None,
            details=self.details,
        )

    def unlink(self):
        # their table has no foreign key, see the model of the lines
        self.env["recouvrement.aged.balance.report.line"]._clear(self.ids)
        return super().unlink()

    def action_show(self):
        """Compute, then open the list grouped as asked; pivot and chart beside it."""
        self.ensure_one()
        request = self._request()
        self._fill(request)
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "recouvrement.aged.balance.report.line",
            "view_mode": "list,pivot,graph",
            "domain": [("report_id", "=", self.id)],
            "context": self._screen_context(request),
        }

    def _screen_context(self, request):
        context = {
            "pivot_row_groupby": [self.group_by],
            "aged_report_id": self.id,
            "aged_group_by": self.group_by,
            "aged_columns": len(request.limits) + 1,
            # the only own key that reaches get_views, see fields_get of the lines
            "aged_limits_view_ref": format_limits(request.limits),
        }
        if self.group_by != "partner_id":  # what the list does by itself
            context[f"search_default_group_{self.group_by}"] = 1
        return context

    def action_download(self):
        self.ensure_one()
        request = self._request()
        query = {
            "date": fields.Date.to_string(request.date),
            "limits": format_limits(request.limits),
            "group_by": request.group_by,
            "companies": ",".join(map(str, request.company_ids)),
            "details": int(request.details),
        }
        if request.partner_ids:
            query["partners"] = ",".join(map(str, request.partner_ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"{DOWNLOAD_URL}?{urlencode(query)}",
            "target": "download",
        }

    def action_print(self):
        """The same figures as a PDF, through Odoo's own printing."""
        self.ensure_one()
        self.env["recouvrement.aged.balance.engine"]._check_request(self._request())
        action = self.env.ref(
            "recouvrement_auto_reports.recouvrement_aged_balance_pdf_action"
        )
        return {**action.report_action(self), "close_on_report_download": True}

    def _fill(self, request):
        """Write the lines in one statement: nothing passes through Python."""
        Line = self.env["recouvrement.aged.balance.report.line"]
        engine = self.env["recouvrement.aged.balance.engine"]
        engine._check_request(request)
        buckets = self._make_buckets(request)
        self.env.flush_all()
        Line._clear(self.ids)
        columns = {
            "report_id": SQL("%s", self.id),
            "owner_id": SQL("%s", self.env.uid),
            "bucket_id": SQL("(%s::int[])[bucket + 1]", buckets.ids),
            "partner_id": SQL("debtor_id"),
            "due_date": SQL("CASE WHEN NOT no_due_date THEN due_date END"),
            "line_res_id": SQL("line_id"),
            "move_res_id": SQL("move_id"),
            **{name: SQL.identifier(name) for name in Line._copied_columns()},
            **{
                f"amount_{index}": SQL("CASE WHEN bucket = %s THEN amount END", index)
                for index in range(BUCKET_COUNT)
            },
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM (%s) aged",
                SQL.identifier(Line._table),
                SQL(", ").join(SQL.identifier(name) for name in columns),
                SQL(", ").join(columns.values()),
                engine._items_query(request),
            )
        )
        Line.invalidate_model()

    def _make_buckets(self, request):
        labels = self.env["recouvrement.aged.balance.xlsx"]._labels(request.limits)
        self.bucket_ids.unlink()
        return self.env["recouvrement.aged.balance.report.bucket"].create(
            [
                {"report_id": self.id, "sequence": sequence, "name": label}
                for sequence, label in enumerate(labels)
            ]
        )


class RecouvrementAgedBalanceReportBucket(models.TransientModel):
    """A column of one aged balance: a record, so that a pivot keeps the order."""

    _name = "recouvrement.aged.balance.report.bucket"
    _description = "Column of an aged balance"
    _order = "sequence, id"
    _transient_max_hours = 0  # goes with its report
    _transient_max_count = 0

    report_id = fields.Many2one(
        "recouvrement.aged.balance.report",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer()
    name = fields.Char(required=True)
