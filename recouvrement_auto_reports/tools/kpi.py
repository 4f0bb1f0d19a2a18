"""Indicators of receivables: DSO by balance and count-back, BPDSO, ADD, CEI, and the rest.

Amounts are numbers of one currency, taxes included; days are calendar days; rates are
percent. A figure that has no meaning (no sales, nothing due) is ``None``, never 0: an
indicator that hides its missing base is worse than none. Formulas and computed examples:
legal-fr.md section 11.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_BACK = 12  # months before the current one that the count-back reads
DAYS_PER_YEAR = 365


@dataclass(frozen=True)
class Month:
    """Sales of a month, taxes included, credit notes deducted, and its days."""

    sales: float
    days: int


@dataclass(frozen=True)
class CountBack:
    """Result of the count-back; ``complete`` is false when the sales that are known do
    not reach back far enough: the true figure is then at least ``days``."""

    days: float
    complete: bool = True


def dso_balance(receivable: float, sales: float, days: int) -> float | None:
    """Days of sales outstanding: what is owed x days of the period / its sales."""
    if days <= 0:
        raise ValueError("A period has at least one day.")
    if sales <= 0:
        return None
    return float(receivable) * days / float(sales)


def dso_count_back(receivable: float, months: Sequence[Month]) -> CountBack:
    """Days by exhaustion: the sales of each month, newest first, are taken off what is
    owed; the month that would exceed it counts pro rata.

    A month of credit notes only adds to what is left, as it takes off what was sold.
    """
    left, days = float(receivable), 0.0
    for month in months:
        if left <= 0:
            return CountBack(days)
        sales = float(month.sales)
        if sales > left:
            return CountBack(days + month.days * left / sales)
        left -= sales
        days += month.days
    return CountBack(days, complete=left <= 0)


def add(dso: float | None, bpdso: float | None) -> float | None:
    """Average days delinquent: the part of the DSO that is late payment."""
    return None if dso is None or bpdso is None else dso - bpdso


def weighted_delay(items: Iterable[tuple[float, float]]) -> float | None:
    """Sum of amount x days late over the sum of amounts, of ``(amount, days)`` pairs."""
    pairs = [(float(amount), float(days)) for amount, days in items]
    return ratio(sum(a * d for a, d in pairs), sum(a for a, _days in pairs))


def cei(
    opening: float, sales: float, closing: float, closing_not_due: float
) -> float | None:
    """Collection effectiveness, percent: collected over what could be collected."""
    collected = float(opening) + float(sales) - float(closing)
    collectable = float(opening) + float(sales) - float(closing_not_due)
    return None if collectable <= 0 else 100 * collected / collectable


def ratio(part: float, whole: float) -> float | None:
    """``part / whole`` where the whole is above zero."""
    return None if whole <= 0 else float(part) / float(whole)


def percent(part: float, whole: float) -> float | None:
    """``part`` in percent of ``whole`` where the whole is above zero."""
    found = ratio(part, whole)
    return None if found is None else 100 * found


def change(before: float | None, now: float | None) -> float | None:
    """Change in percent of the earlier figure; ``None`` without one to compare with."""
    if now is None or before is None or before <= 0:
        return None
    return 100 * (now - before) / before


def cash_freed(yearly_sales: float, days: float) -> float:
    """Cash that ``days`` of DSO stand for: yearly sales / 365 x days."""
    return float(yearly_sales) / DAYS_PER_YEAR * float(days)


def month_days(day: date, back: int) -> int:
    """Days that the month ``back`` months before ``day`` counts: all of a past month,
    up to ``day`` of its own."""
    if back == 0:
        return day.day
    number = day.year * 12 + day.month - 1 - back
    return monthrange(number // 12, number % 12 + 1)[1]


def months(day: date, sales: Sequence[float]) -> list[Month]:
    """Sales per month, the month of ``day`` first, with the days of each."""
    return [Month(amount, month_days(day, back)) for back, amount in enumerate(sales)]


def month_start(day: date) -> date:
    """First day of the month of ``day``."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def is_month_end(day: date) -> bool:
    """True on the last day of a month."""
    return (day + timedelta(days=1)).day == 1


def history_days(day: date, months_back: int, weeks_back: int) -> list[date]:
    """Days of the past that are rebuilt, newest first: the end of each month and each
    Sunday, strictly before ``day``."""
    found = set()
    last = day.replace(day=1) - timedelta(days=1)
    for _month in range(months_back):
        found.add(last)
        last = last.replace(day=1) - timedelta(days=1)
    sunday = day - timedelta(days=day.isoweekday() % 7 or 7)
    found.update(sunday - timedelta(weeks=week) for week in range(weeks_back))
    return sorted(found, reverse=True)
