"""Honest intervals for shares: Wilson for one, Newcombe's hybrid score for a difference.

Both hold their level for small samples and for shares near 0 or 1, where the usual "plus or
minus" interval does not (Newcombe 1998, methods 3 and 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """A share or a difference of shares with its bounds, all between -1 and 1."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """True when the whole interval lies on one side of zero."""
        return self.low > 0 or self.high < 0


def wilson(successes: int, total: int, z: float = Z95) -> Interval | None:
    """Score interval of a share; ``None`` without observations.

    ``ValueError`` unless ``0 <= successes <= total``.
    """
    if not 0 <= successes <= total:
        raise ValueError("Successes lie between 0 and the number of observations.")
    if not total:
        return None
    share = successes / total
    centre = share + z * z / (2 * total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    low, high = (centre - half) / scale, (centre + half) / scale
    return Interval(share, max(min(low, share), 0.0), min(max(high, share), 1.0))


def newcombe(
    successes: int, total: int, base_successes: int, base_total: int, z: float = Z95
) -> Interval | None:
    """Interval of ``successes/total - base_successes/base_total``; ``None`` when one of
    the groups is empty."""
    one, base = wilson(successes, total, z), wilson(base_successes, base_total, z)
    if one is None or base is None:
        return None
    difference = one.value - base.value
    down = sqrt((one.value - one.low) ** 2 + (base.high - base.value) ** 2)
    up = sqrt((one.high - one.value) ** 2 + (base.value - base.low) ** 2)
    return Interval(difference, difference - down, difference + up)
