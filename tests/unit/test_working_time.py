from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.working_time import (
    DEFAULT_WINDOWS,
    REGIONS,
    add_business_days,
    business_days_between,
    formal_notice_pause,
    holidays,
    is_business_day,
    next_allowed,
    next_business_day,
    previous_business_day,
)

days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
instants = st.datetimes(datetime(2000, 1, 1), datetime(2060, 12, 31))
regions = st.sampled_from(REGIONS)

# Not D223-9 of the consumer code itself, but the courtesy window taken from it.
COURTESY = ((600, 780), (840, 1200))


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1961, 4, 2),
        (2000, 4, 23),
        (2008, 3, 23),
        (2026, 4, 5),
        (2027, 3, 28),
        (2028, 4, 16),
        (2038, 4, 25),
        (2049, 4, 18),
    ],
)
def test_movable_holidays_follow_easter(year, month, day):
    sunday = date(year, month, day)
    offsets = {(found - sunday).days for found in holidays(year, "FR-AM")}
    assert {-2, 1, 39, 50} <= offsets


@pytest.mark.parametrize(
    ("year", "movable"),
    [
        (2026, [(4, 6), (5, 14), (5, 25)]),
        (2027, [(3, 29), (5, 6), (5, 17)]),
        (2028, [(4, 17), (5, 25), (6, 5)]),
    ],
)
def test_holidays_of_legal_fr_section_7(year, movable):
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
    assert holidays(year) == {date(year, *day) for day in fixed + movable}


@pytest.mark.parametrize(
    ("region", "extra"),
    [
        ("FR-AM", {date(2026, 4, 3), date(2026, 12, 26)}),
        ("GP", {date(2026, 5, 27)}),
        ("MQ", {date(2026, 5, 22)}),
        ("GF", {date(2026, 6, 10)}),
        ("RE", {date(2026, 12, 20)}),
        ("YT", {date(2026, 4, 27)}),
    ],
)
def test_regional_holidays(region, extra):
    assert holidays(2026, region) - holidays(2026) == extra


def test_unknown_region_is_named():
    with pytest.raises(ValueError, match="'XX'"):
        holidays(2026, "XX")


def test_may_first_2026():
    friday = date(2026, 5, 1)
    assert not is_business_day(friday)
    assert next_business_day(friday) == date(2026, 5, 4)
    assert previous_business_day(friday) == date(2026, 4, 30)
    assert next_business_day(date(2026, 4, 30)) == date(2026, 4, 30)


def test_good_friday_is_open_outside_alsace_moselle():
    assert is_business_day(date(2026, 4, 3))
    assert not is_business_day(date(2026, 4, 3), "FR-AM")


def test_working_days_over_easter_2026():
    thursday = date(2026, 4, 2)
    assert add_business_days(thursday, 2) == date(2026, 4, 7)
    assert add_business_days(date(2026, 4, 7), -2) == thursday
    assert add_business_days(date(2026, 4, 5), 0) == date(2026, 4, 5)
    assert business_days_between(thursday, date(2026, 4, 7)) == 2
    assert business_days_between(date(2026, 4, 7), thursday) == -2


def test_example_of_legal_fr_section_7():
    """Planned on Friday 1 May at 9:00, moved to Monday 4 May at 10:00."""
    planned = datetime(2026, 5, 1, 9, 0)
    assert next_allowed(planned, COURTESY) == datetime(2026, 5, 4, 10, 0)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (0, 0, (22, 9, 0)),
        (8, 59, (22, 9, 0)),
        (9, 0, (22, 9, 0)),
        (11, 29, (22, 11, 29)),
        (11, 30, (22, 14, 0)),
        (16, 29, (22, 16, 29)),
        (16, 30, (23, 9, 0)),
    ],
)
def test_default_windows(hour, minute, expected):
    instant = datetime(2026, 9, 22, hour, minute)
    assert next_allowed(instant) == datetime(2026, 9, *expected)


def test_windows_in_any_order():
    instant = datetime(2026, 9, 22, 8, 0)
    assert next_allowed(instant, DEFAULT_WINDOWS[::-1]).hour == 9


def test_seconds_are_kept_inside_a_window():
    instant = datetime(2026, 9, 22, 11, 29, 59, 999)
    assert next_allowed(instant) == instant


def test_closed_days_can_count():
    saturday = datetime(2026, 9, 19, 20, 0)
    assert next_allowed(saturday) == datetime(2026, 9, 21, 9, 0)
    assert next_allowed(saturday, closed_days_ok=True) == datetime(2026, 9, 20, 9, 0)


def test_a_window_may_hold_a_whole_day():
    night = datetime(2026, 11, 24, 0, 0)
    for instant in (night, night + timedelta(hours=23, minutes=59)):
        assert next_allowed(instant, ((0, 1440),)) == instant


def test_a_window_begins_and_ends_on_its_minute():
    windows = ((540, 690),)
    nine = datetime(2026, 11, 24, 9, 0)
    assert next_allowed(nine, windows) == nine
    assert next_allowed(nine - timedelta(minutes=1), windows) == nine
    end = datetime(2026, 11, 24, 11, 30)
    assert next_allowed(end, windows) == nine + timedelta(days=1)


@pytest.mark.parametrize("windows", [(), ((600, 600),), ((700, 600),), ((0, 1441),)])
def test_impossible_windows_are_refused(windows):
    with pytest.raises(ValueError):
        next_allowed(datetime(2026, 9, 22), windows)


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2026, 7, 24), None),
        (date(2026, 7, 25), date(2026, 8, 26)),
        (date(2026, 8, 25), date(2026, 8, 26)),
        (date(2026, 8, 26), None),
        (date(2026, 12, 19), None),
        (date(2026, 12, 20), date(2027, 1, 3)),
        (date(2027, 1, 2), date(2027, 1, 3)),
        (date(2027, 1, 3), None),
    ],
)
def test_no_formal_notice_in_holiday_periods(day, ends):
    assert formal_notice_pause(day) == ends


@given(days)
def test_the_pause_is_over_when_it_ends(day):
    ends = formal_notice_pause(day)
    assert ends is None or (ends > day and formal_notice_pause(ends) is None)


@given(days, st.integers(-60, 60), regions)
def test_adding_and_counting_are_inverse(day, count, region):
    other = add_business_days(day, count, region)
    assert business_days_between(day, other, region) == count
    assert count == 0 or is_business_day(other, region)


@given(days, regions)
def test_neighbouring_business_days(day, region):
    after, before = next_business_day(day, region), previous_business_day(day, region)
    assert before <= day <= after
    assert is_business_day(after, region) and is_business_day(before, region)
    assert is_business_day(day, region) == (before == after)
    assert (after - before).days <= 6  # never more than a long week-end


@given(instants, regions, st.booleans())
def test_next_allowed_is_allowed_and_first(instant, region, closed_days_ok):
    allowed = next_allowed(instant, DEFAULT_WINDOWS, region, closed_days_ok)
    assert allowed >= instant
    assert closed_days_ok or is_business_day(allowed.date(), region)
    assert _in_window(allowed)
    assert next_allowed(allowed, DEFAULT_WINDOWS, region, closed_days_ok) == allowed
    probe = instant
    while probe < allowed:  # nothing allowed was passed over
        inside = _in_window(probe)
        assert not inside or not is_business_day(probe.date(), region)
        probe += timedelta(minutes=47)


def _in_window(instant):
    minute = instant.hour * 60 + instant.minute
    return any(start <= minute < end for start, end in DEFAULT_WINDOWS)
