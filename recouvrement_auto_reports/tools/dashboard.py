"""What a dashboard is asked and what it is made of: values, without Odoo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

PERIODS = (3, 6, 12, 24)
FORECAST_WEEKS = 13


@dataclass(frozen=True)
class Filters:
    """Segment and salesperson (ids, 0 = all) and months of the charts."""

    segment_id: int = 0
    salesperson_id: int = 0
    months: int = 12


def parse_filters(values: dict | None) -> Filters:
    """Filters as the browser sends them; what is no number or unknown counts as unset."""
    values = values if isinstance(values, dict) else {}
    months = _number(values.get("months"))
    return Filters(
        segment_id=_number(values.get("segment_id")),
        salesperson_id=_number(values.get("salesperson_id")),
        months=months if months in PERIODS else 12,
    )


def _number(value) -> int:
    try:
        return max(int(value or 0), 0)
    except (TypeError, ValueError):
        return 0


@dataclass(frozen=True)
class Tile:
    """One number: records of ``model`` in ``domain``, counted, and ``amount`` summed.

    :param key: name of the tile, stable
    :param amount: field summed, or empty for a count only
    :param action: XML id of the action that opens the list, empty for a plain one
    """

    key: str
    label: str
    model: str
    domain: tuple = ()
    amount: str = ""
    group: str = ""
    tone: str = ""
    action: str = ""
    help: str = ""


@dataclass(frozen=True)
class Week:
    """A week of the forecast: its number from the current one and its days, included."""

    number: int
    first: date
    last: date

    def days(self) -> list[date]:
        """Its days, in order."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]


def weeks(day: date, count: int = FORECAST_WEEKS) -> list[Week]:
    """Weeks from ``day`` on, Monday to Sunday; the first starts the day after ``day``."""
    first, found = day + timedelta(days=1), []
    for number in range(count):
        last = first + timedelta(days=7 - first.isoweekday())
        found.append(Week(number, first, last))
        first = last + timedelta(days=1)
    return found
