from odoo import api, models
from odoo.tools import format_date

from ..tools.dashboard import Tile, weeks
from .recouvrement_dashboard import FORECAST
from .recouvrement_dashboard_tiles import OWN

FORECAST_ACTION = f"{OWN}recouvrement_kpi_forecast_action"
# Left out of the forecast unless a day was agreed: nobody knows when they are paid.
UNFORESEEN_DAYS = 90
AGREED = ("promise", "plan")


class RecouvrementDashboard(models.AbstractModel):
    """Cash expected: the whole, by what the days rest on, and by week."""

    _inherit = "recouvrement.dashboard"

    @api.model
    def _foreseen(self):
        """Domain of the rows of the forecast."""
        return (
            ("is_disputed", "=", False),
            "|",
            ("days_late", "<=", UNFORESEEN_DAYS),
            ("expected_by", "in", AGREED),
        )

    @api.model
    def _forecast_tile(self, key, label, domain, group, tone=""):
        domain = (*self._foreseen(), *domain)
        text = self._words()["forecast"][1]
        return Tile(
            key, label, FORECAST, domain, "amount", group, tone, FORECAST_ACTION, text
        )

    @api.model
    def _tiles_forecast(self, scope):
        """The whole, its parts by what the days rest on, and each part by week."""
        spans, words = weeks(scope["today"]), self._words()
        until = ("expected_date", "<=", spans[-1].last.isoformat())
        whole = words["forecast"][0]
        found = [self._forecast_tile("forecast", whole, (until,), "money", "success")]
        for source, label in self._sources():
            own = ("expected_by", "=", source)
            found.append(
                self._forecast_tile(f"cash_{source}", label, (own, until), "cash")
            )
            for week in spans:
                days = (
                    ("expected_date", ">=", week.first.isoformat()),
                    ("expected_date", "<=", week.last.isoformat()),
                )
                key = f"forecast_{source}_{week.number}"
                name = f"{words['forecast_week'][0]} · {label}"
                found.append(self._forecast_tile(key, name, (own, *days), "forecast"))
        return found

    @api.model
    def _sources(self):
        """What an expected day rests on: value, label in the language of the reader."""
        field = self.env[FORECAST]._fields["expected_by"]
        return field._description_selection(self.env)

    @api.model
    def _forecast(self, by_key, scope):
        """The chart: a series for each source that has something, a value per week."""
        spans = weeks(scope["today"])
        series = [
            {
                "key": source,
                "label": label,
                "values": [
                    by_key[f"forecast_{source}_{week.number}"]["amount"]
                    for week in spans
                ],
            }
            for source, label in self._sources()
            if f"forecast_{source}_0" in by_key
        ]
        return {
            "labels": [
                format_date(self.env, week.first, date_format="d MMM") for week in spans
            ],
            "series": [one for one in series if any(one["values"])],
        }
