import math
import random

import pytest

from recouvrement_auto.tools import anchored_logit as logit


def sample(rows=1500, seed=3, effect=0.8, slope=1.3):
    chance = random.Random(seed)
    anchor = [chance.gauss(-1, 1) for _row in range(rows)]
    useful = [chance.gauss(0, 1) for _row in range(rows)]
    useless = [chance.gauss(0, 1) for _row in range(rows)]
    labels = [
        int(chance.random() < logit.sigmoid(0.4 + slope * a + effect * x))
        for a, x in zip(anchor, useful, strict=True)
    ]
    return anchor, {"useful": useful, "useless": useless}, labels


def objective(weights, anchor, columns, labels):
    """What the fit minimises, written out once more in the slowest way."""
    total = weights[0] ** 2 / 2 * logit.PRIOR_INTERCEPT
    total += (weights[1] - 1) ** 2 / 2 * logit.PRIOR_ANCHOR
    total += sum(w * w / 2 * logit.PRIOR_WEIGHT for w in weights[2:])
    for row, label in enumerate(labels):
        x = weights[0] + weights[1] * anchor[row]
        x += sum(w * c[row] for w, c in zip(weights[2:], columns.values(), strict=True))
        total -= math.log(logit.sigmoid(x if label else -x))
    return total


def test_the_truth_is_found():
    anchor, columns, labels = sample(12_000)
    found = logit.fit(anchor, columns, labels)
    assert found["intercept"] == pytest.approx(0.4, abs=0.12)
    assert found["anchor"] == pytest.approx(1.3, abs=0.12)
    assert found["weights"]["useful"] == pytest.approx(0.8, abs=0.12)
    assert abs(found["weights"]["useless"]) < 0.05


def test_the_weights_are_the_minimum():
    anchor, columns, labels = sample(400)
    found = logit.fit(anchor, columns, labels)
    best = [found["intercept"], found["anchor"], *found["weights"].values()]
    least = objective(best, anchor, columns, labels)
    for place in range(len(best)):
        for move in (-1e-3, 1e-3):
            moved = list(best)
            moved[place] += move
            assert objective(moved, anchor, columns, labels) > least


def test_few_rows_are_the_rule():
    anchor, columns, labels = sample(12)
    found = logit.fit(anchor, columns, labels)
    assert found["anchor"] == pytest.approx(1, abs=0.2)
    assert all(abs(weight) < 0.1 for weight in found["weights"].values())


def test_rare_target_does_not_diverge():
    anchor, columns, _labels = sample(2000)
    labels = [0] * 2000
    labels[7] = labels[1300] = 1
    found = logit.fit([-9.0] * 2000, columns, labels)
    assert all(abs(w) < 5 for w in (found["intercept"], found["anchor"]))
    separated = logit.fit(
        anchor, {"x": [a * 9 for a in anchor]}, [int(a > 0) for a in anchor]
    )
    assert math.isfinite(separated["weights"]["x"])


def test_a_driver_with_the_wrong_sign_is_dropped():
    anchor, columns, labels = sample(3000, effect=-0.8)
    free = logit.fit(anchor, columns, labels)
    assert free["weights"]["useful"] < -0.3
    bound = logit.fit(anchor, columns, labels, signs=("useful",))
    assert "useful" not in bound["weights"]
    assert bound["dropped"] == ["useful"]


def test_same_rows_same_weights():
    assert logit.fit(*sample()) == logit.fit(*sample())


def test_another_start_changes_nothing():
    rows = sample()
    found = logit.fit(*rows)
    far = {"intercept": -1.5, "anchor": 0.2, "weights": {"useless": 1.0}}
    for start in (found, far):
        again = logit.fit(*rows, start=start)
        assert again["intercept"] == pytest.approx(found["intercept"], abs=2e-8)
        assert again["anchor"] == pytest.approx(found["anchor"], abs=2e-8)
        assert again["weights"] == pytest.approx(found["weights"], abs=2e-8)


def test_standard_units():
    column = [1.0, 2.0, 3.0, math.nan, 1000.0]
    means, scales, out = logit.standardise({"x": column, "flat": [2.0] * 5})
    assert out["x"][3] == 0.0
    assert max(out["x"]) <= logit.CLIP
    assert out["flat"] == [0.0] * 5
    assert (means["flat"], scales["flat"]) == (2.0, 0.0)
    assert logit.scaled([1e9, -1e9], 0.0, 1.0) == [logit.CLIP, -logit.CLIP]
