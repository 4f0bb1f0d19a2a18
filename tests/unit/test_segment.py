from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.segment import (
    CODES,
    DIFFICULT,
    GOOD,
    INACTIVE,
    LITIGATION,
    NEW,
    OCCASIONAL_LATE,
    SCALE,
    USUAL_LATE,
    PaymentFacts,
    Pending,
    Thresholds,
    decide,
    is_late,
    payment_delay,
    settle,
    shrunk_ratio,
)

LATE, LATE30 = Decimal("0.10"), Decimal("0.02")
REGULAR = PaymentFacts(
    paid_count=20,
    late_count=0,
    median_delay=Decimal(0),
    last_invoice_days=10,
    first_invoice_days=300,
)


def code(**changes):
    return decide(replace(REGULAR, **changes), LATE, LATE30)[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, GOOD),
        ({"manual_litigation": True}, LITIGATION),
        ({"last_invoice_days": 364}, GOOD),
        ({"last_invoice_days": 365}, INACTIVE),
        ({"paid_count": 2}, NEW),
        ({"paid_count": 3}, GOOD),
        ({"paid_count": 0, "last_invoice_days": None}, NEW),
        ({"paid_count": 2, "open30_count": 1}, OCCASIONAL_LATE),
        ({"late_count": 4, "late30_count": 4}, OCCASIONAL_LATE),
        ({"late_count": 5, "late30_count": 5}, DIFFICULT),
        ({"oldest_open_days": 90}, GOOD),
        ({"oldest_open_days": 91}, DIFFICULT),
        ({"median_delay": 30}, GOOD),
        ({"median_delay": Decimal("30.5")}, DIFFICULT),
        ({"median_delay": 30.5}, DIFFICULT),
        ({"late_count": 12}, OCCASIONAL_LATE),
        ({"late_count": 13}, USUAL_LATE),
        ({"late_count": 3}, GOOD),
        ({"late_count": 4}, OCCASIONAL_LATE),
        ({"late_count": 2, "late30_count": 2}, OCCASIONAL_LATE),
    ],
)
def test_rules(changes, expected):
    assert code(**changes) == expected


def test_first_match_wins():
    everything = {
        "late_count": 20,
        "late30_count": 20,
        "oldest_open_days": 200,
        "median_delay": 60,
    }
    assert code(**everything) == DIFFICULT
    assert code(**everything, paid_count=2) == NEW
    assert code(**everything, paid_count=2, last_invoice_days=400) == INACTIVE
    assert code(last_invoice_days=400, manual_litigation=True) == LITIGATION


def test_difficult_tells_each_of_its_reasons():
    facts = replace(
        REGULAR,
        late_count=10,
        late30_count=10,
        oldest_open_days=120,
        median_delay=45,
    )
    assert decide(facts, LATE, LATE30)[1] == [
        ("late30_ratio", {"count": 10, "seen": 20, "percent": 40, "limit": 20}),
        ("oldest_open", {"days": 120, "limit": 90}),
        ("median_delay", {"days": 45, "limit": 30}),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"late_count": 3}, GOOD),
        ({"late_count": 4}, OCCASIONAL_LATE),
        ({"late30_count": 1}, GOOD),
        ({"late30_count": 2}, OCCASIONAL_LATE),
        ({"late_count": 10}, OCCASIONAL_LATE),
        ({"late_count": 11}, USUAL_LATE),
        ({"late30_count": 3}, OCCASIONAL_LATE),
        ({"late30_count": 4}, DIFFICULT),
    ],
)
def test_limits_exactly_reached(changes, expected):
    """Without shrinking: 3 of 20 is 15 %, 1 of 20 is 5 %."""
    facts = replace(REGULAR, **changes)
    assert decide(facts, 0, 0, Thresholds(shrink=0))[0] == expected


def test_numbers_are_rounded_halves_up():
    facts = replace(REGULAR, median_delay=Decimal("44.5"))
    assert decide(facts, LATE, LATE30)[1] == [
        ("median_delay", {"days": 45, "limit": 30})
    ]


def test_three_lucky_payments_do_not_make_a_good_payer():
    facts = replace(REGULAR, paid_count=3)
    assert decide(facts, Decimal("0.40"), Decimal("0.04"))[0] == OCCASIONAL_LATE


@pytest.mark.parametrize("kind", [float, str, Decimal])
def test_ratios_may_come_in_any_form(kind):
    assert shrunk_ratio(2, 10, kind("0.4")) == Decimal(4) / 15
    assert shrunk_ratio(2, 15, kind("0.4")) == Decimal("0.2")


def test_thresholds_are_settings():
    facts = replace(REGULAR, late_count=4)
    strict = Thresholds(usual_late=Decimal("0.17"))
    assert decide(facts, LATE, LATE30, strict)[0] == USUAL_LATE


@pytest.mark.parametrize(
    ("due", "paid", "days"),
    [
        (date(2026, 5, 29), date(2026, 5, 29), 0),
        (date(2026, 5, 30), date(2026, 6, 1), 0),  # Saturday: counted from Monday
        (date(2026, 5, 23), date(2026, 5, 26), 0),  # Whit Monday
        (date(2026, 5, 29), date(2026, 6, 1), 3),
        (date(2026, 5, 29), date(2026, 5, 20), -9),
    ],
)
def test_delay_from_the_next_business_day(due, paid, days):
    assert payment_delay(due, paid) == days
    assert is_late(due, paid) == (days > 3)


def test_grace_of_three_days():
    due = date(2026, 9, 1)
    assert not is_late(due, date(2026, 9, 4))
    assert is_late(due, date(2026, 9, 5))


DAY = date(2026, 9, 1)


def test_down_at_once():
    assert settle(GOOD, DIFFICULT, Pending(GOOD, DAY), DAY) == (DIFFICULT, None)
    assert settle(None, GOOD, None, DAY) == (GOOD, None)
    assert settle(NEW, GOOD, None, DAY) == (GOOD, None)
    assert settle(DIFFICULT, INACTIVE, None, DAY) == (INACTIVE, None)


def test_up_after_thirty_days():
    segment, pending = settle(DIFFICULT, GOOD, None, DAY)
    assert (segment, pending) == (DIFFICULT, Pending(GOOD, DAY))
    almost = DAY + timedelta(days=29)
    assert settle(DIFFICULT, GOOD, pending, almost) == (DIFFICULT, pending)
    enough = DAY + timedelta(days=30)
    assert settle(DIFFICULT, GOOD, pending, enough) == (GOOD, None)


def test_up_only_to_what_held_all_the_time():
    pending = Pending(GOOD, DAY)
    middle = DAY + timedelta(days=10)
    _segment, pending = settle(DIFFICULT, USUAL_LATE, pending, middle)
    assert pending == Pending(USUAL_LATE, DAY)
    enough = DAY + timedelta(days=30)
    assert settle(DIFFICULT, GOOD, pending, enough) == (USUAL_LATE, None)


def test_a_relapse_starts_the_wait_again():
    _segment, pending = settle(DIFFICULT, DIFFICULT, Pending(GOOD, DAY), DAY)
    assert pending is None


ratios = st.decimals(0, 1, places=3)
counts = st.integers(0, 60)
facts_strategy = st.builds(
    lambda on_time, late, late30, open30, oldest, median: PaymentFacts(
        paid_count=on_time + late + late30,
        late_count=late + late30,
        late30_count=late30,
        open30_count=open30,
        oldest_open_days=max(oldest, 31 if open30 else 0),
        median_delay=median,
        last_invoice_days=10,
    ),
    counts,
    counts,
    counts,
    st.integers(0, 5),
    st.integers(0, 200),
    st.integers(-10, 60),
)


@given(facts_strategy, ratios, ratios)
def test_always_one_known_segment_with_a_reason(facts, late, late30):
    segment, reasons = decide(facts, late, late30)
    assert segment in CODES
    assert reasons and all(isinstance(numbers, dict) for _key, numbers in reasons)


@given(facts_strategy, ratios, ratios)
def test_one_more_late_payment_never_improves(facts, late, late30):
    worse = replace(
        facts,
        paid_count=facts.paid_count + 1,
        late_count=facts.late_count + 1,
        late30_count=facts.late30_count + 1,
    )
    before, after = (decide(f, late, late30)[0] for f in (facts, worse))
    if before in SCALE:
        assert SCALE.index(after) >= SCALE.index(before)


@given(st.integers(0, 50), st.integers(0, 50), ratios, st.integers(0, 20))
def test_shrunk_ratio_lies_between_own_and_company(count, others, company, shrink):
    seen = count + others
    ratio = shrunk_ratio(count, seen, company, shrink)
    own = Decimal(count) / seen if seen else company
    tiny = Decimal("1e-20")
    assert min(own, company) - tiny <= ratio <= max(own, company) + tiny
