"""When an alert starts, lasts and ends: comparisons with a margin against flicker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ABOVE, BELOW = "above", "below"


@dataclass(frozen=True)
class Condition:
    """``measure`` above or below ``threshold``, in the unit of the measure."""

    measure: str
    comparison: str
    threshold: float


def holds(
    value: float | None, condition: Condition, margin: float, active: bool
) -> bool:
    """True when ``value`` satisfies the condition.

    An alert that is on stays on until the value has come back by ``margin`` percent of the
    threshold: a figure that trembles around it makes one alert, not one a day. What is not
    known (``None``) satisfies nothing.
    """
    if value is None:
        return False
    slack = abs(condition.threshold) * margin / 100 if active else 0.0
    if condition.comparison == ABOVE:
        limit = condition.threshold - slack
        return value >= limit if active else value > limit
    limit = condition.threshold + slack
    return value <= limit if active else value < limit


def is_on(
    values: dict, conditions: Iterable[Condition], margin: float, active: bool
) -> bool:
    """True when every condition holds; a rule without conditions is never on."""
    checks = [holds(values.get(one.measure), one, margin, active) for one in conditions]
    return bool(checks) and all(checks)
