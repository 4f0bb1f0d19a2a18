from odoo import api, fields, models
from odoo.tools import SQL

RATES = {
    # name: numerator, what it is counted on
    "rate_7": ("full_7", "known_7"),
    "rate_15": ("full_15", "known_15"),
    "rate_30": ("full_30", "known_30"),
    "answer_rate": ("answered", "sent"),
}


class RecouvrementEffectiveness(models.Model):
    """Rates of a group of messages, counted on those that are old enough."""

    _inherit = "recouvrement.effectiveness"

    rate_7 = fields.Float(
        string="Settled in 7 days (%)", compute="_compute_rates", aggregator="avg"
    )
    rate_15 = fields.Float(
        string="Settled in 15 days (%)", compute="_compute_rates", aggregator="avg"
    )
    rate_30 = fields.Float(
        string="Settled in 30 days (%)", compute="_compute_rates", aggregator="avg"
    )
    answer_rate = fields.Float(
        string="Answered (%)", compute="_compute_rates", aggregator="avg"
    )
    cash_rate = fields.Float(
        string="Cash in 30 days (%)",
        compute="_compute_rates",
        aggregator="avg",
        help="Cash received within 30 days of what was asked, messages of the last 30 days "
        "left out.",
    )
    mean_days = fields.Float(
        string="Mean days to cash",
        compute="_compute_rates",
        aggregator="avg",
        help="Days from the message to the cash of 30 days, by amount.",
    )

    @api.depends("full_7", "full_15", "full_30", "answered", "paid_30", "cash_days")
    def _compute_rates(self):
        for row in self:
            for name, (above, below) in RATES.items():
                row[name] = 100.0 * row[above] if row[below] else 0.0
            asked = row.amount if row.known_30 else 0.0
            row.cash_rate = 100 * row.paid_30 / asked if asked > 0 else 0.0
            row.mean_days = row.cash_days / row.paid_30 if row.paid_30 > 0 else 0.0

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """OVERRIDE: the rate of a group is that of its sums."""
        name = aggregate_spec.partition(":")[0]

        def column(field):
            return self._field_to_sql(self._table, field, query)

        if name in RATES:
            above, below = map(column, RATES[name])
            return SQL(
                "100.0 * SUM(%(above)s) FILTER (WHERE %(below)s = 1)"
                " / NULLIF(SUM(%(below)s), 0)",
                above=above,
                below=below,
            )
        if name == "cash_rate":
            return SQL(
                "100.0 * SUM(%(paid)s) FILTER (WHERE %(known)s = 1)"
                " / NULLIF(SUM(%(asked)s) FILTER (WHERE %(known)s = 1), 0)",
                paid=column("paid_30"),
                asked=column("amount"),
                known=column("known_30"),
            )
        if name == "mean_days":
            return SQL(
                "SUM(%s) / NULLIF(SUM(%s)::float, 0)",
                column("cash_days"),
                column("paid_30"),
            )
        return super()._read_group_select(aggregate_spec, query)
