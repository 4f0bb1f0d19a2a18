"""The statistic of `setup/bench no_harm`, and what its report calls a miss."""

from math import exp
from random import Random

import pytest
from benchmarks import no_harm
from benchmarks._paired import factor, signed_rank_cut


@pytest.mark.parametrize(
    ("count", "cut"), [(5, 0), (6, 0), (8, 3), (10, 8), (20, 52), (50, 434)]
)
def test_tables_of_the_signed_ranks(count, cut):
    """Two-sided 5 % points of Wilcoxon's tables; none below six pairs."""
    assert signed_rank_cut(count) == cut


def test_a_factor_is_found_and_a_disturbed_round_moves_it_little():
    pairs = [(1.0 + index / 10, (1.0 + index / 10) * 1.02) for index in range(20)]
    assert factor(pairs) == pytest.approx((1.02, 1.02, 1.02))
    pairs[3] = (1.0, 9.0)
    assert factor(pairs) == pytest.approx((1.02, 1.02, 1.02))


def test_order_of_the_two_turns_the_factor_round():
    pairs = [(1.0, 1.0 + index / 50) for index in range(1, 12)]
    value, low, high = factor(pairs)
    turned = factor([(after, before) for before, after in pairs])
    assert turned == pytest.approx((1 / value, 1 / high, 1 / low))
    assert low < value < high


def test_it_holds_the_truth_as_often_as_it_says():
    """Also with heavy tails, which a busy machine has."""
    chance, held = Random(1), 0
    for _turn in range(600):
        noise = [
            chance.gauss(0, 0.03) * (8 if chance.random() < 0.1 else 1)
            for _ in range(16)
        ]
        _value, low, high = factor([(1.0, exp(0.02 + one)) for one in noise])
        held += low <= exp(0.02) <= high
    assert held / 600 >= 0.93


def test_four_times_the_rounds_halve_the_interval():
    chance = Random(2)

    def width(count):
        pairs = [(1.0, exp(chance.gauss(0, 0.04))) for _ in range(count)]
        _value, low, high = factor(pairs)
        return high - low

    short, long = (sum(width(n) for _ in range(20)) for n in (15, 60))
    assert 0.4 < long / short < 0.6


def test_nothing_measured_is_an_error():
    with pytest.raises(ValueError, match="no pair"):
        factor([])


@pytest.mark.parametrize(
    ("after", "queries", "code"), [(1.0, 12, 0), (1.0, 13, 1), (1.2, 10, 1)]
)
def test_too_slow_or_too_many_queries_fail(after, queries, code, capsys):
    rounds = [{"post": [1.0, after]} for _ in range(10)]
    counts = {"post": [(10, 1000), (queries, 1001)]}
    assert no_harm.report(rounds, counts, 20) == code
    assert "1.0010" in capsys.readouterr().out
