import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recouvrement_auto.tools import back_test

rows = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.integers(0, 1)),
    min_size=1,
    max_size=60,
)


def split(pairs):
    return [p for p, _y in pairs], [y for _p, y in pairs]


@given(rows)
def test_auc_is_the_share_of_pairs_in_the_right_order(pairs):
    chances, labels = split(pairs)
    late = [p for p, y in pairs if y]
    good = [p for p, y in pairs if not y]
    if not late or not good:
        assert back_test.auc(chances, labels) is None
        return
    right = sum((a > b) + (a == b) / 2 for a in late for b in good)
    assert back_test.auc(chances, labels) == pytest.approx(
        right / len(late) / len(good)
    )


def test_the_error_of_an_auc_by_chance():
    """The rank sum of 3 late among 8 has the variance 3 * 5 * 9 / 12."""
    assert back_test.auc_error([1, 1, 1, 0, 0, 0, 0, 0]) == pytest.approx(
        (3 * 5 * 9 / 12) ** 0.5 / 15
    )
    assert back_test.auc_error([1, 1]) is None


@given(rows)
@example([(chance, 0) for chance in (0.0, 0.0, 0.25, 0.9, 1.0, 0.0, 0.9, 0.9)])
def test_figures_do_not_depend_on_the_order(pairs):
    shuffled = list(pairs)
    random.Random(1).shuffle(shuffled)
    first = back_test.figures(*split(pairs))
    assert back_test.figures(*split(shuffled)) == pytest.approx(first)


def test_brier_and_calibration():
    chances, labels = [0.2] * 10 + [0.8] * 10, [0] * 8 + [1] * 2 + [1] * 8 + [0] * 2
    assert back_test.brier(chances, labels) == pytest.approx(0.16)
    assert back_test.calibration_error(chances, labels) == pytest.approx(0)
    assert back_test.calibration(chances, labels) == [
        (10, pytest.approx(0.2), 0.2),
        (10, pytest.approx(0.8), 0.8),
    ]
    assert back_test.calibration_error([0.9] * 4, [0, 0, 1, 1]) == pytest.approx(0.4)
    assert back_test.calibration([1.0], [1]) == [(1, 1.0, 1.0)]


def test_lift_of_the_riskiest_tenth():
    labels = [1] * 4 + [0] * 36
    perfect = [0.9] * 4 + [0.1] * 36
    assert back_test.lift(perfect, labels) == pytest.approx(10)
    # Nothing is told apart: the riskiest tenth holds its share, whatever the order.
    assert back_test.lift([0.5] * 40, labels) == pytest.approx(1)
    assert back_test.lift([0.5], [0]) is None


def test_nothing_to_judge():
    assert back_test.figures([], []) == dict.fromkeys(("auc", "brier", "ece", "lift"))
    assert back_test.mean_error([], []) is None
    assert back_test.mean_error([1.0, 5.0], [2, 2]) == 2
