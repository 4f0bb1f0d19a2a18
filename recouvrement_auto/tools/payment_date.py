"""When an item will be paid: a day, with the days between which four of five come.

The delay is foretold from the customer's own past delays; of several ways the one with
the smallest error on the company's history is used. The range comes from the errors that
were made there (split-conformal), apart for customers who pay regularly and who do not.
Source: scoring.md sections 3 and 4.1. Days are ordinals, delays days after the due date.
"""

from __future__ import annotations

import math

from .back_test import mean_error, rounded
from .payment_history import LONGEST_DELAY, middle

WAYS = ("mix", "median", "weekday", "company")
USUAL = "mix"  # kept unless another way is better by more than this share
BETTER = 0.02
# In a shorter history the best way so far is chance: customers have not yet shown theirs.
LONG_DAYS = 182
# An item due longer ago shows how late it is, paid or not; less in a short history.
SETTLED_DAYS = 60
COVER = 0.8
ENOUGH = 100  # errors behind one range
GROUPS = 3
FEW_DELAYS = 5


def learn(items, table, day):
    """The way and the ranges, learnt from the settled rows of ``table``."""
    first = min((ask.day for ask in table.asks), default=day)
    settled = min(SETTLED_DAYS, (day - first) // 4)
    rows = [
        row
        for row in range(len(table))
        if day - items[table.asks[row].position].due > settled
    ]
    rows.sort(
        key=lambda row: (table.asks[row].day, str(items[table.asks[row].position].key))
    )
    actual = [_delay(items[table.asks[row].position]) for row in rows]
    paid = [
        (row, delay)
        for row, delay in zip(rows, actual, strict=True)
        if delay is not None
    ]
    errors = {
        way: rounded(
            mean_error(
                [table.delays[way][row] for row, _delay in paid],
                [delay for _row, delay in paid],
            )
        )
        for way in WAYS
    }
    long = day - first >= LONG_DAYS and len(paid) >= 5 * ENOUGH
    way = _best(errors) if long else USUAL
    # The ranges from the newer half: how sure one is changes with the customers.
    start = len(rows) // 2 if len(rows) >= 8 * ENOUGH else 0
    return {
        "way": way,
        "errors": errors,
        **_ranges(table, rows[start:], actual[start:], way),
    }


def _delay(item):
    """Delay of a payment, None for what is unpaid."""
    if item.paid is None:
        return None
    return min(max(item.paid - item.due, -LONGEST_DELAY), LONGEST_DELAY)


def _best(errors):
    known = {way: error for way, error in errors.items() if error is not None}
    if not known:
        return USUAL
    best = min(known, key=lambda way: (known[way], way))
    return best if known[best] < known[USUAL] * (1 - BETTER) else USUAL


def _ranges(table, rows, actual, way):
    """Bounds of the spread of a customer, and per group the errors low and high."""
    spreads = sorted(s for row in rows if (s := table.delays["spread"][row]) == s)
    bounds = sorted(
        {spreads[len(spreads) * part // GROUPS] for part in range(1, GROUPS)}
        if spreads
        else set()
    )
    groups = {}
    every = []
    for row, delay in zip(rows, actual, strict=True):
        error = math.inf if delay is None else delay - table.delays[way][row]
        every.append(error)
        groups.setdefault(_group(table.delays["spread"][row], bounds), []).append(error)
    usual = _quantiles(every)
    return {
        "bounds": bounds,
        "range": usual,
        "ranges": {
            str(group): _quantiles(errors)
            for group, errors in sorted(groups.items())
            if len(errors) >= ENOUGH
        },
    }


def _group(spread, bounds):
    """0 for a customer of whom too little is known, then by spread."""
    return 1 + sum(spread >= bound for bound in bounds) if spread == spread else 0


def _quantiles(errors):
    """``[low, high]`` days around the foretold day that hold ``COVER`` of the errors."""
    if len(errors) < FEW_DELAYS:
        return [-15.0, 30.0]
    ordered = sorted(errors)
    tail = (1 - COVER) / 2
    low = max(math.floor(tail * (len(ordered) + 1)) - 1, 0)
    high = min(math.ceil((1 - tail) * (len(ordered) + 1)) - 1, len(ordered) - 1)
    return [
        max(min(ordered[low], 0.0), -LONGEST_DELAY),
        min(max(ordered[high], 0.0), LONGEST_DELAY),
    ]


def foretell(learnt, table, items):
    """``{"delay", "low", "high"}``: days after the due date, for each row of ``table``.

    An item cannot be paid before it exists: the range starts at its invoice.
    """
    delays, lows, highs = [], [], []
    for row, ask in enumerate(table.asks):
        item = items[ask.position]
        first = min(item.invoiced - item.due, 0)
        delay = max(table.delays[learnt["way"]][row], first)
        group = str(_group(table.delays["spread"][row], learnt["bounds"]))
        low, high = learnt["ranges"].get(group, learnt["range"])
        delays.append(delay)
        lows.append(max(delay + low, first))
        highs.append(delay + high)
    return {"delay": delays, "low": lows, "high": highs}


def later(delays, late):
    """``(low, middle, high)`` days after the due date for an item ``late`` days overdue.

    From the delays of others that were as late; where there is none, half as late again,
    a month at least.
    """
    if not delays:
        extra = max(30, late // 2)
        return late + 1, late + extra, late + 3 * extra
    count = len(delays)
    return (
        delays[int(count * (1 - COVER) / 2)],
        middle(delays),
        delays[min(int(count * (1 + COVER) / 2), count - 1)],
    )
