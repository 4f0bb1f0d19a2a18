from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools.sampling import at_random, largest

AMOUNTS = st.dictionaries(
    st.integers(1, 500),
    st.integers(-(10**6), 10**7).map(lambda n: Decimal(n) / 100),
    max_size=40,
)


@given(AMOUNTS, st.integers(1, 100))
def test_largest_reach_the_share_and_not_more(amounts, percent):
    chosen = largest(amounts, Decimal(percent))
    owed = sum((a for a in amounts.values() if a > 0), Decimal(0))
    wanted = owed * percent / 100
    reached = sum((amounts[key] for key in chosen), Decimal(0))
    assert reached >= wanted
    assert not chosen or reached - amounts[chosen[-1]] < wanted
    assert all(amounts[key] > 0 for key in chosen)
    left = [a for key, a in amounts.items() if key not in chosen]
    assert not chosen or not left or max(left) <= amounts[chosen[-1]]


def test_share_outside_is_refused():
    for percent in (0, -1, 101):
        with pytest.raises(ValueError):
            largest({1: Decimal(1)}, Decimal(percent))


@given(st.sets(st.integers(1, 999)), st.integers(0, 30), st.integers(0, 10**6))
def test_the_draw_can_be_repeated(keys, count, seed):
    drawn = at_random(keys, count, seed)
    assert drawn == at_random(sorted(keys, reverse=True), count, seed)
    assert set(drawn) <= keys and len(set(drawn)) == min(count, len(keys))
