"""Ladders on the very day, at the very cent, and where two answers are equally good."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from test_planning import D, go, item, roles, step

from recouvrement_auto.tools.planning import (
    END_STEP,
    ROLE_CREDIT,
    ROLE_LEADER,
    ROLE_LISTED,
    ROLE_NOT_DUE,
    ROLE_OWN_STEP,
    Calendar,
    Ladder,
    next_action,
    next_step,
    overdue_total,
    plan_customer,
)

ONE = timedelta(1)
CENT = Decimal("0.01")
MUCH = Decimal(100)


def ladder(*steps, **values):
    return Ladder(1, 1, "own", steps, **values)


def code(found):
    return found.step and found.step.code


# === one item === #


def test_a_step_on_the_due_date_is_no_notice():
    one = item(1, D, ladder=ladder(step("today", 0)))
    assert not one.ladder.steps[0].is_pre_due
    found = next_step(one, D - ONE, MUCH)
    assert (code(found), found.on) == ("today", D)


def test_a_notice_lapses_on_the_due_date():
    one = item(1, D, ladder=ladder(step("notice", -1), step("after", 3)))
    assert code(next_step(one, D - ONE, MUCH)) == "notice"
    found = next_step(one, D, MUCH)
    assert (code(found), found.passed) == ("after", (("notice", "lapsed"),))


@pytest.mark.parametrize(
    ("shift", "expected"), [(4, "notice"), (5, "after"), (6, "after")]
)
def test_a_notice_moved_to_the_due_date_lapses(shift, expected):
    """A step before the due date that working days move onto it says nothing any more."""
    calendar = Calendar(
        lambda day, one: day + timedelta(shift) if one.is_pre_due else day,
        lambda day, gap: day + timedelta(gap),
    )
    one = item(1, D, ladder=ladder(step("notice", -5), step("after", 3)))
    assert code(next_step(one, D - timedelta(9), MUCH, calendar)) == expected


@pytest.mark.parametrize(("total", "expected"), [("50", "first"), ("49.99", "second")])
def test_a_minimum_is_reached_at_its_very_amount(total, expected):
    steps = (step("first", 3, min_amount=Decimal(50)), step("second", 10))
    one = item(1, D - timedelta(30), ladder=ladder(*steps))
    assert code(next_step(one, D, Decimal(total))) == expected


def test_a_cent_overdue_is_read_against_the_minimum():
    one = item(1, D - timedelta(30), ladder=ladder(step("a", 3, min_amount=MUCH)))
    assert code(next_step(one, D, CENT)) is None  # passed over
    assert code(next_step(one, D, Decimal(0))) == "a"  # credits: the guard says so


def test_without_a_wanted_chance_everybody_gets_the_notice():
    one = item(1, D, late_chance=0.0, ladder=ladder(step("notice", -5)))
    assert code(next_step(one, D - timedelta(5), MUCH)) == "notice"


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        ((0, 2), "courteous"),  # softer than all: from the beginning
        ((0, 3), "firm"),  # as severe as the first: after it
        ((2, 19), "firm"),
        ((2, 20), END_STEP),
    ],
)
def test_another_ladder_goes_on_after_what_is_as_severe(rank, expected):
    own = ladder(step("courteous", 3), step("firm", 20, tone="firm"))
    one = item(1, D, ladder=own, reached="gone", reached_rank=rank, reached_on=D)
    assert code(next_step(one, D + timedelta(60), MUCH)) == expected


def test_a_notice_may_count_from_the_day_of_the_invoice():
    own = ladder(step("received", 7, anchor="invoice_date"))
    found = next_step(item(1, D, ladder=own), D - timedelta(29), MUCH)
    assert (code(found), found.on) == ("received", D - timedelta(23))


def test_nobody_is_handed_over_before_the_due_date():
    own = ladder(step("notice", -5))
    one = item(1, D, ladder=own, reached="notice", reached_on=D - timedelta(5))
    assert code(next_step(one, D - ONE, MUCH)) is None
    assert code(next_step(one, D, MUCH)) == END_STEP


# === one customer === #


def test_what_is_due_today_is_not_overdue():
    items = [item(1, D, "30"), item(2, D - ONE, "20"), item(3, D + ONE, "-5")]
    assert overdue_total(items, D) == 15
    assert overdue_total(items, D + ONE) == 45


def test_an_item_due_today_is_listed_as_not_due():
    late = item(1, D - timedelta(3))
    held = {"F2": D, "F3": D - ONE}
    others = [item(n, day) for n, day in enumerate(held.values(), 2)]
    plan = plan_customer([late, *others], D, go)
    assert roles(plan) == {
        "F1": (ROLE_LEADER, "reminder_1"),
        "F2": (ROLE_NOT_DUE, ""),
        "F3": (ROLE_LISTED, ""),
    }


def test_a_settled_item_never_leads_and_a_cent_does():
    assert not plan_customer([item(1, D - timedelta(3), "0")], D, go).is_due
    plan = plan_customer([item(1, D - timedelta(3), "0.01")], D, go)
    assert plan.leader.name == "F1"
    zero = plan_customer([item(1, D - timedelta(3)), item(2, D, "0")], D, go)
    assert roles(zero)["F2"] == (ROLE_NOT_DUE, "")
    credit = plan_customer([item(1, D - timedelta(3)), item(2, D, "-0.01")], D, go)
    assert roles(credit)["F2"] == (ROLE_CREDIT, "")


def test_the_older_then_the_larger_then_the_first_leads():
    old = item(1, D - timedelta(4))
    small, large = item(2, D - timedelta(3), "10"), item(3, D - timedelta(3), "90")
    twin = replace(large, move_id=4, line_id=999, name="F4")
    assert plan_customer([small, large, old], D, go).leader is old
    assert plan_customer([small, large], D, go).leader is large
    assert plan_customer([twin, large], D, go).leader is large


INSTALMENT = step("instalment", -3, apart=True)


def plan_of(*ladders, due=D):
    items = [item(n, due, ladder=one) for n, one in enumerate(ladders, 1)]
    return plan_customer(items, D, go)


def test_a_message_apart_holds_its_own_kind_alone():
    late = ladder(step("reminder_1", 3))
    apart = item(1, D + timedelta(3), ladder=ladder(INSTALMENT))
    same = item(2, D + timedelta(3), ladder=ladder(INSTALMENT))
    other = item(3, D - timedelta(3), ladder=late)
    plan = plan_customer([other, apart, same], D, go)
    assert roles(plan) == {
        "F1": (ROLE_LEADER, "instalment"),
        "F2": (ROLE_OWN_STEP, "instalment"),
    }


def test_two_kinds_of_messages_apart_do_not_mix():
    other = replace(INSTALMENT, code="other")
    early = item(1, D + timedelta(2), ladder=ladder(INSTALMENT))
    late = item(2, D + timedelta(3), ladder=ladder(other))
    assert roles(plan_customer([early, late], D, go)) == {
        "F1": (ROLE_LEADER, "instalment")
    }


def test_notices_of_one_day_share_a_message():
    plan = plan_of(ladder(step("a", -5)), ladder(step("b", -4)), due=D + timedelta(4))
    assert set(roles(plan).values()) == {(ROLE_LEADER, "b"), (ROLE_OWN_STEP, "a")}


# === the next action === #


def test_the_next_action_forgets_credits_and_what_is_settled():
    assert next_action([item(1, D, "0"), item(2, D, "-5")], D) is None
    found = next_action([item(1, D, "-5"), item(2, D, "0.01")], D)
    assert found[0].name == "F2"


def test_of_two_next_actions_of_a_day_the_sterner_then_the_first_is_told():
    soft = item(1, D, ladder=ladder(step("soft", 3)))
    firm = item(2, D, ladder=ladder(step("firm", 3, tone="firm")))
    later = item(3, D + ONE, ladder=ladder(step("formal", 3, tone="formal")))
    for items in ([soft, firm, later], [later, firm, soft]):
        assert code(next_action(items, D)[1]) == "firm"
    twin = item(4, D, ladder=ladder(step("soft", 3)))
    assert next_action([soft, twin], D)[0] is soft
    assert next_action([twin, soft], D)[0] is twin
