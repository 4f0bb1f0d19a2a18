"""Alerts start once, last while the figure trembles, and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools.alert import ABOVE, BELOW, Condition, holds, is_on

RISE = Condition("dso_change", ABOVE, 5.0)


@pytest.mark.parametrize(
    ("value", "active", "expected"),
    [
        (5.0, False, False),  # "more than" is more than
        (5.1, False, True),
        (4.6, True, True),  # within the margin of 10 %
        (4.5, True, True),
        (4.4, True, False),
        (None, True, False),
    ],
)
def test_a_rise(value, active, expected):
    assert holds(value, RISE, 10, active) is expected


def test_a_fall():
    low = Condition("rate", BELOW, 50.0)
    assert holds(49, low, 10, active=False)
    assert holds(54, low, 10, active=True)
    assert not holds(56, low, 10, active=True)


def test_all_conditions():
    untouched = Condition("days_untouched", ABOVE, 10)
    large = Condition("overdue", ABOVE, 20_000)
    values = {"days_untouched": 12, "overdue": 25_000}
    assert is_on(values, (untouched, large), 10, active=False)
    assert not is_on({**values, "overdue": 3}, (untouched, large), 10, active=False)
    assert not is_on(values, (), 10, active=False)
    assert not is_on({}, (untouched,), 10, active=False)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 100))
def test_what_starts_an_alert_also_keeps_it(value, threshold, margin):
    for comparison in (ABOVE, BELOW):
        condition = Condition("x", comparison, threshold)
        if holds(value, condition, margin, active=False):
            assert holds(value, condition, margin, active=True)


def test_a_trembling_figure_makes_one_alert():
    active, starts = False, 0
    for value in (4.9, 5.2, 4.8, 5.1, 4.7, 5.3, 4.2, 4.9, 5.5):
        now = holds(value, RISE, 10, active)
        starts += now and not active
        active = now
    assert starts == 2
