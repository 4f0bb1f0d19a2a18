"""Indicators against the computed examples of legal-fr.md section 11, and their laws."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools import kpi

money = st.integers(0, 10**9).map(lambda cents: cents / 100)
positive = st.integers(1, 10**9).map(lambda cents: cents / 100)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_examples():
    dso = kpi.dso_balance(500_000, 620_000, 90)
    bpdso = kpi.dso_balance(300_000, 620_000, 90)
    assert round(dso, 1) == 72.6
    assert round(bpdso, 1) == 43.5
    assert round(kpi.add(dso, bpdso), 1) == 29.0
    assert round(kpi.cei(450_000, 240_000, 500_000, 300_000), 1) == 48.7
    assert round(kpi.cash_freed(5_000_000, 15)) == 205_479


def test_count_back_examples():
    day = date(2026, 3, 31)
    found = kpi.dso_count_back(500_000, kpi.months(day, [240_000, 200_000, 180_000]))
    assert (round(found.days, 1), found.complete) == (69.3, True)
    day = date(2026, 11, 30)
    found = kpi.dso_count_back(2_500, kpi.months(day, [1_200, 800, 700]))
    assert round(found.days, 1) == 82.4


def test_count_back_says_when_the_sales_do_not_reach_back():
    found = kpi.dso_count_back(1000, [kpi.Month(100, 30), kpi.Month(200, 31)])
    assert (found.days, found.complete) == (61, False)
    assert kpi.dso_count_back(0, []).complete


def test_count_back_month_of_credit_notes():
    months = [kpi.Month(-50, 10), kpi.Month(300, 30)]
    assert kpi.dso_count_back(100, months).days == 10 + 30 * 150 / 300


def test_figures_without_a_base_are_none():
    assert kpi.dso_balance(100, 0, 90) is None
    assert kpi.dso_balance(100, -5, 90) is None
    assert kpi.add(None, 3) is None
    assert kpi.cei(0, 0, 0, 0) is None
    assert kpi.weighted_delay([]) is None
    assert kpi.change(0, 5) is None
    assert kpi.change(None, 5) is None
    with pytest.raises(ValueError, match="at least one day"):
        kpi.dso_balance(1, 1, 0)


def test_weighted_delay_and_change():
    assert kpi.weighted_delay([(100, 10), (300, 50)]) == 40
    assert kpi.change(50, 55) == pytest.approx(10)


@given(money, positive, st.integers(1, 400))
def test_dso_grows_with_what_is_owed(receivable, sales, period):
    less = kpi.dso_balance(receivable, sales, period)
    assert less <= kpi.dso_balance(receivable + 1, sales, period)
    assert kpi.add(less, less) == 0


@given(money, st.lists(money, max_size=13), days)
def test_count_back_stays_within_its_months(receivable, sales, day):
    months = kpi.months(day, sales)
    found = kpi.dso_count_back(receivable, months)
    assert 0 <= found.days <= sum(month.days for month in months)
    more = kpi.dso_count_back(receivable + 1, months)
    assert found.days <= more.days
    if not found.complete:
        assert receivable > sum(sales) - 0.01


@given(days, st.integers(0, 40))
def test_months_are_whole(day, back):
    found = kpi.month_days(day, back)
    assert found == day.day if back == 0 else 28 <= found <= 31
    end = kpi.month_end(day)
    assert kpi.is_month_end(end)
    assert end.month == day.month


@given(days)
def test_days_of_the_past(day):
    found = kpi.history_days(day, 24, 52)
    assert found == sorted(set(found), reverse=True)
    assert max(found) < day
    assert sum(map(kpi.is_month_end, found)) >= 24
    assert all(kpi.is_month_end(d) or d.isoweekday() == 7 for d in found)
    assert found[0] >= day - timedelta(days=7)
