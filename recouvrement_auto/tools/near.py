"""May a step of an item be due on a day, before all the facts of its customer are read?

The first look of a night: it has to say yes wherever ``planning.next_step`` gives a step for
the day, whatever is read later (amounts, minimums, chances, addresses); where it says no the
rest need not be read. It asks the dates of ``planning`` themselves, so that the two cannot
drift apart.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .planning import END_STEP, Calendar, Item, Ladder, Step, step_date

# Steps by these channels are never passed over for an address (the guards hold them);
# those of the channels of other add-ons may be.
KEPT_CHANNELS = frozenset(("call", "email", "letter", "task"))


class Position(NamedTuple):
    """What the first look knows of an item: its dates and the last step that it used."""

    due_date: date
    invoice_date: date
    reached: str = ""
    reached_rank: tuple[int, int] | None = None
    reached_on: date | None = None


def may_pass(step: Step) -> bool:
    """True when some fact read later may pass over ``step``."""
    return bool(
        step.min_amount > 0
        or step.options.get("min_chance")
        or step.channel not in KEPT_CHANNELS
    )


def may_be_due(item: Item, day: date, calendar: Calendar) -> bool:
    """False only when ``next_step`` has no step for ``item`` on ``day``, whatever its amount,
    the customer's total and the steps that reach nobody."""
    ladder = item.ladder
    if ladder is None:
        return False
    start = ladder.position(item.reached, item.reached_rank) + 1
    for step in ladder.steps[start:]:
        if step.is_pre_due and day >= item.due_date:
            continue  # lapsed
        on = step_date(step, item, calendar, ladder.min_gap_days)
        if step.is_pre_due and on >= item.due_date:
            continue  # lapsed
        if on <= day:
            return True
        if not may_pass(step):
            return False
    if not item.reached or item.reached == END_STEP or day < item.due_date:
        return False
    return step_date(ladder.end_step(), item, calendar, 0) <= day


class Sieve:
    """``may_be_due`` for thousands of items: few of their positions differ."""

    def __init__(self, day: date, calendar: Calendar):
        self._day = day
        self._calendar = calendar
        self._known: dict[tuple[int, Position], bool] = {}

    def may_be_due(self, ladder: Ladder | None, position: Position) -> bool:
        """As the function of this name, for an item at ``position`` on ``ladder``."""
        if ladder is None:
            return False
        key = (ladder.scenario_id, position)
        known = self._known.get(key)
        if known is None:
            item = _item(ladder, position)
            known = self._known[key] = may_be_due(item, self._day, self._calendar)
        return known


def _item(ladder, position) -> Item:
    return Item(
        move_id=0,
        line_id=0,
        name="",
        amount=Decimal(1),
        residual=Decimal(1),
        currency_id=0,
        ladder=ladder,
        **position._asdict(),
    )
