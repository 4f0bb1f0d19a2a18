"""Intervals against published examples, and their laws."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools.interval import newcombe, wilson

sample = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_published_examples():
    """Newcombe 1998: 81/263 by method 3; 56/70 - 48/80 and 10/10 - 0/10 by method 10."""
    found = wilson(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    found = wilson(0, 20)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0, 0.1611)
    found = newcombe(56, 70, 48, 80)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    found = newcombe(10, 10, 0, 10)
    assert (round(found.low, 4), round(found.high, 4)) == (0.6075, 1.0)


def test_nothing_observed():
    assert wilson(0, 0) is None
    assert newcombe(1, 2, 0, 0) is None
    with pytest.raises(ValueError, match="Successes"):
        wilson(3, 2)


@given(sample)
def test_the_share_lies_inside(pair):
    found = wilson(*pair)
    if found:
        assert 0 <= found.low <= found.value <= found.high <= 1


@given(sample, sample)
def test_the_difference_is_antisymmetric(one, base):
    found, back = newcombe(*one, *base), newcombe(*base, *one)
    if found:
        assert found.low == pytest.approx(-back.high)
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert found.excludes_zero == back.excludes_zero


def test_coverage():
    """Of 4,000 differences between equal groups of 60, about 5 % are called different."""
    dice = random.Random(7)

    def draw():
        return sum(dice.random() < 0.4 for _ in range(60))

    wrong = sum(newcombe(draw(), 60, draw(), 60).excludes_zero for _ in range(4000))
    assert 0.03 < wrong / 4000 < 0.065
