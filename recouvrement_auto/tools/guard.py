"""The guards: everything that can hold or skip a message, in one ordered list.

A guard answers ``None`` (go on) or a ``Verdict`` with a reason code; the labels of the codes
are in ``const.py``. ``hold`` means that somebody or some day can cure it, ``skip`` that this
message has no object any more. The list is read top to bottom and the first answer wins;
it serves planning, simulation and the claim alike, so that no door can forget one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .planning import END_STEP, Item, Step

HOLD = "hold"
SKIP = "skip"
WRITTEN = ("email", "letter")


@dataclass(frozen=True)
class Verdict:
    """Why a message does not go, and until when (``None`` = until cured)."""

    action: str
    reason: str
    until: date | None = None
    detail: str = ""


@dataclass(frozen=True)
class Policy:
    """Company settings that guards read. Days, percent, company currency."""

    unallocated_percent: Decimal = Decimal(20)
    max_item_age: int = 180
    bank_stale_since: date | None = None  # None = up to date, or check switched off
    formal_notice_pause: Callable[[date], date | None] = lambda day: None
    missing_currencies: frozenset[int] = frozenset()
    iban_changed_on: date | None = None
    iban_hold_days: int = 30
    has_mail_server: bool = True


@dataclass(frozen=True)
class Subject:
    """What is known of the customer on the day of the check."""

    regime: str = "unknown"  # business | public | consumer | unknown
    frozen_reason: str = ""  # insolvency, litigation: every automatic message stops
    paused_until: date | None = None
    pause_reason: str = ""
    has_scenario: bool = True
    unallocated: Decimal = Decimal(0)  # open credits, positive amount
    overdue: Decimal = Decimal(0)  # gross overdue of the items that may be chased
    total: Decimal = Decimal(0)  # net of credits
    min_total: Decimal = Decimal(0)
    contacts: tuple[date, ...] = ()  # days of the contacts of the last 30 days
    quiet_until: date | None = None  # first day for another written step
    max_contacts_7: int = 99
    max_contacts_30: int = 99
    address_problem: str = ""  # reason code of the channel, or ""
    template_problem: str = ""
    template_regime: str = "any"
    legal_rate_missing: bool = False
    has_sender: bool = True
    waiting: bool = False
    currencies: frozenset[int] = frozenset()
    decided_by_person: bool = False
    options: dict = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Facts:
    """One question to the guards. ``item`` is set for item guards only."""

    day: date
    subject: Subject
    policy: Policy
    step: Step | None = None
    item: Item | None = None


def paid(facts: Facts) -> Verdict | None:
    """Nothing is left to pay on the item."""
    if facts.item.amount <= 0:
        return Verdict(SKIP, "paid")
    return None


def not_posted(facts: Facts) -> Verdict | None:
    """The invoice was cancelled or put back to draft."""
    if not facts.item.posted:
        return Verdict(SKIP, "cancelled")
    return None


def excluded(facts: Facts) -> Verdict | None:
    """Odoo's own "no follow-up" without a pause of ours: shown, never silent."""
    item = facts.item
    if not item.no_followup:
        return None
    if item.paused_until and item.paused_until > facts.day:
        return Verdict(HOLD, "item_paused", item.paused_until, item.pause_reason)
    if item.general_journal:
        return Verdict(HOLD, "opening_entry")
    return Verdict(HOLD, "excluded_without_reason")


def item_paused(facts: Facts) -> Verdict | None:
    """Paused by a person, with a reason and an end."""
    item = facts.item
    if item.paused_until and item.paused_until > facts.day:
        reason = {
            "in_validation": "in_validation",
            "transfer_announced": "transfer_announced",
        }.get(item.pause_kind, "item_paused")
        return Verdict(HOLD, reason, item.paused_until, item.pause_reason)
    return None


def blocked(facts: Facts) -> Verdict | None:
    """Payment blocked on the invoice by Odoo's own switch."""
    return Verdict(HOLD, "payment_blocked") if facts.item.blocked else None


def disputed(facts: Facts) -> Verdict | None:
    """The whole residual is contested; a part leaves the rest chased (D1)."""
    item = facts.item
    if item.disputed > 0 and item.disputed >= item.amount:
        until = item.disputed_until
        if until and until < facts.day:
            return Verdict(
                HOLD, "dispute_overdue"
            )  # nobody answered: on the orphan list
        return Verdict(HOLD, "disputed", until)
    return None


def promised(facts: Facts) -> Verdict | None:
    """A promise to pay or a payment plan runs."""
    until = facts.item.promised_until
    if facts.step is not None and facts.step.apart:
        return None  # the reminder before an instalment of the plan itself
    if until and until >= facts.day:
        return Verdict(HOLD, facts.item.promise_kind or "promise", until)
    return None


def too_old(facts: Facts) -> Verdict | None:
    """Old debts never enter a ladder by themselves (practice.md section 4)."""
    item = facts.item
    if item.reached or not facts.policy.max_item_age:
        return None
    if item.days_late(facts.day) > facts.policy.max_item_age:
        return Verdict(HOLD, "too_old")
    return None


def item_minimum(facts: Facts) -> Verdict | None:
    """The item is under the smallest amount that is worth a message."""
    item = facts.item
    if item.ladder and item.amount - item.disputed < item.ladder.min_item:
        return Verdict(SKIP, "item_below_minimum")
    return None


def frozen(facts: Facts) -> Verdict | None:
    """Insolvency or litigation: no automatic message at all."""
    if facts.subject.frozen_reason:
        return Verdict(HOLD, "frozen", None, facts.subject.frozen_reason)
    return None


def paused(facts: Facts) -> Verdict | None:
    """The customer is paused until a date."""
    subject = facts.subject
    if subject.paused_until and subject.paused_until > facts.day:
        return Verdict(HOLD, "paused", subject.paused_until, subject.pause_reason)
    return None


def no_scenario(facts: Facts) -> Verdict | None:
    """No scenario applies: somebody must choose one."""
    return None if facts.subject.has_scenario else Verdict(HOLD, "no_scenario")


def waiting(facts: Facts) -> Verdict | None:
    """An earlier message of the customer has not left yet."""
    return Verdict(SKIP, "already_waiting") if facts.subject.waiting else None


def missing_rate(facts: Facts) -> Verdict | None:
    """A currency without any rate: amounts in company currency would be invented."""
    if facts.subject.currencies & facts.policy.missing_currencies:
        return Verdict(HOLD, "missing_rate")
    return None


def below_minimum(facts: Facts) -> Verdict | None:
    """Credits deducted, too little is overdue to write (A6)."""
    subject, step = facts.subject, facts.step
    if step is None or step.is_pre_due:
        return None
    if subject.total <= 0:
        return Verdict(SKIP, "nothing_due")
    if step.code == END_STEP:
        return None
    if subject.total < subject.min_total:
        return Verdict(SKIP, "below_minimum")
    return None


def bank_stale(facts: Facts) -> Verdict | None:
    """The bank is not up to date: payments may be missing (A15)."""
    if facts.policy.bank_stale_since and not _internal(facts):
        return Verdict(HOLD, "bank_stale")
    return None


def unallocated(facts: Facts) -> Verdict | None:
    """Money of the customer waits to be matched (A15)."""
    subject = facts.subject
    if facts.step is None or facts.step.is_pre_due or subject.overdue <= 0:
        return None
    limit = subject.overdue * facts.policy.unallocated_percent / 100
    if subject.unallocated > 0 and subject.unallocated >= limit:
        return Verdict(HOLD, "unallocated_credit")
    return None


def iban_changed(facts: Facts) -> Verdict | None:
    """Our bank account changed lately: a manager confirms first (practice.md P9)."""
    changed = facts.policy.iban_changed_on
    if changed and facts.step and facts.step.channel in WRITTEN:
        return Verdict(
            HOLD,
            "iban_changed",
            changed + timedelta(days=facts.policy.iban_hold_days),
        )
    return None


def regime_mismatch(facts: Facts) -> Verdict | None:
    """A text for businesses never reaches a consumer, nor the reverse (P3)."""
    wanted = facts.subject.template_regime
    if wanted in ("any", facts.subject.regime):
        return None
    return Verdict(HOLD, "regime_mismatch")


def sender_missing(facts: Facts) -> Verdict | None:
    """No named sender or no sender address."""
    return None if facts.subject.has_sender else Verdict(HOLD, "missing_sender")


def address(facts: Facts) -> Verdict | None:
    """The channel cannot reach the customer: missing, wrong, bounced, refused."""
    if facts.subject.address_problem:
        return Verdict(HOLD, facts.subject.address_problem)
    return None


def template(facts: Facts) -> Verdict | None:
    """The text of the step does not render."""
    problem = facts.subject.template_problem
    return Verdict(HOLD, "template_error", None, problem) if problem else None


def legal_rate(facts: Facts) -> Verdict | None:
    """The text quotes a legal rate that nobody entered for the period."""
    return (
        Verdict(HOLD, "missing_legal_rate")
        if facts.subject.legal_rate_missing
        else None
    )


def formal_notice_pause(facts: Facts) -> Verdict | None:
    """No formal notice in August and at Christmas unless a person insists."""
    if not facts.step or facts.step.tone != "formal" or _internal(facts):
        return None
    if facts.subject.decided_by_person:
        return None
    until = facts.policy.formal_notice_pause(facts.day)
    return Verdict(HOLD, "formal_notice_pause", until) if until else None


def recent_contact(facts: Facts) -> Verdict | None:
    """The last contact of the customer is too recent for another written step.

    Items keep their own rhythm; the customer is one person who reads one mail at a time
    (practice.md section 4: working days between two written steps; R13: any contact counts).
    """
    subject, step = facts.subject, facts.step
    if subject.decided_by_person or step is None or step.channel not in WRITTEN:
        return None
    until = subject.quiet_until
    if until and facts.day < until:
        return Verdict(HOLD, "recent_contact", until)
    return None


def pressure(facts: Facts) -> Verdict | None:
    """Too many contacts over all channels (A13, P11)."""
    subject, day = facts.subject, facts.day
    if _internal(facts) or subject.decided_by_person:
        return None
    for limit, span in ((subject.max_contacts_7, 7), (subject.max_contacts_30, 30)):
        recent = sorted(d for d in subject.contacts if d > day - timedelta(days=span))
        if len(recent) >= limit:
            freed = recent[len(recent) - limit] + timedelta(days=span)
            return Verdict(HOLD, "pressure_limit", freed)
    return None


def _internal(facts: Facts) -> bool:
    """A task for a colleague says nothing to the debtor."""
    return bool(facts.step and facts.step.channel == "task")


ITEM = "item"
CUSTOMER = "customer"

GUARDS: tuple[tuple[str, Callable[[Facts], Verdict | None]], ...] = (
    (ITEM, paid),
    (ITEM, not_posted),
    (ITEM, blocked),
    (ITEM, disputed),
    (ITEM, promised),
    (ITEM, excluded),
    (ITEM, item_paused),
    (ITEM, too_old),
    (ITEM, item_minimum),
    (CUSTOMER, frozen),
    (CUSTOMER, paused),
    (CUSTOMER, no_scenario),
    (CUSTOMER, waiting),
    (CUSTOMER, missing_rate),
    (CUSTOMER, below_minimum),
    (CUSTOMER, bank_stale),
    (CUSTOMER, unallocated),
    (CUSTOMER, iban_changed),
    (CUSTOMER, regime_mismatch),
    (CUSTOMER, sender_missing),
    (CUSTOMER, address),
    (CUSTOMER, template),
    (CUSTOMER, legal_rate),
    (CUSTOMER, formal_notice_pause),
    (CUSTOMER, recent_contact),
    (CUSTOMER, pressure),
)


# What can forbid a message that a person decided outside the ladder: who it is written to
# and the law, never the rhythm of the chase (practice.md P11).
NOTICE_GUARDS = (
    frozen,
    missing_rate,
    regime_mismatch,
    sender_missing,
    address,
    template,
    legal_rate,
)

# A statement is written by the hundred: nobody looked at each customer, so that a pause, a
# bank that is behind and a new IBAN hold it too. It asks nothing: no minimum, no rhythm.
STATEMENT_GUARDS = (*NOTICE_GUARDS, paused, bank_stale, iban_changed)


def decide(
    facts: Facts,
    scope: str,
    extra: Iterable[Callable[[Facts], Verdict | None]] = (),
    among: Iterable[Callable[[Facts], Verdict | None]] | None = None,
) -> Verdict | None:
    """First verdict of the guards of ``scope``, then of the channel's ``extra`` ones.

    :param among: read these guards of the list alone (``NOTICE_GUARDS``)
    """
    for guard_scope, guard in GUARDS:
        if guard_scope == scope and (among is None or guard in among):
            verdict = guard(facts)
            if verdict is not None:
                return verdict
    for guard in extra:
        verdict = guard(facts)
        if verdict is not None:
            return verdict
    return None
