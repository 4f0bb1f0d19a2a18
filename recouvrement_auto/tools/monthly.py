"""Days that come back every month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def in_month(day: int, year: int, month: int) -> date:
    """The ``day`` of a month; the last one of a month that is too short."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def last_occurrence(day: int, today: date) -> date:
    """The last ``day`` of a month on or before ``today``.

    :param day: 1 to 31; 31 stands for the last day of each month
    """
    found = in_month(day, today.year, today.month)
    if found <= today:
        return found
    before = today.replace(day=1) - timedelta(days=1)
    return in_month(day, before.year, before.month)
