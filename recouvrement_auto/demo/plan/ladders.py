"""When an invoice must be due for a step of its scenario to fall on the day of the demo.

The ladders are those of the database; the table below stands in for them where there is
none (tests of the plan). A due date is found by climbing the ladder day by day with the
rules of the product itself, so closed days and gaps between steps are those of the night.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ...tools import working_time
from ...tools.planning import END_STEP, Calendar, Item, Ladder, Step, next_step

STEPS = ("notice", "first", "second", "call", "firm", "formal", "end")
NATURES = ("key_account", "public", "consumer")
WRITTEN = ("email", "letter")
SEARCHED = 25  # days tried after the nominal one
NOTICE = 15  # days before the due date at which the climb begins

# Behaviour or nature -> days of notice, first, second, call, firm, formal.
_TABLE = {
    "good": (-5, 5, 12, 25, 35, 45),
    "occasional": (-5, 3, 10, 20, None, 30),
    "usual": (-8, 2, 7, 10, 20, 40),
    "difficult": (-8, 1, None, 4, 8, 15),
    "new": (-5, 3, 8, 12, 18, 25),
    "inactive": (-5, 3, 10, 20, None, 30),
    "key_account": (-10, 5, 12, 15, 30, 45),
    "public": (-10, 5, 20, 30, 40, 60),
    "consumer": (-5, 5, 15, 25, 35, 45),
}
_MEANS = {
    "notice": ("email", "courteous"),
    "first": ("email", "courteous"),
    "second": ("email", "precise"),
    "call": ("call", "firm"),
    "firm": ("email", "firm"),
    "formal": ("letter", "formal"),
}


def default():
    """Ladders by behaviour and nature, for a plan without database."""
    found = {}
    for name, days in _TABLE.items():
        steps = tuple(
            Step(code, code, *_MEANS[code], delay)
            for code, delay in zip(STEPS, days, strict=False)
            if delay is not None
        )
        found[name] = Ladder(0, 0, name, steps, min_gap_days=2)
    return found


def _calendar(is_open):
    def shift(day, step):
        while not is_open(day):
            day += timedelta(days=-1 if step.is_pre_due else 1)
        return day

    return Calendar(shift, working_time.add_business_days)


def step_of(ladder, name):
    """The step of ``ladder`` that plays the part ``name``, or None."""
    steps = ladder.steps
    if name == "end":
        return ladder.end_step()
    if name == "notice":
        early = [s for s in steps if s.is_pre_due and s.anchor == "due_date"]
        return next((s for s in early if s.channel == "email"), None)
    late = [s for s in steps if not s.is_pre_due]
    written = [s for s in late if s.channel in WRITTEN]
    if name == "call":
        return next((s for s in late if s.channel == "call"), None)
    if name == "formal":
        return next((s for s in written if s.tone == "formal"), None)
    if name == "firm":
        firm = [s for s in written if s.tone == "firm"]
        return firm[-1] if firm else None
    rank = {"first": 0, "second": 1}[name]
    soft = [s for s in written if s.tone != "formal"]
    return soft[rank] if len(soft) > rank else None


def days_late(ladder, wanted, today, amount=1000):
    """Days after the due date (negative = before) at which the demo shows ``wanted``.

    ``wanted`` is a name of ``STEPS``, ``name+n`` (taken about n days ago), ``late:n`` or
    ``in:n``. A ladder without the step gives the one before it.
    """
    if wanted.startswith("late:"):
        return int(wanted[5:])
    if wanted.startswith("in:"):
        return -int(wanted[3:])
    name, _plus, extra = wanted.partition("+")
    names = STEPS[: STEPS.index(name) + 1]
    step = next(s for s in (step_of(ladder, n) for n in reversed(names)) if s)
    target = today - timedelta(days=int(extra or 0))

    def is_open(day):
        """The demo works on its own day, even on a Sunday."""
        return day == target or working_time.is_business_day(day)

    nominal = ladder.steps[-1].delay if step.code == END_STEP else step.delay
    nearest = None
    for days in range(nominal, nominal + SEARCHED):
        due = target - timedelta(days=days)
        on = taken_on(ladder, step, due, target, amount, is_open)
        if on == target:
            return days + int(extra or 0)
        if on and nearest is None:
            nearest = days  # some steps cannot fall on some days of the week
    return (nominal if nearest is None else nearest) + int(extra or 0)


def taken_on(ladder, step, due, until, amount, is_open):
    """The day on which an invoice due on ``due`` takes ``step``, at the latest ``until``."""
    amount = Decimal(str(amount))
    item = Item(1, 1, "", due, due - timedelta(days=30), amount, amount, 1, ladder)
    calendar = _calendar(is_open)
    day = due - timedelta(days=NOTICE)
    while day <= until:
        total = amount if due < day else Decimal(0)
        following = next_step(item, day, total, calendar) if is_open(day) else None
        if following and following.step and following.on <= day:
            if following.step.code == step.code:
                return day
            item = replace(
                item,
                reached=following.step.code,
                reached_rank=following.step.rank,
                reached_on=day,
            )
        day += timedelta(days=1)
    return None
