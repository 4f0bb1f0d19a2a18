import json
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.score import GRADES, Weights, grade, scorecard
from recouvrement_auto.tools.score_basis import basis, score_again
from recouvrement_auto.tools.segment import PaymentFacts, Thresholds

LATE, LATE30 = Decimal("0.30"), Decimal("0.08")
PERFECT = PaymentFacts(
    paid_count=20, median_delay=0, mean_delay=0, last5_delay=0, last_invoice_days=5
)
WORST = PaymentFacts(
    paid_count=200,
    late_count=200,
    late30_count=200,
    median_delay=70,
    mean_delay=50,
    last5_delay=80,
    open_overdue_count=4,
    open_overdue_amount=Decimal("4300.00"),
    oldest_open_days=120,
    promises_broken=3,
    disputes_lost=5,
)


def score(facts):
    return scorecard(facts, LATE, LATE30)


def test_weights_add_up_to_a_hundred():
    weights = Weights()
    names = [
        f.name for f in fields(weights) if not f.name.startswith(("full_", "signal_"))
    ]
    names = [name for name in names if name not in ("cuts", "short_history")]
    assert sum(getattr(weights, name) for name in names) == 100


@pytest.mark.parametrize("seen", [0, 1, 2])
def test_new_customer_has_no_grade(seen):
    result = score(replace(PERFECT, paid_count=seen))
    assert (result.grade, result.points) == (None, None)
    assert result.factors == (("few_invoices", 0, {"seen": seen, "limit": 3}),)


def test_perfect_customer():
    result = score(PERFECT)
    assert result.grade == "A"
    assert result.factors == (
        ("late_ratio", 2, {"count": 0, "seen": 20, "percent": 6}),
        ("late30_ratio", 1, {"count": 0, "seen": 20, "percent": 2}),
    )
    assert not result.short_history


def test_middle_of_the_road():
    facts = replace(
        PERFECT,
        late_count=10,
        late30_count=3,
        median_delay=Decimal("9.0"),
        mean_delay=Decimal("10.0"),
        last5_delay=Decimal("17.5"),
        open_overdue_count=1,
        open_overdue_amount=Decimal("120.00"),
        oldest_open_days=30,
        promises_broken=1,
        disputes_lost=1,
    )
    assert score(facts).factors == (
        ("late_ratio", 18, {"count": 10, "seen": 20, "percent": 46}),
        ("late30_ratio", 5, {"count": 3, "seen": 20, "percent": 14}),
        ("oldest_open", 5, {"days": 30, "count": 1, "amount": "120.00"}),
        ("broken_promises", 4, {"count": 1, "seen": 1}),
        ("median_delay", 2, {"days": 9}),
        ("recent_drift", 2, {"days": 8}),
        ("disputes_lost", 1, {"count": 1, "seen": 1}),
    )
    assert score(facts).grade == "C"


def test_short_history_is_told_and_is_no_a():
    result = score(replace(PERFECT, paid_count=3))
    assert (result.grade, result.short_history) == ("B", True)


def test_worst_customer():
    result = score(WORST)
    assert (result.grade, result.points) == ("E", 99)
    assert [key for key, _points, _values in result.factors] == [
        "late_ratio",
        "late30_ratio",
        "oldest_open",
        "median_delay",
        "broken_promises",
        "recent_drift",
        "disputes_lost",
    ]
    values = dict((f[0], f[2]) for f in result.factors)
    assert values["oldest_open"] == {"days": 120, "count": 4, "amount": "4300.00"}
    assert values["recent_drift"] == {"days": 30}


def test_litigation_is_the_worst_grade_even_without_history():
    result = score(PaymentFacts(manual_litigation=True))
    assert (result.grade, result.points) == ("E", 100)


def test_improving_payments_give_no_points():
    better = score(replace(PERFECT, mean_delay=20, last5_delay=2))
    assert better.points == score(PERFECT).points


def test_facts_without_delay_are_accepted():
    facts = replace(PERFECT, median_delay=None, mean_delay=None, last5_delay=None)
    assert score(facts).points == score(PERFECT).points


@pytest.mark.parametrize(
    ("points", "letter"),
    [(0, "A"), (9, "A"), (10, "B"), (25, "C"), (40, "D"), (59, "D"), (60, "E")],
)
def test_grades(points, letter):
    assert grade(points) == letter


counts = st.integers(0, 40)
facts_strategy = st.builds(
    lambda on_time, late, late30, days, promises, disputes, delays: PaymentFacts(
        paid_count=3 + on_time + late + late30,
        late_count=late + late30,
        late30_count=late30,
        oldest_open_days=days,
        promises_broken=promises,
        disputes_lost=disputes,
        median_delay=delays[0],
        mean_delay=delays[1],
        last5_delay=delays[2],
    ),
    counts,
    counts,
    counts,
    st.integers(0, 400),
    st.integers(0, 5),
    st.integers(0, 5),
    st.tuples(*[st.floats(-30, 120)] * 3),
)
worsening = st.sampled_from(
    ("late", "late30", "oldest_open_days", "promises_broken", "disputes_lost", "last5")
)


@given(facts_strategy)
def test_points_are_the_sum_of_the_factors(facts):
    result = score(facts)
    assert 0 <= result.points <= 100
    assert result.points == sum(points for _key, points, _values in result.factors)
    assert result.grade in GRADES
    assert result.factors[0][0] == "late_ratio"


@given(facts_strategy, worsening)
def test_each_factor_can_only_worsen_the_score(facts, what):
    changes = {
        "late": {
            "paid_count": facts.paid_count + 1,
            "late_count": facts.late_count + 1,
        },
        "late30": {
            "paid_count": facts.paid_count + 1,
            "late_count": facts.late_count + 1,
            "late30_count": facts.late30_count + 1,
        },
        "last5": {"last5_delay": facts.last5_delay + 10},
    }
    change = changes.get(what) or {what: getattr(facts, what) + 1}
    worse = replace(facts, **change)
    if what == "late":  # a short delay dilutes the share of long ones by design
        assert score(worse).factors[0][1] >= score(facts).factors[0][1]
    else:
        assert score(worse).points >= score(facts).points


def test_promises_kept_and_disputes_won_soften_the_broken_and_the_lost():
    bad = replace(PERFECT, promises_broken=2, disputes_lost=3)
    soft = replace(bad, promises_kept=6, disputes_won=3)
    points = {f[0]: f[1:] for f in score(bad).factors}
    softer = {f[0]: f[1:] for f in score(soft).factors}
    assert points["broken_promises"] == (8, {"count": 2, "seen": 2})
    assert softer["broken_promises"] == (2, {"count": 2, "seen": 8})
    assert points["disputes_lost"] == (3, {"count": 3, "seen": 3})
    assert softer["disputes_lost"] == (2, {"count": 3, "seen": 6})
    kept = replace(PERFECT, promises_kept=5, disputes_won=5)
    assert score(kept) == score(PERFECT)


def test_the_worst_signal_comes_on_top():
    watch = replace(PERFECT, signals_watch=3)
    both = replace(watch, signals_critical=1)
    assert score(watch).points == score(PERFECT).points + 10
    assert ("signals", 60, {"count": 4}) in score(both).factors
    assert score(replace(WORST, signals_critical=1)).points == 100
    new = score(PaymentFacts(signals_alert=1))
    assert (new.grade, new.factors[1]) == (None, ("signals", 0, {"count": 1}))


@given(facts_strategy)
def test_what_is_kept_gives_the_same_score(facts):
    kept = json.loads(json.dumps(basis(facts, (LATE, LATE30), Thresholds(), Weights())))
    assert score_again(kept) == scorecard(facts, float(LATE), float(LATE30))
