"""Positions of items on their ladders: the rules of A3, A5, A9 as tables."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.planning import (
    END_STEP,
    ROLE_EXCLUDED,
    ROLE_LEADER,
    ROLE_LISTED,
    ROLE_NOT_DUE,
    ROLE_OWN_STEP,
    Calendar,
    Item,
    Ladder,
    Step,
    advance,
    next_action,
    next_step,
    plan_customer,
)

D = date(2026, 3, 2)  # a Monday


def step(code, delay, channel="email", tone="courteous", **kw):
    return Step(code, code, channel, tone, delay, **kw)


LADDER = Ladder(
    1,
    1,
    "standard",
    (
        step("pre_due", -5),
        step("reminder_1", 3),
        step("reminder_2", 10, tone="precise"),
        step("call", 20, "call", "firm"),
        step("formal_notice", 30, "letter", "formal", mode="confirm"),
    ),
    min_gap_days=4,
    end_delay_days=8,
)


def item(move, due, amount="100", **kw):
    kw.setdefault("ladder", LADDER)
    amount = Decimal(amount)
    return Item(
        move, move * 10, f"F{move}", due, due - timedelta(30), amount, amount, 1, **kw
    )


def go(_item, _step):
    return None


EVERY_DAY = Calendar()


def run(items, day, check=go, calendar=EVERY_DAY):
    plan = plan_customer(items, day, check, calendar)
    return plan, advance(items, plan, day)


def roles(plan):
    return {line.item.name: (line.role, line.step_code) for line in plan.lines}


def test_standard_rhythm_of_one_item():
    items = [item(1, D)]
    seen = {}
    for offset in range(-10, 60):
        day = D + timedelta(offset)
        plan, items = run(items, day)
        if plan.is_due:
            seen[offset] = plan.step.code
    assert seen == {
        -5: "pre_due",
        3: "reminder_1",
        10: "reminder_2",
        20: "call",
        30: "formal_notice",
        38: END_STEP,
    }


def test_ten_days_three_invoices_leader_paid_partial_new_outage():
    """10 days x 3 invoices: A leads and is paid on day 6, B is paid in part on day 3,
    C appears on day 2; nights 7 and 8 do not run."""
    a = item(1, D - timedelta(9), reached="reminder_1", reached_on=D - timedelta(6))
    b = item(2, D - timedelta(2))
    c = item(3, D - timedelta(1))
    expected = {
        0: None,
        1: ("F1", {"F1": "reminder_2", "F2": "reminder_1"}),
        2: ("F3", {"F3": "reminder_1"}),
        3: None,
        4: None,
        5: None,
        6: None,
        9: ("F2", {"F2": "reminder_2", "F3": "reminder_2"}),
        10: None,
    }
    items = [a, b]
    for offset in range(0, 11):
        day = D + timedelta(offset)
        if offset == 2:
            items = [*items, c]
        if offset == 3:
            items = [
                item(2, i.due_date, "40", **position(i)) if i.move_id == 2 else i
                for i in items
            ]
        if offset == 6:
            items = [i for i in items if i.move_id != 1]
        if offset in (7, 8):
            continue
        plan, items = run(items, day)
        if expected[offset] is None:
            assert not plan.is_due, (offset, plan.step)
            continue
        leader, used = expected[offset]
        assert plan.leader.name == leader, offset
        assert {
            line.item.name: line.step_code for line in plan.lines if line.step_code
        } == used, offset


def position(one):
    return {
        "reached": one.reached,
        "reached_rank": one.reached_rank,
        "reached_on": one.reached_on,
    }


def test_after_an_outage_one_step_then_the_gap():
    items = [item(1, D - timedelta(45))]
    days = []
    for offset in range(0, 30):
        plan, items = run(items, D + timedelta(offset))
        if plan.is_due:
            days.append((offset, plan.step.code))
    assert days == [
        (0, "reminder_1"),
        (4, "reminder_2"),
        (8, "call"),
        (12, "formal_notice"),
        (20, END_STEP),
    ]


def test_instalment_due_is_chased_alone():
    due, later = item(1, D - timedelta(3)), item(1, D + timedelta(27))
    plan, _ = run([due, later], D)
    assert [(line.role, line.step_code) for line in plan.lines] == [
        (ROLE_LEADER, "reminder_1"),
        (ROLE_NOT_DUE, ""),
    ]


def test_overdue_message_never_uses_the_notice_of_an_item_not_due():
    plan, items = run([item(1, D - timedelta(3)), item(2, D + timedelta(5))], D)
    assert roles(plan) == {"F1": (ROLE_LEADER, "reminder_1"), "F2": (ROLE_NOT_DUE, "")}
    plan, _ = run(items, D + timedelta(1))
    assert roles(plan)["F2"] == (ROLE_LEADER, "pre_due")


def test_other_items_keep_their_own_step():
    lead = item(1, D - timedelta(30), reached="call", reached_on=D - timedelta(10))
    other = item(2, D - timedelta(3))
    old = item(3, D - timedelta(12), reached="reminder_2", reached_on=D - timedelta(2))
    plan, _ = run([lead, other, old], D)
    assert roles(plan) == {
        "F1": (ROLE_LEADER, "formal_notice"),
        "F2": (ROLE_OWN_STEP, "reminder_1"),
        "F3": (ROLE_LISTED, ""),
    }
    assert plan.step.tone == "formal"


def test_excluded_leader_leaves_the_lead_to_the_next():
    lead = item(1, D - timedelta(30), reached="call", reached_on=D - timedelta(10))
    other = item(2, D - timedelta(3))

    def check(one, _step):
        return ("hold", "disputed", None) if one.move_id == 1 else None

    plan, items = run([lead, other], D, check)
    assert plan.leader.name == "F2"
    assert roles(plan)["F1"] == (ROLE_EXCLUDED, "")
    assert items[0].reached == "call"


def test_all_excluded_keeps_the_reason_of_who_would_lead():
    plan, items = run(
        [item(1, D - timedelta(3))], D, lambda i, s: ("hold", "promise", D)
    )
    assert plan.is_due and plan.blocked_reason == "promise"
    assert plan.blocked_until == D
    assert items[0].reached == ""


def test_step_below_its_minimum_is_passed_over_not_a_wall():
    ladder = Ladder(
        1,
        1,
        "l",
        (
            step("reminder_1", 3),
            step("call", 20, "call", "firm", min_amount=Decimal(150)),
            step("formal_notice", 30, "letter", "formal"),
        ),
    )
    small = item(
        1,
        D - timedelta(30),
        ladder=ladder,
        reached="reminder_1",
        reached_on=D - timedelta(20),
    )
    following = next_step(small, D, Decimal(100))
    assert following.step.code == "formal_notice"
    assert following.passed == (("call", "below_step_minimum"),)


def test_credits_beyond_the_overdue_use_up_no_step():
    ladder = Ladder(1, 1, "l", (step("reminder_1", 3, min_amount=Decimal(15)),))
    late = item(1, D - timedelta(30), ladder=ladder)
    assert next_step(late, D, Decimal(-50)).step.code == "reminder_1"
    notice = Ladder(1, 1, "l", (step("pre_due", -5, min_amount=Decimal(500)),))
    early = item(1, D + timedelta(3), ladder=notice)
    assert next_step(early, D, Decimal(0)).passed == (
        ("pre_due", "below_step_minimum"),
    )


def test_nothing_said_nothing_handed_over():
    ladder = Ladder(1, 1, "l", (step("reminder_1", 3, min_amount=Decimal(500)),))
    assert (
        next_step(item(1, D, ladder=ladder), D + timedelta(40), Decimal(9)).step is None
    )


def test_handed_over_once():
    done = item(1, D, reached=END_STEP, reached_on=D + timedelta(38))
    assert next_step(done, D + timedelta(60), Decimal(100)).step is None


def test_unknown_code_continues_after_the_nearest_softer_step():
    moved = item(
        1, D, reached="elsewhere", reached_rank=(1, 12), reached_on=D + timedelta(12)
    )
    assert next_step(moved, D + timedelta(40), Decimal(100)).step.code == "call"


def test_credit_is_listed_and_never_leads():
    plan, _ = run([item(1, D - timedelta(3)), item(2, D - timedelta(50), "-30")], D)
    assert roles(plan)["F2"] == ("credit", "")


def test_ahead_takes_the_next_step_before_its_day():
    plan = plan_customer([item(1, D)], D + timedelta(1), go, ahead=True)
    assert plan.step.code == "reminder_1"


def test_pre_due_day_can_be_shifted_earlier_only():
    def shift(day, one):
        return day - timedelta(1) if one.is_pre_due else day + timedelta(2)

    calendar = Calendar(shift, lambda day, gap: day + timedelta(gap))
    assert next_step(item(1, D), D - timedelta(9), Decimal(1), calendar).on == D - (
        timedelta(6)
    )
    late = item(1, D, reached="pre_due", reached_on=D - timedelta(6))
    assert next_step(late, D, Decimal(1), calendar).on == D + timedelta(5)


def test_a_broken_promise_makes_the_next_step_due_once():
    broken = D + timedelta(6)
    one = item(
        1,
        D,
        reached="reminder_1",
        reached_rank=(0, 3),
        reached_on=D + timedelta(4),
        escalate_on=broken,
    )
    plan, after = run([one], broken)
    assert roles(plan) == {"F1": (ROLE_LEADER, "reminder_2")}
    # The step after it keeps its own delay.
    assert not run(after, broken + timedelta(5))[0].is_due
    assert run(after, D + timedelta(20))[0].step.code == "call"


def test_a_broken_promise_about_an_item_not_due_waits_for_its_due_date():
    one = item(1, D + timedelta(10), reached="pre_due", escalate_on=D)
    assert not run([one], D + timedelta(10))[0].is_due
    assert run([one], D + timedelta(11))[0].step.code == "reminder_1"


def test_a_broken_promise_raises_no_step_twice_after_an_outage():
    one = item(1, D, escalate_on=D + timedelta(1))
    plan, after = run([one], D + timedelta(1))
    assert plan.step.code == "reminder_1"
    assert not run(after, D + timedelta(2))[0].is_due


def test_next_action_is_the_earliest():
    found = next_action([item(1, D + timedelta(9)), item(2, D - timedelta(1))], D)
    assert (found[0].name, found[1].step.code, found[1].on) == (
        "F2",
        "reminder_1",
        D + timedelta(2),
    )


delays = st.lists(st.integers(-10, 60), min_size=1, max_size=6, unique=True).map(sorted)


@given(
    delays,
    st.lists(st.integers(-90, 20), min_size=1, max_size=5, unique=True),
    st.sets(st.integers(0, 119)),
)
def test_any_ladder_any_outage_only_forward_never_twice(steps, dues, outages):
    """120 virtual days: each item uses each step once, in order, never before its day."""
    ladder = Ladder(
        1,
        1,
        "any",
        tuple(step(f"s{i}", d) for i, d in enumerate(steps)),
        min_gap_days=2,
    )
    items = [item(i + 1, D + timedelta(d), ladder=ladder) for i, d in enumerate(dues)]
    used = {one.name: [] for one in items}
    for offset in range(120):
        if offset in outages:
            continue
        day = D + timedelta(offset)
        plan, items = run(items, day)
        for line in plan.lines:
            if line.step_code:
                used[line.item.name].append((line.step_code, day, line.item))
    codes = [s.code for s in ladder.steps] + [END_STEP]
    for story in used.values():
        order = [codes.index(code) for code, _day, _item in story]
        assert order == sorted(set(order))
        for code, day, one in story:
            if code != END_STEP:
                delay = ladder.steps[codes.index(code)].delay
                assert day >= one.due_date + timedelta(delay)


@pytest.mark.parametrize("late", [0, 1, 2])
def test_never_before_due_plus_delay(late):
    assert not run([item(1, D)], D + timedelta(late))[0].is_due


@pytest.mark.parametrize(
    ("chance", "least", "expected"),
    [
        (None, 60, "pre_due"),  # nothing can be said: it leaves
        (59.9, 60, "reminder_1"),
        (60.0, 60, "pre_due"),
        (0.0, 0, "pre_due"),
    ],
)
def test_before_the_due_date_only_who_needs_it(chance, least, expected):
    steps = (
        step("pre_due", -5, options={"min_chance": least}),
        step("reminder_1", 3, options={"min_chance": least}),
    )
    ladder = Ladder(1, 1, "standard", steps)
    one = item(1, D, ladder=ladder, late_chance=chance)
    found = next_step(one, D - timedelta(5), Decimal(100))
    assert found.step.code == expected
    if expected != "pre_due":
        assert found.passed == (("pre_due", "pays_in_time"),)
