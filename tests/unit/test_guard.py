"""Each guard in three lines, and the order of the one list."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from recouvrement_auto.tools import guard
from recouvrement_auto.tools.guard import (
    CUSTOMER,
    GUARDS,
    HOLD,
    ITEM,
    SKIP,
    Facts,
    Policy,
    Subject,
    decide,
)
from recouvrement_auto.tools.planning import Item, Ladder, Step

D = date(2026, 3, 2)
STEP = Step("reminder_1", "r", "email", "courteous", 3)
FORMAL = Step("formal_notice", "f", "letter", "formal", 30)
TASK = Step("end_of_scenario", "e", "task", "formal", 8)
LADDER = Ladder(1, 1, "l", (STEP,), min_item=Decimal(5))
ITEM_OK = Item(
    1, 1, "F1", D - timedelta(3), D, Decimal(100), Decimal(100), 1, ladder=LADDER
)
SUBJECT = Subject(
    regime="business", overdue=Decimal(100), total=Decimal(100), min_total=Decimal(15)
)
SOON = D + timedelta(5)


NORMAL = Policy()


def item_verdict(policy=NORMAL, **changes):
    facts = Facts(D, SUBJECT, policy, STEP, replace(ITEM_OK, **changes))
    return decide(facts, ITEM)


def customer_verdict(step=STEP, policy=NORMAL, **changes):
    return decide(Facts(D, replace(SUBJECT, **changes), policy, step), CUSTOMER)


def test_nothing_objects():
    assert item_verdict() is None
    assert customer_verdict() is None


@pytest.mark.parametrize(
    ("changes", "action", "reason"),
    [
        ({"amount": Decimal(0)}, SKIP, "paid"),
        ({"posted": False}, SKIP, "cancelled"),
        ({"blocked": True}, HOLD, "payment_blocked"),
        ({"disputed": Decimal(100)}, HOLD, "disputed"),
        ({"disputed": Decimal(100), "disputed_until": D}, HOLD, "disputed"),
        (
            {"disputed": Decimal(100), "disputed_until": D - timedelta(1)},
            HOLD,
            "dispute_overdue",
        ),
        ({"disputed": Decimal(96)}, SKIP, "item_below_minimum"),
        (
            {"promised_until": SOON, "promise_kind": "payment_plan"},
            HOLD,
            "payment_plan",
        ),
        ({"promised_until": SOON}, HOLD, "promise"),
        ({"no_followup": True}, HOLD, "excluded_without_reason"),
        ({"no_followup": True, "general_journal": True}, HOLD, "opening_entry"),
        ({"no_followup": True, "paused_until": SOON}, HOLD, "item_paused"),
        ({"paused_until": SOON}, HOLD, "item_paused"),
        ({"paused_until": SOON, "pause_kind": "in_validation"}, HOLD, "in_validation"),
        (
            {"paused_until": SOON, "pause_kind": "transfer_announced"},
            HOLD,
            "transfer_announced",
        ),
        ({"due_date": D - timedelta(181)}, HOLD, "too_old"),
        ({"amount": Decimal(4)}, SKIP, "item_below_minimum"),
    ],
)
def test_item_guards(changes, action, reason):
    verdict = item_verdict(**changes)
    assert (verdict.action, verdict.reason) == (action, reason)


@pytest.mark.parametrize(
    "changes",
    [
        {"disputed": Decimal(95)},  # the undisputed rest is chased
        {"paused_until": D},  # over today
        {"promised_until": D - timedelta(1)},
        {"due_date": D - timedelta(181), "reached": "reminder_1"},
    ],
)
def test_item_guards_let_go(changes):
    assert item_verdict(**changes) is None


@pytest.mark.parametrize(
    ("changes", "action", "reason"),
    [
        ({"frozen_reason": "insolvency"}, HOLD, "frozen"),
        ({"paused_until": SOON}, HOLD, "paused"),
        ({"has_scenario": False}, HOLD, "no_scenario"),
        ({"waiting": True}, SKIP, "already_waiting"),
        ({"total": Decimal(0)}, SKIP, "nothing_due"),
        ({"total": Decimal(14)}, SKIP, "below_minimum"),
        ({"unallocated": Decimal(20)}, HOLD, "unallocated_credit"),
        ({"template_regime": "consumer"}, HOLD, "regime_mismatch"),
        ({"has_sender": False}, HOLD, "missing_sender"),
        ({"address_problem": "invalid_address"}, HOLD, "invalid_address"),
        ({"template_problem": "fr_FR"}, HOLD, "template_error"),
        ({"legal_rate_missing": True}, HOLD, "missing_legal_rate"),
        (
            {"contacts": (D - timedelta(2),), "max_contacts_7": 1},
            HOLD,
            "pressure_limit",
        ),
    ],
)
def test_customer_guards(changes, action, reason):
    verdict = customer_verdict(**changes)
    assert (verdict.action, verdict.reason) == (action, reason)


def test_bank_currency_iban():
    stale = Policy(bank_stale_since=D - timedelta(9))
    assert customer_verdict(policy=stale).reason == "bank_stale"
    assert customer_verdict(TASK, policy=stale) is None
    rates = Policy(missing_currencies=frozenset({7}))
    assert customer_verdict(policy=rates, currencies=frozenset({7})).reason == (
        "missing_rate"
    )
    changed = Policy(iban_changed_on=D - timedelta(3))
    assert customer_verdict(policy=changed).until == D + timedelta(27)


def test_pressure_says_when_it_is_free_again():
    days = (D - timedelta(6), D - timedelta(3), D - timedelta(1))
    verdict = customer_verdict(contacts=days, max_contacts_7=2)
    assert verdict.until == D + timedelta(4)
    month = tuple(D - timedelta(d) for d in (29, 20, 10))
    verdict = customer_verdict(contacts=month, max_contacts_30=3)
    assert verdict.until == D + timedelta(1)
    assert (
        customer_verdict(contacts=days, max_contacts_7=2, decided_by_person=True)
        is None
    )


def test_a_call_may_follow_a_recent_message():
    call = Step("call", "c", "call", "firm", 20)
    assert customer_verdict(call, quiet_until=SOON) is None
    assert customer_verdict(quiet_until=SOON, decided_by_person=True) is None
    assert customer_verdict(quiet_until=D) is None


def test_no_formal_notice_in_august_unless_a_person_insists():
    august = Policy(formal_notice_pause=lambda day: SOON)
    assert customer_verdict(FORMAL, policy=august).until == SOON
    assert customer_verdict(STEP, policy=august) is None
    assert customer_verdict(FORMAL, policy=august, decided_by_person=True) is None


def test_nobody_is_handed_over_who_owes_nothing():
    end = Step("end_of_scenario", "e", "task", "formal", 8)
    assert customer_verdict(end, total=Decimal(-5)).reason == "nothing_due"
    assert customer_verdict(end, total=Decimal(5)) is None


def test_first_objection_wins_and_channels_come_last():
    both = customer_verdict(frozen_reason="litigation", paused_until=SOON)
    assert both.reason == "frozen"

    def never(_facts):
        return guard.Verdict(HOLD, "missing_server")

    facts = Facts(D, SUBJECT, Policy(), STEP)
    assert decide(facts, CUSTOMER, (never,)).reason == "missing_server"


def test_the_list_holds_every_guard_once():
    names = [check.__name__ for _scope, check in GUARDS]
    assert len(names) == len(set(names))
    public = {
        name
        for name, value in vars(guard).items()
        if callable(value)
        and getattr(value, "__module__", "") == guard.__name__
        and not name.startswith("_")
        and value.__annotations__.get("return") == "Verdict | None"
        and name != "decide"
    }
    assert public == set(names)


def test_a_notice_is_held_by_its_addressee_and_the_law_alone():
    held = {
        "frozen_reason": ("litigation", "frozen"),
        "address_problem": ("missing_address", "missing_address"),
        "has_sender": (False, "missing_sender"),
        "template_problem": ("fr_FR", "template_error"),
    }
    for name, (value, reason) in held.items():
        facts = Facts(D, replace(SUBJECT, **{name: value}), Policy(), STEP)
        assert decide(facts, CUSTOMER, (), guard.NOTICE_GUARDS).reason == reason
    rhythm = replace(SUBJECT, paused_until=SOON, waiting=True, has_scenario=False)
    facts = Facts(D, rhythm, Policy(bank_stale_since=D), STEP)
    assert decide(facts, CUSTOMER)
    assert decide(facts, CUSTOMER, (), guard.NOTICE_GUARDS) is None
