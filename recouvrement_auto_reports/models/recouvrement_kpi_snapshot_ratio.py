from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import kpi
from .recouvrement_kpi_engine import LATE_COLUMNS, SALES_COLUMNS
from .recouvrement_kpi_snapshot import DSO_DAYS

SUMMED = (
    "receivable",
    "on_account",
    "not_due",
    "on_account_not_due",
    *LATE_COLUMNS,
    "disputed",
    "late_debit",
    "late_weight",
    "item_count",
    "opening",
    "lost_365",
    "sales_untaxed_365",
    "sales_90",
    "sales_365",
    *SALES_COLUMNS,
)


class RecouvrementKpiSnapshot(models.Model):
    """Ratios of the snapshots: of one row, of a group on screen, of a day."""

    _inherit = "recouvrement.kpi.snapshot"

    dso = fields.Float(
        string="DSO (90 days)",
        compute="_compute_ratios",
        aggregator="avg",
        help="Receivables without payments on account x 90 / sales of 90 days, taxes "
        "included.",
    )
    dso_count_back = fields.Float(
        string="DSO (count-back)",
        compute="_compute_ratios",
        aggregator=None,
        help="Days of sales by month, newest first, that make up the receivables.",
    )
    bpdso = fields.Float(
        string="Best possible DSO",
        compute="_compute_ratios",
        aggregator="avg",
        help="What is not due yet x 90 / sales of 90 days.",
    )
    add_days = fields.Float(
        string="Average days delinquent",
        compute="_compute_ratios",
        aggregator="avg",
        help="DSO less best possible DSO.",
    )
    weighted_delay = fields.Float(
        compute="_compute_ratios",
        aggregator="avg",
        help="Days late of the late invoices, by amount.",
    )

    cei = fields.Float(
        string="Collection effectiveness (%)",
        compute="_compute_ratios",
        aggregator="avg",
        help="CEI of the month up to this day: (opening + sales of the month - closing) / "
        "(opening + sales of the month - closing that is not due) x 100, taxes included.",
    )

    loss_rate = fields.Float(
        string="Irrecoverable rate (%)",
        compute="_compute_ratios",
        aggregator="avg",
        help="Irrecoverable over 365 days x 100 / sales of the same days, excl. tax.",
    )

    @api.depends(*SUMMED, "date")
    def _compute_ratios(self):
        unknown = self._without_opening()
        for row in self:
            sums = {name: row[name] for name in SUMMED}
            if row.id in unknown:
                sums["opening"] = None
            figures = self._figures(row.date, sums)
            row.dso = figures["dso"] or 0.0
            row.dso_count_back = figures["count_back"] or 0.0
            row.bpdso = figures["bpdso"] or 0.0
            row.add_days = figures["add"] or 0.0
            row.weighted_delay = figures["weighted_delay"] or 0.0
            row.cei = figures["cei"] or 0.0
            row.loss_rate = figures["loss_rate"] or 0.0

    def _without_opening(self):
        """Ids of the rows that were taken before the opening was kept."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM recouvrement_kpi_snapshot
                    WHERE id IN %s AND opening IS NULL""",
                tuple(self.ids) or (0,),
            )
        )
        return {row_id for (row_id,) in rows}

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """OVERRIDE: the ratio of a group is that of its sums, never a mean of ratios."""
        name, _colon, _function = aggregate_spec.partition(":")
        parts = {
            "dso": ("{receivable} - {on_account}", "{sales_90}", DSO_DAYS),
            "bpdso": ("{not_due} - {on_account_not_due}", "{sales_90}", DSO_DAYS),
            "add_days": (
                "{receivable} - {on_account} - {not_due} + {on_account_not_due}",
                "{sales_90}",
                DSO_DAYS,
            ),
            "weighted_delay": ("{late_weight}", "{late_debit}", 1),
            "cei": (
                "{opening} + {sales_m0} - {receivable}",
                "{opening} + {sales_m0} - {not_due}",
                100,
            ),
            "loss_rate": ("{lost_365}", "{sales_untaxed_365}", 100),
        }.get(name)
        if parts is None:
            return super()._read_group_select(aggregate_spec, query)
        above, below, factor = parts
        return SQL(
            "%s * SUM(%s)::float / NULLIF(GREATEST(SUM(%s), 0), 0)",
            factor,
            self._columns_sql(above, query),
            self._columns_sql(below, query),
        )

    @api.model
    def _columns_sql(self, words, query):
        """SQL of ``{receivable} - {on_account}``: columns and signs, one by one."""
        return SQL(" ").join(
            self._field_to_sql(self._table, word[1:-1], query)
            if word.startswith("{")
            else SQL(word)
            for word in words.split()
        )

    @api.model
    def _figures(self, day, sums):
        """Indicators of one day from summed columns: dict name -> number or ``None``.

        ``dso, bpdso, add, count_back, weighted_delay`` in days; ``cei`` of the month so
        far, ``loss_rate`` of the sales of a year, ``over_90`` and ``disputed_share`` of the
        receivables in percent;
        ``is_complete`` tells whether the count-back found its months.
        """
        invoiced = sums["receivable"] - sums["on_account"]
        not_due = sums["not_due"] - sums["on_account_not_due"]
        dso = kpi.dso_balance(invoiced, sums["sales_90"], DSO_DAYS)
        bpdso = kpi.dso_balance(not_due, sums["sales_90"], DSO_DAYS)
        sales = [sums[name] for name in SALES_COLUMNS]
        back = kpi.dso_count_back(invoiced, kpi.months(day, sales))
        return {
            "dso": dso,
            "bpdso": bpdso,
            "add": kpi.add(dso, bpdso),
            "count_back": back.days if any(sales) else None,
            "is_complete": back.complete,
            "weighted_delay": kpi.ratio(sums["late_weight"], sums["late_debit"]),
            **self._younger_figures(sums),
            "over_90": kpi.percent(sums["late_over"], sums["receivable"]),
            "disputed_share": kpi.percent(sums["disputed"], sums["receivable"]),
        }

    @api.model
    def _younger_figures(self, sums):
        """Those whose columns the days taken before them lack: ``None`` there."""
        if sums["opening"] is None:
            return {"cei": None, "loss_rate": None}
        return {
            "cei": kpi.cei(
                sums["opening"], sums["sales_m0"], sums["receivable"], sums["not_due"]
            ),
            "loss_rate": kpi.percent(sums["lost_365"], sums["sales_untaxed_365"]),
        }

    @api.model
    def _series(self, domain):
        """Days of the snapshots of ``domain``, oldest first: list of dicts with ``date``,
        ``source``, the summed columns and the indicators; one query."""
        query = self._search([("level", "=", "group"), *domain])
        sums = SQL(", ").join(
            SQL("SUM(%s)::float", SQL.identifier(self._table, name)) for name in SUMMED
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT recouvrement_kpi_snapshot.date,
                          MIN(recouvrement_kpi_snapshot.source), %s FROM %s WHERE %s
                 GROUP BY recouvrement_kpi_snapshot.date
                 ORDER BY recouvrement_kpi_snapshot.date""",
                sums,
                query.from_clause,
                query.where_clause or SQL("TRUE"),
            )
        )
        found = []
        for day, source, *values in rows:
            columns = dict(zip(SUMMED, values, strict=True))
            found.append(
                {"date": day, "source": source, **columns} | self._figures(day, columns)
            )
        return found
