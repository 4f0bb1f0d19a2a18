"""Hours and cost of the work that people did, from what they logged. An estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Work of people over a period.

    ``hours`` in all, ``hours_per_file`` on average per customer dealt with, ``cost`` of the
    hours and ``cost_per_message`` that left; money in the currency of the hourly cost.
    """

    hours: float
    hours_per_file: float
    cost: float
    cost_per_message: float


def effort(
    counts: Mapping[str, int],
    minutes: Mapping[str, float],
    files: int,
    messages: int,
    hourly_cost: float,
) -> Effort:
    """Sum the minutes of each logged action.

    :param counts: how often each kind of action was logged by a person
    :param minutes: minutes of one such action; a kind without minutes counts nothing
    :param files: customers dealt with; :param messages: messages that left
    """
    hours = sum(count * minutes.get(kind, 0.0) for kind, count in counts.items()) / 60
    cost = hours * hourly_cost
    return Effort(
        hours=hours,
        hours_per_file=hours / files if files else 0.0,
        cost=cost,
        cost_per_message=cost / messages if messages else 0.0,
    )
