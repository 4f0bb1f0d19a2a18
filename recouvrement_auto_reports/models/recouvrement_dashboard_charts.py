from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import format_date

from ..tools import kpi
from ..tools.dashboard import Tile
from .recouvrement_dashboard import SNAPSHOT
from .recouvrement_dashboard_tiles import AGEING, OWN

TREND_MONTHS = 2


class RecouvrementDashboard(models.AbstractModel):
    """Charts of the first page: ageing now and over time, DSO and forecast."""

    _inherit = "recouvrement.dashboard"

    @api.model
    def _tiles(self, scope):
        """EXTENDS: the list behind the DSO is the snapshot that it was taken from."""
        day = self._last_snapshot_day(scope)
        dso = Tile(
            "dso",
            self.env._("DSO"),
            SNAPSHOT,
            (("level", "=", "group"), ("date", "=", day and day.isoformat())),
            "receivable",
            "hidden",
            action=f"{OWN}recouvrement_kpi_snapshot_action_list",
        )
        return [*super()._tiles(scope), dso]

    @api.model
    def _last_snapshot_day(self, scope):
        if "last_day" not in scope:
            last = self.env[SNAPSHOT].search_fetch(
                [("company_id", "in", scope["companies"].ids)], ["date"], limit=1
            )
            scope["last_day"] = last.date
        return scope["last_day"]

    @api.model
    def _charts(self, scope, tiles):
        by_key = {tile["key"]: tile for tile in tiles}
        series = self._snapshot_series(scope)
        return {
            "ageing": self._ageing_now(by_key),
            "history": self._history(series, scope),
            "dso": self._dso(series, scope),
            "forecast": self._forecast(by_key, scope),
            "top": scope.get("top", []),
        }

    @api.model
    def _ageing_now(self, by_key):
        keys = [f"ageing_{key}" for key, _first, _last in AGEING]
        return [by_key[key] for key in keys if key in by_key]

    @api.model
    def _snapshot_series(self, scope):
        """Snapshots of the period and of the two months before it, oldest first: month
        ends, Sundays and the last day, which is all that a curve of that length shows."""
        months = scope["filters"].months + TREND_MONTHS
        days = kpi.history_days(scope["today"], months, months * 31 // 7)
        last = self._last_snapshot_day(scope)
        if last:
            days.append(last)
        domain = [("date", "in", days), *self._scope_domain(SNAPSHOT, scope)]
        return self.env[SNAPSHOT]._series(domain)

    @api.model
    def _history(self, series, scope):
        """Ageing at each month end of the period and at the last day that is known."""
        since = scope["today"] - relativedelta(months=scope["filters"].months)
        days = [
            one
            for one in series
            if one["date"] >= since
            and (kpi.is_month_end(one["date"]) or one is series[-1])
        ]
        labels = self._ageing_labels()
        return {
            "labels": [format_date(self.env, one["date"]) for one in days],
            "series": [
                {
                    "key": key,
                    "label": labels[key],
                    "values": [round(one[key], 2) for one in days],
                }
                for key, _first, _last in AGEING
            ],
            "rebuilt": sum(one["source"] == "backfill" for one in days),
        }

    @api.model
    def _dso(self, series, scope):
        """Curve of the period, the last figure and what it was two months before."""
        since = scope["today"] - relativedelta(months=scope["filters"].months)
        shown = [one for one in series if one["date"] >= since]
        names = ("dso", "count_back", "bpdso")
        found = {
            "labels": [format_date(self.env, one["date"]) for one in shown],
            **{name: [_tenth(one[name]) for one in shown] for name in names},
            "last": None,
        }
        if shown:
            last = shown[-1]
            before = self._before(series, last["date"])
            found["last"] = {
                "date": format_date(self.env, last["date"]),
                **{name: _tenth(last[name]) for name in (*names, "add", "over_90")},
                "weighted_delay": _tenth(last["weighted_delay"]),
                "is_complete": last["is_complete"],
                "cei": self._effectiveness(series),
                "loss_rate": _hundredth(last["loss_rate"]),
                "trend": _tenth(before and kpi.change(before["dso"], last["dso"])),
                "since": before and format_date(self.env, before["date"]),
            }
        return found

    @api.model
    def _effectiveness(self, series):
        """CEI of the last whole month that is known, or None."""
        for one in reversed(series):
            if kpi.is_month_end(one["date"]) and one["cei"] is not None:
                month = format_date(self.env, one["date"], date_format="MMMM yyyy")
                return {"month": month, "percent": _tenth(one["cei"])}
        return None

    @api.model
    def _before(self, series, day):
        """The last snapshot at least two months older than ``day``, within ten days."""
        limit = day - relativedelta(months=TREND_MONTHS)
        older = [one for one in series if one["date"] <= limit]
        if older and (limit - older[-1]["date"]) <= timedelta(days=10):
            return older[-1]
        return None


def _tenth(value):
    return None if value is None else round(value, 1)


def _hundredth(value):
    return None if value is None else round(value, 2)
