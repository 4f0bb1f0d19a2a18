"""Disputes, promises and plans against the ledger: the arithmetic."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.excuse import (
    BROKEN,
    CANCELLED,
    KEPT,
    PARTLY,
    RUNNING,
    Contested,
    instalments,
    plan_status,
    promise_outcome,
    spread,
)

D = Decimal
DAY = date(2026, 3, 17)
money = st.decimals(0, 10000, places=2, allow_nan=False)
some = st.decimals("0.01", 10000, places=2, allow_nan=False)


def test_a_part_is_held_back_from_the_last_instalments():
    residuals = {DAY: D(300), DAY + timedelta(30): D(300), DAY + timedelta(60): D(300)}
    found = spread([Contested(D(400))], residuals)
    assert found == {
        DAY: D(0),
        DAY + timedelta(30): D(100),
        DAY + timedelta(60): D(300),
    }


def test_one_instalment_or_everything():
    residuals = {DAY: D(300), DAY + timedelta(30): D(200)}
    assert spread([Contested(D(900), DAY)], residuals)[DAY] == D(300)
    assert spread([Contested(None)], residuals) == residuals
    assert spread([Contested(None, DAY)], residuals) == {
        DAY: D(300),
        DAY + timedelta(30): D(0),
    }


@given(
    st.dictionaries(st.dates(), money, max_size=5),
    st.lists(st.one_of(st.none(), money), max_size=4),
)
def test_never_more_than_what_is_left_nor_than_what_is_contested(residuals, amounts):
    found = spread([Contested(a) for a in amounts], residuals)
    for day, part in found.items():
        assert 0 <= part <= residuals[day]
    owed = sum(a for a in residuals.values() if a > 0)
    if None in amounts:
        assert sum(found.values()) == owed
    else:
        assert sum(found.values()) == min(owed, sum(amounts))


def test_outcomes_of_a_promise():
    assert promise_outcome(D(100), D(100), D(0)) == KEPT
    assert promise_outcome(D(100), D(40), D(60)) == PARTLY
    assert promise_outcome(D(100), D(0), D(100)) == BROKEN
    # Credited or contested meanwhile: nothing is asked any more, nothing was paid.
    assert promise_outcome(D(100), D(0), D(0)) == CANCELLED
    assert promise_outcome(D(100), D(0), D(100), D(100)) == CANCELLED
    # A credit note of 30 lowers what is asked.
    assert promise_outcome(D(100), D(70), D(0)) == KEPT
    assert promise_outcome(D(50), D(50), D(50)) == KEPT


@given(some, money, money)
def test_a_promise_is_kept_exactly_when_nothing_of_it_is_missing(
    amount, received, owed
):
    state = promise_outcome(amount, received, owed)
    missing = min(amount, received + owed) > received
    assert (state in (BROKEN, PARTLY)) == missing
    assert (state in (KEPT, PARTLY)) == (received > 0)


LINES = [(DAY, D(100)), (DAY + timedelta(30), D(100)), (DAY + timedelta(60), D(100))]


def test_a_plan_runs_while_its_dates_are_paid():
    assert plan_status(LINES, D(0), D(300), DAY).state == RUNNING
    status = plan_status(LINES, D(100), D(200), DAY + timedelta(1))
    assert (status.state, status.following) == (RUNNING, 1)
    status = plan_status(LINES, D(99), D(201), DAY + timedelta(1))
    assert (status.state, status.missed) == (BROKEN, 0)
    assert plan_status(LINES, D(300), D(0), DAY + timedelta(90)).state == KEPT


def test_a_credit_note_shortens_the_plan_from_its_end():
    status = plan_status(LINES, D(100), D(100), DAY + timedelta(61))
    assert (status.state, status.missed) == (BROKEN, 1)
    status = plan_status(LINES, D(200), D(0), DAY + timedelta(61))
    assert status.state == KEPT
    # 100 credited: the last instalment has no object any more.
    status = plan_status(LINES, D(100), D(100), DAY + timedelta(31))
    assert (status.state, status.missed) == (BROKEN, 1)


@given(st.lists(some, min_size=1, max_size=6), money, money, st.integers(-5, 200))
def test_no_money_is_lost_between_the_instalments(amounts, received, owed, after):
    lines = [(DAY + timedelta(30 * i), a) for i, a in enumerate(amounts)]
    status = plan_status(lines, received, owed, DAY + timedelta(after))
    assert sum(status.paid) == min(received, sum(amounts))
    if status.missed is not None:
        assert lines[status.missed][0] < DAY + timedelta(after)
        assert status.state == BROKEN


@given(some, st.integers(1, 12))
def test_parts_add_up(total, count):
    parts = instalments(total, count, D("0.01"))
    assert len(parts) == count
    assert sum(parts) == total
