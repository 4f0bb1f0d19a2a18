"""Light steps and steps that reach nobody: neither may distort or stop a ladder."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from recouvrement_auto.tools.ladder import step_from_snapshot
from recouvrement_auto.tools.planning import (
    END_STEP,
    Calendar,
    Item,
    Ladder,
    Step,
    next_step,
    step_date,
)

DUE = date(2026, 3, 2)
DAYS = Calendar()  # calendar days as working days: the arithmetic stays readable


def ladder(gap=4, light=True):
    steps = (
        Step("first", "First", "email", "precise", 2),
        Step("short", "Short", "pigeon", "precise", 5, light=light),
        Step("second", "Second", "email", "precise", 7),
    )
    return Ladder(1, 1, "Usual", steps, min_gap_days=gap, end_delay_days=8)


def item(reached="", late=0, **values):
    values.setdefault("ladder", ladder())
    return Item(
        move_id=1,
        line_id=1,
        name="F1",
        due_date=DUE,
        invoice_date=DUE - timedelta(30),
        amount=Decimal(100),
        residual=Decimal(100),
        currency_id=1,
        reached=reached,
        reached_on=DUE + timedelta(late) if reached else None,
        **values,
    )


def following(position, day):
    found = next_step(position, DUE + timedelta(day), Decimal(100), DAYS)
    return found.step.code, (found.on - DUE).days


def test_a_light_step_keeps_the_rhythm_of_the_table():
    assert following(item("first", 2), 5) == ("short", 5)
    assert following(item("short", 5), 7) == ("second", 7)
    heavy = ladder(light=False)
    assert following(item("first", 2, ladder=heavy), 5) == ("short", 6)


@pytest.mark.parametrize("gap", range(8))
def test_two_written_steps_stay_a_whole_gap_apart(gap):
    """After an outage: the first one leaves late, the others follow as soon as they may."""
    climbing = ladder(gap)
    written = DUE + timedelta(9)
    short = step_date(climbing.steps[1], item("first", 9, ladder=climbing), DAYS, gap)
    late = (short - DUE).days
    second = step_date(
        climbing.steps[2], item("short", late, ladder=climbing), DAYS, gap
    )
    assert (second - written).days >= gap


def test_passed_over_at_once():
    blind = item("first", 2, passed_over=frozenset({"short"}))
    found = next_step(blind, DUE + timedelta(5), Decimal(100), DAYS)
    assert found.step.code == "second"
    assert found.passed == (("short", "unreachable"),)


def test_gives_way_once_the_following_step_is_due():
    stuck = item("first", 2, gives_way=frozenset({"short"}))
    assert following(stuck, 5) == ("short", 5)
    assert following(stuck, 6) == ("short", 5)
    assert following(stuck, 7) == ("second", 7)


def test_the_last_step_gives_way_to_the_hand_over():
    short = ladder().steps[:2]
    climbing = Ladder(1, 1, "Short", short, min_gap_days=4, end_delay_days=8)
    stuck = item("first", 2, ladder=climbing, gives_way=frozenset({"short"}))
    assert following(stuck, 9)[0] == "short"
    assert following(stuck, 10) == (END_STEP, 10)


def test_lightness_comes_from_the_frozen_step():
    data = {
        "code": "short",
        "name": "Short",
        "channel": "pigeon",
        "tone": "precise",
        "delay": 5,
        "anchor": "due_date",
        "mode": "auto",
        "min_amount": "0.00",
    }
    assert not step_from_snapshot(data).light
    assert step_from_snapshot({**data, "light": True}).light
