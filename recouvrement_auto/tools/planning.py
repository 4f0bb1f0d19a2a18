"""Ladder arithmetic: which step of its scenario an open item has reached on a day.

Everything here takes the day as an argument and returns values; nothing reads a clock, a
database or Odoo. Amounts are ``Decimal`` in the company currency, delays are calendar days,
gaps are working days.

Rules (architecture.md section 3, product.md A3, A5, A9):

* each item climbs its own ladder, one step at a time, forward only;
* after an outage an item takes one step, the next one waits for the gap of the scenario;
* a step before the due date lapses when the due date is there;
* a step whose minimum is not reached is passed over, never a wall that silences an item;
* so is a step whose channel reaches nobody: at once, or when the following step is due;
* around a light step (a short message between two written ones) half the gap is enough;
* the leader (the most advanced due item) gives step, channel and tone of the one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

TONES = ("courteous", "precise", "firm", "formal")
END_STEP = "end_of_scenario"
HANDOVER_REVIEW_DAYS = 30

ROLE_LEADER = "leader"
ROLE_OWN_STEP = "own_step"
ROLE_LISTED = "listed"
ROLE_NOT_DUE = "not_due"
ROLE_CREDIT = "credit"
ROLE_EXCLUDED = "excluded"

NO_CALENDAR = (lambda day, step: day, lambda day, gap: day + timedelta(days=gap))


@dataclass(frozen=True)
class Step:
    """One line of a scenario. ``delay`` in days from ``anchor`` (negative = before)."""

    code: str
    name: str
    channel: str
    tone: str
    delay: int
    anchor: str = "due_date"  # due_date | invoice_date | previous | date
    mode: str = "auto"  # auto | confirm
    min_amount: Decimal = Decimal(0)
    line_id: int = 0
    light: bool = False
    on: date | None = None  # first day of a step with the anchor "date"
    apart: bool = False  # a message of its own: nothing else is listed in it
    options: dict = field(default_factory=dict, hash=False, compare=False)

    @property
    def is_pre_due(self) -> bool:
        """True for steps that make sense only while the item is not due."""
        return self.anchor == "invoice_date" or (
            self.anchor == "due_date" and self.delay < 0
        )

    @property
    def rank(self) -> tuple[int, int]:
        """Comparable severity across ladders: tone first, then delay."""
        return (-1 if self.is_pre_due else TONES.index(self.tone), self.delay)


@dataclass(frozen=True)
class Ladder:
    """A frozen scenario version: ordered steps and the limits that go with them."""

    scenario_id: int
    version_id: int
    name: str
    steps: tuple[Step, ...]
    min_gap_days: int = 4
    min_total: Decimal = Decimal(0)
    min_item: Decimal = Decimal(0)
    max_contacts_7: int = 2
    max_contacts_30: int = 5
    end_action: str = "person"
    end_delay_days: int = 8

    def position(self, code: str, rank: tuple[int, int] | None) -> int:
        """Index of the last step used; -1 when none.

        A code that this ladder does not know (the customer changed scenario) counts as
        the last step that is not more severe than the one really used.
        """
        if not code:
            return -1
        for index, step in enumerate(self.steps):
            if step.code == code:
                return index
        if code == END_STEP:
            return len(self.steps)
        if rank is None:
            return -1
        return max((i for i, s in enumerate(self.steps) if s.rank <= rank), default=-1)

    def end_step(self) -> Step:
        """The hand-over that follows the last step (A12): a task for a person."""
        return Step(
            code=END_STEP,
            name=END_STEP,
            channel="task",
            tone="formal",
            anchor="previous",
            delay=self.end_delay_days,
            options={"end_action": self.end_action},
        )


@dataclass(frozen=True)
class Item:
    """A receivable instalment (or an open credit) as known on the day."""

    move_id: int
    line_id: int
    name: str
    due_date: date
    invoice_date: date
    amount: Decimal  # residual, company currency; negative = credit
    residual: Decimal  # residual, document currency
    currency_id: int
    ladder: Ladder | None = None
    reached: str = ""
    reached_rank: tuple[int, int] | None = None
    reached_on: date | None = None
    late_chance: float | None = None  # percent, None = nothing can be said
    used_scenario_id: int = 0  # whose step was used last; read where grades choose
    cycle: int = 1
    move_type: str = "out_invoice"
    posted: bool = True
    no_followup: bool = False
    general_journal: bool = False
    blocked: bool = False
    disputed: Decimal = Decimal(0)
    disputed_until: date | None = None  # last day to answer the dispute
    paused_until: date | None = None
    pause_kind: str = ""
    pause_reason: str = ""
    promised_until: date | None = None
    promise_kind: str = ""  # promise | payment_plan
    notice: Step | None = None  # reminder before an instalment of the payment plan
    escalate_on: date | None = None  # a promise was broken: the next step is due then
    ref: str = ""
    contact_id: int = 0
    passed_over: frozenset[str] = frozenset()  # codes of steps that reach nobody
    gives_way: frozenset[str] = frozenset()  # the same, held until the following is due

    @property
    def key(self) -> tuple[int, date]:
        """What an item is known by: the move and the instalment's due date."""
        return (self.move_id, self.due_date)

    def days_late(self, day: date) -> int:
        """Days after the due date on ``day``; negative before it."""
        return (day - self.due_date).days


@dataclass(frozen=True)
class NextStep:
    """The next step of an item and the first day on which it may be used."""

    step: Step | None
    on: date | None
    passed: tuple[tuple[str, str], ...] = ()  # (step code, reason) passed over


@dataclass(frozen=True)
class Calendar:
    """Working-day rules, injected so that this module needs no holiday table."""

    shift: Callable[[date, Step], date] = NO_CALENDAR[0]
    add_gap: Callable[[date, int], date] = NO_CALENDAR[1]


def step_date(step: Step, item: Item, calendar: Calendar, gap: int) -> date:
    """First day on which ``step`` may be used for ``item``."""
    if step.anchor == "invoice_date":
        return calendar.shift(item.invoice_date + timedelta(days=step.delay), step)
    if step.anchor == "previous":
        base = item.reached_on or item.due_date
        return calendar.shift(base + timedelta(days=step.delay), step)
    if step.on is not None:
        return calendar.shift(step.on, step)
    broken = item.escalate_on
    if broken and not step.is_pre_due:
        # Once: the step that follows a broken promise, not the one after it.
        if item.reached_on is None or item.reached_on < broken:
            # Never before the item itself is overdue.
            first = max(broken, item.due_date + timedelta(days=1))
            return calendar.shift(first, step)
    wanted = calendar.shift(item.due_date + timedelta(days=step.delay), step)
    if item.reached_on and not step.is_pre_due:
        if step.light or reached_light(item):
            gap = half(gap)
        wanted = max(wanted, calendar.add_gap(item.reached_on, gap))
    return wanted


def half(gap: int) -> int:
    """What is enough beside a light step: twice the half is never less than the whole."""
    return -(-gap // 2)


def reached_light(item: Item) -> bool:
    """True when the last step that the item used is a light one."""
    steps = item.ladder.steps if item.ladder else ()
    return any(step.light for step in steps if step.code == item.reached)


def _reaches_nobody(item: Item, index: int, day: date, calendar: Calendar) -> bool:
    """True when step ``index`` must not keep the item from the steps that follow it."""
    ladder = item.ladder
    step = ladder.steps[index]
    if step.code not in item.gives_way:
        return step.code in item.passed_over
    rest = (s for s in ladder.steps[index + 1 :] if not s.is_pre_due)
    following = next(rest, None) or ladder.end_step()
    return step_date(following, item, calendar, ladder.min_gap_days) <= day


def _pays_in_time(item: Item, step: Step) -> bool:
    """True when the chance to be late is known and below what the step asks for."""
    least = step.options.get("min_chance", 0)
    return item.late_chance is not None and item.late_chance < least


def _passed_over(item, step, index, day, total, calendar) -> str:
    """Why the step cannot apply to the item on ``day``; '' when it can."""
    if step.is_pre_due and day >= item.due_date:
        return "lapsed"
    claim = item.amount if step.is_pre_due else total
    # Credits beyond what is overdue: no step is used up, the guard says so.
    readable = step.is_pre_due or total > 0
    if readable and claim < step.min_amount:
        return "below_step_minimum"
    if step.is_pre_due and _pays_in_time(item, step):
        return "pays_in_time"
    if _reaches_nobody(item, index, day, calendar):
        return "unreachable"
    return ""


def next_step(
    item: Item, day: date, total: Decimal, calendar: Calendar = Calendar()
) -> NextStep:
    """The step that follows the item's position, steps that cannot apply passed over.

    ``total`` is the customer's overdue amount, against which minimums are read.
    """
    ladder = item.ladder
    if ladder is None:
        return NextStep(None, None)
    passed = []
    start = ladder.position(item.reached, item.reached_rank) + 1
    for index, step in enumerate(ladder.steps[start:], start):
        why = _passed_over(item, step, index, day, total, calendar)
        if why:
            passed.append((step.code, why))
            continue
        on = step_date(step, item, calendar, ladder.min_gap_days)
        if step.is_pre_due and on >= item.due_date:
            passed.append((step.code, "lapsed"))
            continue
        return NextStep(step, on, tuple(passed))
    if item.reached == END_STEP or day < item.due_date:
        return NextStep(None, None, tuple(passed))
    if not item.reached:
        # No step of the ladder can apply (all below their minimum): nothing was said to
        # the debtor yet, so there is nothing to hand over either.
        return NextStep(None, None, tuple(passed))
    end = ladder.end_step()
    return NextStep(end, step_date(end, item, calendar, 0), tuple(passed))


@dataclass(frozen=True)
class PlannedLine:
    """How one item stands in the message."""

    item: Item
    role: str
    step_code: str = ""
    rank: tuple[int, int] | None = None
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True)
class CustomerPlan:
    """The one message that a customer would get on the day, before customer guards."""

    leader: Item | None
    step: Step | None
    lines: tuple[PlannedLine, ...]
    blocked_reason: str = ""  # every due item is excluded: the leader's reason
    blocked_action: str = ""
    blocked_until: date | None = None

    @property
    def is_due(self) -> bool:
        """True when the customer has a step on that day, sendable or not."""
        return self.step is not None


def overdue_total(items: Iterable[Item], day: date) -> Decimal:
    """Sum of the overdue amounts on ``day``, open credits deducted (company currency)."""
    return sum(
        (i.amount for i in items if i.amount < 0 or i.due_date < day), Decimal(0)
    )


def _candidates(items, day, total, calendar, ahead):
    for item in items:
        if item.amount <= 0:
            continue
        following = next_step(item, day, total, calendar)
        if following.step is not None and (ahead or following.on <= day):
            yield item, following.step


def _severity(candidate):
    item, step = candidate
    return (
        step.apart,
        step.rank,
        -item.due_date.toordinal(),
        item.amount,
        -item.line_id,
    )


def plan_customer(
    items: Sequence[Item],
    day: date,
    check: Callable[[Item, Step | None], tuple[str, str, date | None] | None],
    calendar: Calendar = Calendar(),
    ahead: bool = False,
) -> CustomerPlan:
    """The message of ``day`` for one customer.

    ``ahead``: a person asks for the next step now, whatever its date.

    ``check(item, step)`` is the item part of the guard list: ``None`` or
    ``(action, reason, until)``. Items that it stops neither lead nor use a step; when it
    stops all due items the plan carries the reason of the one that would have led.
    """
    total = overdue_total(items, day)
    candidates = sorted(
        _candidates(items, day, total, calendar, ahead), key=_severity, reverse=True
    )
    if not candidates:
        return CustomerPlan(None, None, ())
    verdicts = {item.key: check(item, step) for item, step in candidates}
    allowed = [c for c in candidates if verdicts[c[0].key] is None]
    if not allowed:
        item, step = candidates[0]
        action, reason, until = verdicts[item.key]
        lines = _lines(items, day, {}, None, check)
        return CustomerPlan(item, step, lines, reason, action, until)
    leader, step = allowed[0]
    # A message about overdue items never uses up the notice of an item not yet due.
    using = {
        i.key: s
        for i, s in allowed
        if (not s.is_pre_due or step.is_pre_due or i is leader)
        and (s.code == step.code or not (s.apart or step.apart))
    }
    shown = [i for i in items if i.key in using] if step.apart else items
    return CustomerPlan(leader, step, _lines(shown, day, using, leader, check))


def _lines(items, day, using, leader, check) -> tuple[PlannedLine, ...]:
    lines = []
    for item in sorted(items, key=lambda i: (i.due_date, i.line_id)):
        step = using.get(item.key)
        if item.amount < 0:
            lines.append(PlannedLine(item, ROLE_CREDIT))
        elif step is not None:
            role = ROLE_LEADER if item is leader else ROLE_OWN_STEP
            lines.append(PlannedLine(item, role, step.code, step.rank))
        else:
            lines.append(_unused_line(item, day, check))
    return tuple(lines)


def _unused_line(item, day, check) -> PlannedLine:
    verdict = check(item, None)
    if verdict is not None:
        return PlannedLine(item, ROLE_EXCLUDED, reason=verdict[1], until=verdict[2])
    role = ROLE_LISTED if item.due_date < day else ROLE_NOT_DUE
    return PlannedLine(item, role)


def advance(items: Sequence[Item], plan: CustomerPlan, day: date) -> list[Item]:
    """The items after ``plan`` was sent on ``day``: used steps become positions."""
    used = {line.item.key: line for line in plan.lines if line.step_code}
    return [
        replace(
            item,
            reached=used[item.key].step_code,
            reached_rank=used[item.key].rank,
            reached_on=day,
        )
        if item.key in used
        else item
        for item in items
    ]


def next_action(
    items: Sequence[Item], day: date, calendar: Calendar = Calendar()
) -> tuple[Item, NextStep] | None:
    """The earliest next step over all items of a customer, for its screens."""
    total = overdue_total(items, day)
    best = None
    for item in items:
        if item.amount <= 0:
            continue
        following = next_step(item, day, total, calendar)
        if following.step is None:
            continue
        if best is None or (following.on, -following.step.rank[0]) < (
            best[1].on,
            -best[1].step.rank[0],
        ):
            best = (item, following)
    return best
