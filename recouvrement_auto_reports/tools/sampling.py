"""Which balances an auditor asks to have confirmed. Standard library only."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal


def largest(amounts: Mapping[int, Decimal], percent: Decimal) -> list[int]:
    """Keys of the largest positive amounts that together reach ``percent`` of their sum.

    Equal amounts by key, so that the same question has the same answer. ``ValueError``
    unless 0 < percent <= 100.
    """
    if not 0 < percent <= 100:
        raise ValueError(percent)
    owed = {key: amount for key, amount in amounts.items() if amount > 0}
    wanted = sum(owed.values(), Decimal(0)) * Decimal(percent) / 100
    chosen, reached = [], Decimal(0)
    for key in sorted(owed, key=lambda k: (-owed[k], k)):
        if reached >= wanted:
            break
        chosen.append(key)
        reached += owed[key]
    return chosen


def at_random(keys, count: int, seed: int) -> list[int]:
    """``count`` of ``keys`` drawn without the drawer's influence: the seed is written
    down, so that the auditor can draw again and find the same."""
    ordered = sorted(keys)
    return sorted(random.Random(seed).sample(ordered, min(count, len(ordered))))
