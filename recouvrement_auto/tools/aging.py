"""Age of an open item: days late, and the column of the aged balance it belongs to."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

DEFAULT_LIMITS = (0, 30, 60, 90)


def days_late(due: date, day: date) -> int:
    """Calendar days from ``due`` to ``day``; zero or negative while not late.

    An item due today is not late: lateness starts the day after (L441-10 II of the
    commercial code, LP-1 in legal-fr.md).
    """
    return (day - due).days


@dataclass(frozen=True)
class Buckets:
    """Columns of an aged balance, cut by limits in days late.

    ``Buckets((0, 30, 60, 90))`` cuts into: up to 0 (not due), 1 to 30, 31 to 60,
    61 to 90, more than 90. ``ValueError`` unless the limits rise strictly.
    """

    limits: tuple[int, ...] = DEFAULT_LIMITS

    def __post_init__(self):
        limits = tuple(self.limits)
        if not limits or any(a >= b for a, b in pairwise(limits)):
            raise ValueError("The limits of an aged balance must rise strictly.")
        object.__setattr__(self, "limits", limits)

    def __len__(self) -> int:
        return len(self.limits) + 1

    def index(self, days: int) -> int:
        """Column of an item that is ``days`` late: 0 is the youngest."""
        return bisect_left(self.limits, days)

    def bounds(self) -> tuple[tuple[int | None, int | None], ...]:
        """First and last day late of each column, ``None`` where it is open-ended."""
        firsts = (None, *(limit + 1 for limit in self.limits))
        return tuple(zip(firsts, (*self.limits, None), strict=True))

    def labels(self) -> tuple[str, ...]:
        """Column heads without words: ``≤ 0``, ``1-30``, ``31-60``, ... ``> 90``."""
        return tuple(_label(first, last) for first, last in self.bounds())


def _label(first: int | None, last: int | None) -> str:
    if first is None:
        return f"≤ {last}"
    if last is None:
        return f"> {first - 1}"
    return str(first) if first == last else f"{first}-{last}"
