"""What a customer said, measured against the ledger: disputes, promises, payment plans.

Pure functions: amounts are ``Decimal`` in one currency, dates are local days of the company.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

KEPT = "kept"
PARTLY = "partly_kept"
BROKEN = "broken"
CANCELLED = "cancelled"
RUNNING = "running"

ZERO = Decimal(0)


@dataclass(frozen=True)
class Contested:
    """What a running dispute holds back of an invoice.

    :param amount: contested amount, credit notes since the opening already deducted;
        ``None`` = everything that is left to pay
    :param due_date: the instalment contested; ``None`` = the invoice as a whole
    """

    amount: Decimal | None = None
    due_date: date | None = None


def spread(
    contested: Iterable[Contested], residuals: dict[date, Decimal]
) -> dict[date, Decimal]:
    """Contested part of each instalment of one invoice.

    A part of the invoice is held back from its last instalments: what is not contested
    falls due first, as the invoice says.

    :param residuals: due date -> what is left to pay of that instalment
    :return: due date -> contested part, never more than what is left
    """
    left = {day: amount for day, amount in residuals.items() if amount > 0}
    found = dict.fromkeys(left, ZERO)
    for one in contested:
        wanted = one.amount
        days = sorted(left, reverse=True)
        if one.due_date is not None:
            days = [day for day in days if day == one.due_date]
        for day in days:
            part = left[day] if wanted is None else min(left[day], max(wanted, ZERO))
            found[day] += part
            left[day] -= part
            wanted = None if wanted is None else wanted - part
    return found


def promise_outcome(
    amount: Decimal, received: Decimal, residual: Decimal, disputed: Decimal = ZERO
) -> str:
    """State of a promise from real cash.

    What is asked of the customer is never more than what he still owes: credit notes,
    write-offs and contested parts lower it. A promise that nothing is left of, without a
    payment, is cancelled rather than kept.

    :param amount: amount promised
    :param received: cash matched with the items since the promise was given
    :param residual: what is left to pay of the items now
    :param disputed: contested part of it
    """
    needed = min(amount, received + max(residual - disputed, ZERO))
    if received >= needed:
        return KEPT if received > 0 else CANCELLED
    return PARTLY if received > 0 else BROKEN


@dataclass(frozen=True)
class PlanStatus:
    """Where a payment plan stands on a day.

    :param missed: index of the first instalment missed, or ``None``
    :param following: index of the first instalment not wholly paid, or ``None``
    :param paid: amount received for each instalment, in their order
    """

    state: str
    missed: int | None
    following: int | None
    paid: tuple[Decimal, ...]


def plan_status(
    lines: Sequence[tuple[date, Decimal]],
    received: Decimal,
    owed: Decimal,
    day: date,
) -> PlanStatus:
    """State of a plan from real cash.

    :param lines: ``(last day to pay, tolerance included; amount)`` in the order of dates
    :param received: cash matched with the items since the agreement
    :param owed: what is left to pay of the items, contested parts out
    :param day: local day; an instalment is missed when its last day lies before it
    """
    paid, left, reach, missed = [], received, received + owed, None
    following = None
    for index, (deadline, amount) in enumerate(lines):
        asked = min(amount, max(reach, ZERO))
        reach -= asked
        part = min(max(left, ZERO), asked)
        left -= part
        paid.append(part)
        if part < asked:
            following = index if following is None else following
            if deadline < day and missed is None:
                missed = index
    if owed <= 0:
        state = KEPT if received > 0 else CANCELLED
        return PlanStatus(state, None, None, tuple(paid))
    return PlanStatus(
        RUNNING if missed is None else BROKEN, missed, following, tuple(paid)
    )


def instalments(total: Decimal, count: int, cent: Decimal) -> list[Decimal]:
    """``total`` in ``count`` equal parts of the currency; the last one takes the rest."""
    part = (total / count).quantize(cent)
    return [part] * (count - 1) + [total - part * (count - 1)]
