"""The interval that `setup/bench no_harm` prints."""

from random import Random

import pytest
from benchmarks.no_harm import interval


@pytest.mark.parametrize(
    ("count", "low", "high"), [(1, 0, 0), (5, 0, 4), (6, 0, 5), (7, 0, 6), (12, 2, 9)]
)
def test_known_order_statistics(count, low, high):
    """Tables of the sign test: 6 to 8 values need the extremes, 12 the third from each end."""
    assert interval(list(range(count))) == (low, high)


def test_it_holds_the_median_as_often_as_it_says():
    chance, held = Random(1), 0
    for _turn in range(2000):
        low, high = interval(sorted(chance.gauss(0, 1) for _ in range(12)))
        held += low <= 0 <= high
    assert held / 2000 >= 0.94
