"""French business days and the hours at which a message may reach a customer.

Days are ``date``, instants are naive ``datetime`` in the customer's own local time:
time zones and clock changes belong to the caller. Regions: ``FR`` (mainland), ``FR-AM``
(Alsace-Moselle), ``GP``, ``MQ``, ``GF``, ``RE``, ``YT`` (overseas departments).

Source: article L3133-1 of the labour code, in legal-fr.md section 7. Saturday and
Sunday are closed. A due date is never moved here: no text says so between businesses.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.easter import easter

# (month, day) of the holidays that never move.
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Days after Easter Sunday: Easter Monday, Ascension, Whit Monday.
AFTER_EASTER = (1, 39, 50)
# Day of the abolition of slavery, a holiday of its own in each overseas department.
ABOLITION = {"GP": (5, 27), "MQ": (5, 22), "GF": (6, 10), "RE": (12, 20), "YT": (4, 27)}
ALSACE_MOSELLE = "FR-AM"
REGIONS = ("FR", ALSACE_MOSELLE, *ABOLITION)

# 9:00-11:30 and 14:00-16:30, in minutes after midnight (practice.md section 4).
DEFAULT_WINDOWS = ((540, 690), (840, 990))
MINUTES_PER_DAY = 24 * 60

# No formal notice is deposited in these periods, ends included (practice.md section 4).
SUMMER_PAUSE = ((7, 25), (8, 25))
YEAR_END_PAUSE = ((12, 20), (1, 2))

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=512)
def holidays(year: int, region: str = "FR") -> frozenset[date]:
    """Public holidays of a year; ``ValueError`` for an unknown region."""
    if region not in REGIONS:
        raise ValueError(f"Unknown holiday region {region!r}: use one of {REGIONS}.")
    sunday = easter(year)
    days = {date(year, month, day) for month, day in FIXED}
    days.update(sunday + timedelta(days=offset) for offset in AFTER_EASTER)
    if region == ALSACE_MOSELLE:
        days.update((sunday - timedelta(days=2), date(year, 12, 26)))
    if region in ABOLITION:
        days.add(date(year, *ABOLITION[region]))
    return frozenset(days)


def is_business_day(day: date, region: str = "FR") -> bool:
    """True from Monday to Friday, public holidays excepted."""
    return day.weekday() < 5 and day not in holidays(day.year, region)


def next_business_day(day: date, region: str = "FR") -> date:
    """``day`` itself when it is open, else the first open day after it."""
    while not is_business_day(day, region):
        day += ONE_DAY
    return day


def previous_business_day(day: date, region: str = "FR") -> date:
    """``day`` itself when it is open, else the last open day before it."""
    while not is_business_day(day, region):
        day -= ONE_DAY
    return day


def add_business_days(day: date, count: int, region: str = "FR") -> date:
    """The ``count``-th open day after ``day`` (before it when ``count`` is negative).

    Zero gives ``day`` back, open or not.
    """
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day, region):
            day += step
    return day


def business_days_between(start: date, end: date, region: str = "FR") -> int:
    """Open days after ``start`` up to ``end`` included.

    The inverse of ``add_business_days``: with ``end`` before ``start`` it is the open
    days from ``end`` included to ``start`` excluded, as a negative number.
    """
    if end < start:
        return -_open_days(end, start, region)
    return _open_days(start + ONE_DAY, end + ONE_DAY, region)


def _open_days(first: date, stop: date, region: str) -> int:
    """Open days from ``first`` included to ``stop`` excluded."""
    span = (stop - first).days
    return sum(is_business_day(first + timedelta(days=n), region) for n in range(span))


def next_allowed(
    instant: datetime,
    windows: tuple[tuple[int, int], ...] = DEFAULT_WINDOWS,
    region: str = "FR",
    closed_days_ok: bool = False,
) -> datetime:
    """First instant at or after ``instant`` at which a message may leave.

    :param instant: naive local time of the customer
    :param windows: ``(start, end)`` in minutes after midnight, end excluded
    :param closed_days_ok: True when week-ends and holidays count like other days
    :return: ``instant`` unchanged inside a window, else the start of the next window
    """
    windows = _checked_windows(windows)
    day = instant.date()
    if closed_days_ok or is_business_day(day, region):
        minute = instant.hour * 60 + instant.minute
        for start, end in windows:
            if minute < start:
                return _at(day, start)
            if minute < end:
                return instant
    day += ONE_DAY
    return _at(day if closed_days_ok else next_business_day(day, region), windows[0][0])


def _checked_windows(windows: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """``windows`` in order. An empty or impossible window would wait for ever."""
    if not windows:
        raise ValueError("At least one contact window is needed.")
    for start, end in windows:
        if not 0 <= start < end <= MINUTES_PER_DAY:
            raise ValueError(f"Contact window {(start, end)} is not a span of one day.")
    return sorted(windows)


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60))


def formal_notice_pause(day: date) -> date | None:
    """First day after the pause that ``day`` falls in, or None outside the pauses.

    A formal notice deposited while the customer's offices are closed is not answered in
    its eight days: none leaves from 25 July to 25 August and from 20 December to
    2 January (practice.md section 4), unless a person insists.
    """
    today = (day.month, day.day)
    start, end = SUMMER_PAUSE
    if start <= today <= end:
        return date(day.year, *end) + ONE_DAY
    start, end = YEAR_END_PAUSE
    if today >= start:
        return date(day.year + 1, *end) + ONE_DAY
    if today <= end:
        return date(day.year, *end) + ONE_DAY
    return None
