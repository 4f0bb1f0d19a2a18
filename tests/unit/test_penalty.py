from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.penalty import (
    BUSINESS,
    CONSUMER,
    CREDIT_NOTE,
    INTEREST_FIRST,
    PRINCIPAL_FIRST,
    PUBLIC,
    RATE_UNDER_FLOOR,
    UNKNOWN,
    Debt,
    FlatRate,
    MissingRate,
    Movement,
    check_contract_rate,
    fee_is_due,
    late_interest,
    next_semester_start,
    rate_on,
    rate_to_enter,
    semester,
    semester_start,
)

DEFAULT = {
    "2024-H1": Decimal("14.50"),
    "2024-H2": Decimal("14.25"),
    "2025-H1": Decimal("13.15"),
    "2025-H2": Decimal("12.15"),
    "2026-H1": Decimal("12.15"),
    "2026-H2": Decimal("12.40"),
}
PUBLIC_RATES = {name: rate - 2 for name, rate in DEFAULT.items()}
LEGAL = {
    "2024-H1": Decimal("5.07"),
    "2026-H1": Decimal("2.62"),
    "2026-H2": Decimal("2.75"),
}
FEE = Decimal(40)


def amounts(statement):
    return [(s.days, s.rate, str(s.amount)) for s in statement.segments]


def test_e1_one_half_year():
    debt = Debt(Decimal(10000), date(2026, 1, 31))
    statement = late_interest(debt, date(2026, 4, 15), DEFAULT)
    assert amounts(statement) == [(74, Decimal("12.15"), "246.33")]
    assert statement.total_due == Decimal("10246.33")
    assert fee_is_due(BUSINESS, [(debt.due, statement.until)])
    assert statement.interest + FEE == Decimal("286.33")


def test_e2_over_the_first_of_july():
    debt = Debt(Decimal(10000), date(2026, 5, 31))
    statement = late_interest(debt, date(2026, 9, 15), DEFAULT)
    assert amounts(statement) == [
        (30, Decimal("12.15"), "99.86"),
        (77, Decimal("12.40"), "261.59"),
    ]
    assert statement.segments[0].last == date(2026, 6, 30)
    assert statement.segments[1].first == date(2026, 7, 1)
    assert statement.interest == Decimal("361.45")


def test_e3_five_half_years_rounded_line_by_line():
    debt = Debt(Decimal(12000), date(2024, 11, 15))
    statement = late_interest(debt, date(2026, 8, 20), DEFAULT)
    assert amounts(statement) == [
        (46, Decimal("14.25"), "215.51"),
        (181, Decimal("13.15"), "782.52"),
        (184, Decimal("12.15"), "734.99"),
        (181, Decimal("12.15"), "723.01"),
        (51, Decimal("12.40"), "207.91"),
    ]
    assert statement.interest == Decimal("2663.94")


def test_e4_public_buyer_has_one_rate_for_all_days():
    debt = Debt(Decimal(10000), date(2026, 6, 15))
    public = late_interest(debt, date(2026, 8, 20), PUBLIC_RATES, PUBLIC)
    assert amounts(public) == [(66, Decimal("10.15"), "183.53")]
    assert fee_is_due(PUBLIC, [(debt.due, public.until)])
    private = late_interest(debt, date(2026, 8, 20), DEFAULT)
    assert amounts(private) == [
        (15, Decimal("12.15"), "49.93"),
        (51, Decimal("12.40"), "173.26"),
    ]


def test_public_rate_is_that_of_the_first_day_of_interest():
    debt = Debt(Decimal(10000), date(2026, 6, 30))
    statement = late_interest(debt, date(2026, 7, 1), PUBLIC_RATES, PUBLIC)
    assert statement.segments[0].rate == Decimal("10.40")


def test_e5_consumer_from_the_formal_notice():
    debt = Debt(Decimal(1000), date(2026, 3, 1), notice=date(2026, 7, 10))
    statement = late_interest(debt, date(2026, 9, 8), LEGAL, CONSUMER)
    assert amounts(statement) == [(60, Decimal("2.75"), "4.52")]
    assert not fee_is_due(CONSUMER, [(debt.due, statement.until)])


def test_consumer_owes_nothing_before_a_formal_notice():
    debt = Debt(Decimal(1000), date(2026, 3, 1))
    statement = late_interest(debt, date(2026, 9, 8), LEGAL, CONSUMER)
    assert statement.segments == ()
    assert statement.total_due == 1000


def test_a_notice_before_the_due_date_does_not_start_interest():
    debt = Debt(Decimal(1000), date(2026, 7, 10), notice=date(2026, 3, 1))
    statement = late_interest(debt, date(2026, 9, 8), LEGAL, CONSUMER)
    assert statement.days == 60


def test_unknown_regime_claims_nothing_but_counts_payments():
    debt = Debt(
        Decimal(1000), date(2026, 3, 1), (Movement(date(2026, 4, 1), Decimal(400)),)
    )
    statement = late_interest(debt, date(2026, 9, 8), {}, UNKNOWN)
    assert (statement.interest, statement.principal_due) == (0, 600)
    assert not fee_is_due(UNKNOWN, [(debt.due, statement.until)])


PARTLY_PAID = Debt(
    Decimal(10000), date(2026, 1, 31), (Movement(date(2026, 3, 2), Decimal(4000)),)
)


def test_e6_interest_first():
    statement = late_interest(PARTLY_PAID, date(2026, 4, 15), DEFAULT)
    assert amounts(statement) == [
        (30, Decimal("12.15"), "99.86"),
        (44, Decimal("12.15"), "89.34"),
    ]
    assert statement.segments[1].balance == Decimal("6099.86")
    assert statement.principal_due == Decimal("6099.86")
    assert statement.interest_due == Decimal("89.34")
    assert statement.total_due == Decimal("6189.20")


def test_e7_principal_first():
    statement = late_interest(
        PARTLY_PAID, date(2026, 4, 15), DEFAULT, order=PRINCIPAL_FIRST
    )
    assert [s[2] for s in amounts(statement)] == ["99.86", "87.88"]
    assert statement.interest == Decimal("187.74")
    assert statement.principal_due == 6000


def test_e8_contract_rate_under_the_floor_is_flagged_only():
    problem = check_contract_rate(Decimal(8), date(2026, 9, 1), LEGAL)
    assert (problem.code, problem.floor) == (RATE_UNDER_FLOOR, Decimal("8.25"))
    debt = Debt(Decimal(10000), date(2026, 7, 31))
    statement = late_interest(debt, date(2026, 8, 31), FlatRate(Decimal(8)))
    assert statement.segments[0].rate == 8  # flagged, not corrected


def test_e9_floor_of_2024():
    problem = check_contract_rate(Decimal(12), date(2024, 3, 1), LEGAL)
    assert problem.floor == Decimal("15.21")
    # The default rate was lower than the floor and is used as it is.
    assert rate_on(date(2024, 3, 1), DEFAULT) == Decimal("14.50") < problem.floor


def test_contract_rate_at_the_floor_is_lawful():
    assert check_contract_rate(Decimal("8.25"), date(2026, 9, 1), LEGAL) is None


def test_e10_paid_on_the_due_date():
    debt = Debt(Decimal(100), date(2026, 7, 31))
    statement = late_interest(debt, debt.due, DEFAULT)
    assert (statement.days, statement.interest) == (0, 0)
    assert not fee_is_due(BUSINESS, [(debt.due, debt.due)])


def test_e11_one_day_late():
    debt = Debt(Decimal(100), date(2026, 7, 31))
    statement = late_interest(debt, date(2026, 8, 1), DEFAULT)
    assert amounts(statement) == [(1, Decimal("12.40"), "0.03")]
    assert fee_is_due(BUSINESS, [(debt.due, statement.until)])


def test_missing_half_year_is_named():
    debt = Debt(Decimal(100), date(2026, 12, 1))
    with pytest.raises(MissingRate, match="2027-H1") as caught:
        late_interest(debt, date(2027, 1, 15), DEFAULT)
    assert caught.value.semester == "2027-H1"


@pytest.mark.parametrize("regime", [BUSINESS, PUBLIC])
def test_no_rate_is_needed_where_nothing_accrues(regime):
    debt = Debt(Decimal(100), date(2027, 1, 31))
    assert late_interest(debt, date(2027, 1, 31), {}, regime).interest == 0
    paid = replace(debt, movements=(Movement(date(2027, 1, 15), Decimal(100)),))
    assert late_interest(paid, date(2027, 3, 31), {}, regime).total_due == 0


def test_credit_note_reduces_the_principal_even_interest_first():
    debt = replace(
        PARTLY_PAID,
        movements=(Movement(date(2026, 3, 2), Decimal(4000), CREDIT_NOTE),),
    )
    statement = late_interest(debt, date(2026, 4, 15), DEFAULT)
    assert statement.principal_due == 6000
    assert statement.interest_due == Decimal("187.74")


def test_same_day_credit_note_counts_before_the_payment():
    """A credit note cannot settle interest: counted last, 50 of it would be lost."""
    day = date(2026, 3, 2)
    debt = Debt(
        Decimal(10000),
        date(2026, 1, 31),
        (Movement(day, Decimal(9000)), Movement(day, Decimal(1050), CREDIT_NOTE)),
    )
    statement = late_interest(debt, day, DEFAULT, order=PRINCIPAL_FIRST)
    assert statement.interest == Decimal("99.86")
    assert (statement.interest_due, statement.surplus) == (Decimal("49.86"), 0)


def test_payment_before_the_due_date_bears_no_interest():
    early = replace(
        PARTLY_PAID, movements=(Movement(date(2026, 1, 31), Decimal(4000)),)
    )
    statement = late_interest(early, date(2026, 4, 15), DEFAULT)
    assert statement.segments[0].balance == 6000


def test_payment_after_the_cut_off_does_not_exist_yet():
    statement = late_interest(PARTLY_PAID, date(2026, 3, 1), DEFAULT)
    assert statement.principal_due == 10000


@pytest.mark.parametrize(
    ("paid", "days"), [(date(2026, 2, 1), [1, 9]), (date(2026, 2, 10), [10])]
)
def test_payment_on_the_first_and_on_the_last_day(paid, days):
    """Each day after the due date is counted once, the day of the payment on the old
    balance."""
    half = Movement(paid, Decimal(500))
    debt = Debt(Decimal(1000), date(2026, 1, 31), (half,))
    statement = late_interest(debt, date(2026, 2, 10), DEFAULT, order=PRINCIPAL_FIRST)
    assert [segment.days for segment in statement.segments] == days
    assert statement.principal_due == 500


@pytest.mark.parametrize("until", [date(2026, 7, 1), date(2026, 7, 2)])
def test_a_half_year_begins_with_its_own_rate(until):
    debt = Debt(Decimal(1000), date(2026, 6, 29))
    statement = late_interest(debt, until, DEFAULT)
    assert [s.rate for s in statement.segments] == [
        DEFAULT["2026-H1"],
        DEFAULT["2026-H2"],
    ]
    assert statement.segments[1].first == date(2026, 7, 1)


def test_a_suspension_holds_on_its_last_day():
    debt = Debt(
        Decimal(1000),
        date(2026, 1, 31),
        suspended=((date(2026, 2, 2), date(2026, 2, 4)),),
    )
    statement = late_interest(debt, date(2026, 2, 6), DEFAULT)
    assert [(s.first.day, s.last.day) for s in statement.segments] == [(1, 1), (5, 6)]


def test_insolvency_judgment_stops_interest():
    judgment = date(2026, 3, 1)
    debt = Debt(Decimal(10000), date(2026, 1, 31), suspended=((judgment, date.max),))
    statement = late_interest(debt, date(2026, 9, 15), DEFAULT)
    assert statement.days == 28
    assert statement.segments[-1].last == date(2026, 2, 28)


def test_respite_of_a_court_leaves_a_gap():
    debt = Debt(
        Decimal(10000),
        date(2026, 1, 31),
        suspended=((date(2026, 2, 10), date(2026, 2, 19)),),
    )
    statement = late_interest(debt, date(2026, 4, 15), DEFAULT)
    assert [s.days for s in statement.segments] == [9, 55]


def test_fee_is_owed_once_for_all_instalments():
    late = (date(2026, 3, 1), date(2026, 3, 2))
    on_time = (date(2026, 4, 1), date(2026, 4, 1))
    assert fee_is_due(BUSINESS, [on_time, late, late])
    assert not fee_is_due(BUSINESS, [on_time])


def test_fee_and_insolvency_judgment():
    judgment, cut_off = date(2026, 3, 1), date(2026, 9, 1)
    assert fee_is_due(BUSINESS, [(date(2026, 2, 10), cut_off)], judgment)
    assert not fee_is_due(BUSINESS, [(date(2026, 3, 15), cut_off)], judgment)
    assert not fee_is_due(BUSINESS, [(judgment, cut_off)], judgment)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "2026-H1"),
        (date(2026, 6, 30), "2026-H1"),
        (date(2026, 7, 1), "2026-H2"),
        (date(2026, 12, 31), "2026-H2"),
    ],
)
def test_semester(day, name):
    assert semester(day) == name
    first = date(2026, 1 if name.endswith("H1") else 7, 1)
    assert semester_start(day) == first
    following = next_semester_start(day)
    assert semester(following) != name
    assert semester(following - timedelta(1)) == name


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 14), None),
        (date(2026, 12, 15), "2027-H1"),
        (date(2026, 6, 15), None),
        (date(2027, 1, 1), "2027-H1"),
    ],
)
def test_rate_to_enter(day, name):
    assert rate_to_enter(day, DEFAULT) == name
    assert rate_to_enter(day, FlatRate(Decimal(10))) is None


def test_rate_to_enter_before_july():
    rates = {"2026-H1": Decimal("12.15")}
    assert rate_to_enter(date(2026, 6, 14), rates) is None
    assert rate_to_enter(date(2026, 6, 15), rates) == "2026-H2"
    both = {**rates, "2026-H2": Decimal("12.40")}
    assert rate_to_enter(date(2026, 7, 1), both) is None  # December is far


@pytest.mark.parametrize(
    "debt",
    [
        Debt(Decimal(-1), date(2026, 1, 1)),
        Debt(Decimal(1), date(2026, 1, 1), (Movement(date(2026, 1, 1), Decimal(-1)),)),
        Debt(Decimal(1), date(2026, 1, 1), (Movement(date(2026, 1, 1), FEE, "gift"),)),
    ],
)
def test_what_is_no_debt_is_refused(debt):
    with pytest.raises(ValueError):
        late_interest(debt, date(2026, 2, 1), DEFAULT)


def test_floats_and_unknown_words_are_refused():
    debt = Debt(Decimal(100), date(2026, 1, 31))
    with pytest.raises(TypeError):
        late_interest(replace(debt, principal=100.0), date(2026, 2, 28), DEFAULT)
    with pytest.raises(TypeError):
        late_interest(debt, date(2026, 2, 28), {"2026-H1": 12.15})
    with pytest.raises(ValueError):
        late_interest(debt, date(2026, 2, 28), DEFAULT, "martian")
    with pytest.raises(ValueError):
        late_interest(debt, date(2026, 2, 28), DEFAULT, order="pro_rata")


RATES = {
    f"{year}-H{half}": Decimal(1000 + 7 * year % 311 + half) / 100
    for year in range(2018, 2034)
    for half in (1, 2)
}
days = st.dates(date(2018, 1, 1), date(2032, 12, 31))
cents = st.integers(0, 10**9).map(lambda n: Decimal(n) / 100)
regimes = st.sampled_from((BUSINESS, PUBLIC, CONSUMER, UNKNOWN))
orders = st.sampled_from((INTEREST_FIRST, PRINCIPAL_FIRST))
movements = st.lists(
    st.builds(Movement, days, cents, st.sampled_from(("payment", CREDIT_NOTE))),
    max_size=4,
).map(tuple)
debts = st.builds(Debt, cents, days, movements, st.none() | days)


@given(debts, days, regimes, orders)
def test_statement_adds_up(debt, until, regime, order):
    statement = late_interest(debt, until, RATES, regime, order)
    assert statement.interest == sum(s.amount for s in statement.segments)
    assert all(s.amount >= 0 and s.balance > 0 for s in statement.segments)
    assert min(statement.principal_due, statement.interest_due, statement.surplus) >= 0
    received = sum((m.amount for m in debt.movements if m.day <= until), Decimal(0))
    assert (
        debt.principal + statement.interest
        == statement.total_due + received - statement.surplus
    )


@given(debts, days, regimes, orders)
def test_segments_follow_each_other_inside_one_half_year(debt, until, regime, order):
    statement = late_interest(debt, until, RATES, regime, order)
    last = debt.due
    for segment in statement.segments:
        assert last < segment.first <= segment.last <= until
        last = segment.last
        if regime != PUBLIC:
            assert semester(segment.first) == semester(segment.last)
            assert segment.rate == RATES[semester(segment.first)]


@given(cents, days, st.integers(1, 1500), st.integers(0, 1500))
def test_adjoining_periods_add_up(principal, due, length, at):
    until = due + timedelta(days=length)
    middle = due + timedelta(days=min(at, length))
    whole = late_interest(Debt(principal, due), until, RATES_LONG)
    left = late_interest(Debt(principal, due), middle, RATES_LONG)
    right = late_interest(Debt(principal, middle), until, RATES_LONG)
    assert principal == 0 or left.days + right.days == whole.days == length
    # Only the cut half-year is rounded twice.
    assert abs(left.interest + right.interest - whole.interest) <= Decimal("0.01")


RATES_LONG = {
    f"{year}-H{half}": Decimal("10.05") + half
    for year in range(2018, 2040)
    for half in (1, 2)
}


@given(debts, days, orders)
def test_more_time_never_costs_less(debt, until, order):
    today = late_interest(debt, until, RATES_LONG, order=order)
    later = late_interest(debt, until + timedelta(days=1), RATES_LONG, order=order)
    assert later.interest >= today.interest
