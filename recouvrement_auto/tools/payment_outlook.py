"""What is said of an open item today: chances, days, and the facts behind them.

Days are ordinals. The facts of an item are plain numbers, enough to compute its chances
again with the same model (``chances_from``) and to put them into words.
"""

from __future__ import annotations

from typing import NamedTuple

from .anchored_logit import scaled, sigmoid
from .payment_date import later
from .payment_history import COMMON, HORIZONS, NEW_BELOW, OWN, Ask, observe
from .payment_model import MODEL, falling, predict, still

DIGITS = 5


class Outlook(NamedTuple):
    """Chances between 0 and 1, ``None`` where they say nothing; days as ordinals."""

    position: int
    days_late: int
    chances: tuple
    expected: int
    earliest: int
    latest: int
    seen: int
    facts: dict


def outlook(model, items, positions, today):
    """``Outlook`` of the open items at ``positions`` at the end of ``today``.

    An item that is overdue is judged given its delay so far; no day is in the past.
    """
    asks = [_ask(position, items[position], today) for position in positions]
    table = observe(items, asks)
    found = predict(model, table, items)
    return [
        _of_row(model, items, table, found, row, today) for row in range(len(table))
    ]


def _ask(position, item, today):
    if item.due < today:
        return Ask(position, max(item.due, item.invoiced), today + 1)
    return Ask(position, min(today + 1, max(item.due, item.invoiced)))


def _of_row(model, items, table, found, row, today):
    ask = table.asks[row]
    item = items[ask.position]
    late = max(today - item.due, 0)
    facts = _facts(table, row)
    chances = tuple(column[row] for column in found["chances"])
    if table.seen[row] < NEW_BELOW:
        # The record of a newcomer foretells nothing: the company's rate of newcomers.
        chances = falling([sigmoid(own["anchor"][row]) for own in table.own])
    if late:
        low, middle, high = later(table.beyond[ask.position], late)
        chances = (None, still(chances, late, 1), still(chances, late, 2))
    else:
        low, middle, high = (found[name][row] for name in ("low", "delay", "high"))
    days = [max(round(item.due + one), today + 1) for one in (low, middle, high)]
    return Outlook(
        *(ask.position, late, chances, days[1], min(days), max(days)),
        *(table.seen[row], facts),
    )


def _facts(table, row):
    """The features of a row, rounded, without what is missing."""

    def number(value):
        return round(value, DIGITS) if value == value else None

    return {
        "seen": table.seen[row],
        "late": [column[row] for column in table.late],
        "own": [[number(own[name][row]) for name in OWN] for own in table.own],
        "common": [number(table.common[name][row]) for name in COMMON],
        "median": number(table.delays["median"][row]),
    }


def chances_from(model, facts):
    """The chances of the horizons again, from the facts that were kept."""
    if facts["seen"] < NEW_BELOW:
        return falling([sigmoid(own[OWN.index("anchor")]) for own in facts["own"]])
    return falling(
        [
            sigmoid(sum(value for _name, value in parts_of(model, facts, index)))
            if model["targets"][str(horizon)]["used"] == MODEL
            else facts["own"][index][OWN.index("rule")]
            for index, horizon in enumerate(HORIZONS)
        ]
    )


def parts_of(model, facts, index):
    """``[(name, log-odds)]``: what each fact adds for one horizon, the record first."""
    target = model["targets"][str(HORIZONS[index])]
    values = dict(zip(OWN, facts["own"][index], strict=True))
    values.update(zip(COMMON, facts["common"], strict=True))
    if "weights" not in target:
        return [("anchor", values["anchor"])]
    parts = [("anchor", target["intercept"] + target["anchor"] * values["anchor"])]
    for name, weight in target["weights"].items():
        value = values[name]
        (unit,) = scaled(
            [float("nan") if value is None else value],
            target["means"][name],
            target["scales"][name],
        )
        parts.append((name, weight * unit))
    return parts


def drivers(model, facts, index, most=3, least=0.05):
    """The largest facts that raise and that lower the chance: ``[(name, log-odds)]``.

    The customer's own record always comes first.
    """
    anchor, *others = parts_of(model, facts, index)
    raising = sorted((p for p in others if p[1] >= least), key=lambda p: (-p[1], p[0]))
    lowering = sorted((p for p in others if p[1] <= -least), key=lambda p: (p[1], p[0]))
    return [anchor, *raising[:most], *lowering[:most]]
