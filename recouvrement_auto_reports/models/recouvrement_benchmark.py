from odoo import api, fields, models

MEASURES = [
    ("delay", "Average payment delay (days)"),
    ("dso", "Customer terms in days of sales"),
    ("on_time", "Share paid on time (%)"),
    ("other", "Other"),
]


class RecouvrementBenchmark(models.Model):
    """A figure published about others: dated, with its source, never a target.

    Editable: sector figures age fast, and a figure without a date misleads.
    """

    _name = "recouvrement.benchmark"
    _description = "Benchmark"
    _order = "measure, date desc, id"

    name = fields.Char(string="What it is about", required=True, translate=True)
    measure = fields.Selection(MEASURES, required=True, default="delay")
    industry_id = fields.Many2one("res.partner.industry", string="Sector")
    value = fields.Float(required=True)
    period = fields.Char(required=True, help="Period of the figure, as published.")
    date = fields.Date(
        string="Published on",
        required=True,
        help="The first of January when only the year is known.",
    )
    source = fields.Char(required=True)
    active = fields.Boolean(default=True)
    own_value = fields.Float(
        string="Ours",
        compute="_compute_own_value",
        help="The same figure of this company, from its last night; 0 when there is none.",
    )

    @api.depends("measure")
    @api.depends_context("company")
    def _compute_own_value(self):
        own = self._own_values() if self else {}
        for one in self:
            one.own_value = own.get(one.measure) or 0.0

    @api.model
    def _own_values(self):
        """Our figures by measure: DSO and, from the paid instalments, delay and punctuality."""
        company = self.env.company
        Snapshot = self.env["recouvrement.kpi.snapshot"]
        last = Snapshot.search(
            [("company_id", "=", company.id), ("level", "=", "group")], limit=1
        )
        if not last:
            return {}
        [one] = Snapshot._series(
            [("company_id", "=", company.id), ("date", "=", last.date)]
        )
        found = {"dso": one["dso"]}
        Cycle = self.env["recouvrement.cycle.time"]
        if Cycle.has_access("read"):
            [(delay, count, late)] = Cycle._read_group(
                [("company_id", "=", company.id)],
                [],
                ["days_late:avg", "__count", "is_late:sum"],
            )
            found["delay"] = delay
            found["on_time"] = 100 * (count - late) / count if count else None
        return found
