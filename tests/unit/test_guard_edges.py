"""The last day, the last cent: where each guard begins and where it ends."""

from datetime import timedelta
from decimal import Decimal

import pytest
from test_guard import (
    CUSTOMER,
    ITEM_OK,
    SUBJECT,
    TASK,
    D,
    Facts,
    Policy,
    Step,
    customer_verdict,
    decide,
    item_verdict,
    replace,
)

from recouvrement_auto.tools import guard
from recouvrement_auto.tools.guard import HOLD, SKIP
from recouvrement_auto.tools.planning import END_STEP

CENT = Decimal("0.01")
BEFORE = Step("pre_due", "p", "email", "courteous", -5)
CALL = Step("call", "c", "call", "firm", 20)
PLAN = Step("instalment", "i", "email", "courteous", 0, apart=True)
NEXT = D + timedelta(1)
LAST = D - timedelta(1)


def reason(verdict):
    return verdict and verdict.reason


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": Decimal(5)}, None),
        ({"amount": Decimal(5) - CENT}, "item_below_minimum"),
        ({"amount": Decimal(-1)}, "paid"),
        ({"amount": CENT, "ladder": None}, None),  # a cent is not nothing
        ({"disputed": Decimal(100) - CENT, "ladder": None}, None),
        ({"disputed": Decimal(100)}, "disputed"),
        ({"disputed": Decimal(101)}, "disputed"),
        ({"amount": CENT, "disputed": CENT}, "disputed"),
        ({"disputed": Decimal(100), "disputed_until": NEXT}, "disputed"),
        ({"paused_until": NEXT}, "item_paused"),
        ({"paused_until": D}, None),
        ({"no_followup": True, "paused_until": NEXT}, "item_paused"),
        ({"no_followup": True, "paused_until": D}, "excluded_without_reason"),
        ({"promised_until": D}, "promise"),
        ({"promised_until": LAST}, None),
        ({"due_date": D - timedelta(180)}, None),
        ({"due_date": D - timedelta(181)}, "too_old"),
    ],
)
def test_where_an_item_guard_begins(changes, expected):
    assert reason(item_verdict(**changes)) == expected


def test_no_age_is_a_limit_switched_off():
    ancient = {"due_date": D - timedelta(3000)}
    assert item_verdict(Policy(max_item_age=0), **ancient) is None


def test_a_promise_holds_all_steps_but_the_reminder_of_its_own_plan():
    item = replace(ITEM_OK, promised_until=NEXT, promise_kind="payment_plan")
    facts = Facts(D, SUBJECT, Policy(), PLAN, item)
    assert guard.promised(facts) is None
    for step in (None, CALL):  # an item that is listed only, and any other step
        assert guard.promised(replace(facts, step=step)).reason == "payment_plan"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"paused_until": NEXT}, "paused"),
        ({"paused_until": D}, None),
        ({"total": Decimal(15)}, None),
        ({"total": Decimal(15) - CENT}, "below_minimum"),
        ({"total": CENT, "min_total": Decimal(0)}, None),
        ({"total": Decimal(0), "min_total": Decimal(0)}, "nothing_due"),
        ({"unallocated": Decimal(20)}, "unallocated_credit"),
        ({"unallocated": Decimal(20) - CENT}, None),
        ({"quiet_until": NEXT}, "recent_contact"),
        ({"quiet_until": D}, None),
        ({"contacts": (D - timedelta(6),), "max_contacts_7": 1}, "pressure_limit"),
        ({"contacts": (D - timedelta(7),), "max_contacts_7": 1}, None),
        ({"contacts": (D - timedelta(29),), "max_contacts_30": 1}, "pressure_limit"),
        ({"contacts": (D - timedelta(30),), "max_contacts_30": 1}, None),
        ({"contacts": (LAST,), "max_contacts_7": 2}, None),
        ({"template_regime": "business"}, None),
        ({"template_regime": "any", "regime": "consumer"}, None),
    ],
)
def test_where_a_customer_guard_begins(changes, expected):
    assert reason(customer_verdict(**changes)) == expected


@pytest.mark.parametrize(
    ("overdue", "unallocated", "percent", "held"),
    [
        (CENT, CENT, 20, True),
        (Decimal(100), Decimal(0), 0, False),  # nothing waits, whatever the percentage
        (Decimal(100), CENT, 0, True),
        (Decimal(0), Decimal(50), 20, False),  # nothing overdue to hold
        (Decimal(1000), Decimal(150), 15, True),
        (Decimal(1000), Decimal(150) - CENT, 15, False),
    ],
)
def test_unallocated_money_is_a_share_of_what_is_overdue(
    overdue, unallocated, percent, held
):
    policy = Policy(unallocated_percent=Decimal(percent))
    verdict = customer_verdict(policy=policy, overdue=overdue, unallocated=unallocated)
    assert reason(verdict) == ("unallocated_credit" if held else None)


def test_what_is_not_due_needs_no_minimum_and_waits_for_no_money():
    poor = {"total": Decimal(0), "unallocated": Decimal(99)}
    assert customer_verdict(BEFORE, **poor) is None
    assert customer_verdict(None, **poor) is None
    assert customer_verdict(**poor).reason == "nothing_due"


def test_the_hand_over_has_no_minimum():
    end = Step(END_STEP, "e", "task", "formal", 8)
    small = {"total": CENT, "min_total": Decimal(15)}
    assert customer_verdict(end, **small) is None
    assert customer_verdict(TASK, **{**small, "total": -CENT}).action == SKIP


def test_a_new_account_holds_what_is_written_only():
    policy = Policy(iban_changed_on=D, iban_hold_days=30)
    assert customer_verdict(policy=policy).until == D + timedelta(30)
    assert customer_verdict(CALL, policy=policy) is None
    assert customer_verdict(None, policy=policy) is None


def test_a_task_for_a_colleague_presses_nobody():
    often = {"contacts": (LAST,) * 9, "max_contacts_7": 1}
    assert customer_verdict(TASK, **often) is None
    assert customer_verdict(CALL, **often).action == HOLD
    assert customer_verdict(None, **often).reason == "pressure_limit"


def test_a_channel_may_have_nothing_to_say():
    facts = Facts(D, SUBJECT, Policy(), CALL)
    said = guard.Verdict(HOLD, "quiet_hours")
    answers = (lambda _facts: None, lambda _facts: said)
    assert decide(facts, CUSTOMER, answers) is said
    assert decide(facts, CUSTOMER, answers[:1]) is None
