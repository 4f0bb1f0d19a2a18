"""Logistic regression that starts from a rule and moves only as far as the data say.

logit P = a + b * anchor + sum of w_j * z_j, with b drawn to 1 and each w_j to 0: with few
rows it is the rule. Standard library only; the same rows give the same weights on every
machine to the digits that are kept. Source of the form: scoring.md section 4.1.
"""

from __future__ import annotations

import math
from operator import add, mul, sub

# Precisions of the priors: b ~ N(1, 1/20), w ~ N(0, 1/200), a ~ N(0, 1).
PRIOR_INTERCEPT, PRIOR_ANCHOR, PRIOR_WEIGHT = 1.0, 20.0, 200.0
CLIP = 4.0
ROUNDS = 40
HALVINGS = 30
SMALL_STEP = 0.01
ENOUGH = 1e-8  # what is left after such a step is smaller than what is kept
ROUGH = 1e-3
NOISE = 1e-14  # share of the loss that is rounding
DIGITS = 8
CURVED_ROWS = 8000  # enough for the curvature


def standardise(columns):
    """``(means, scales, columns)``: clipped to +-4, what is missing becomes 0.

    A constant column has scale 0 and says nothing.
    """
    means, scales, out = {}, {}, {}
    for name, column in columns.items():
        known = [value for value in column if value == value]
        mean = math.fsum(known) / len(known) if known else 0.0
        spread = math.fsum((value - mean) ** 2 for value in known)
        scale = math.sqrt(spread / len(known)) if known else 0.0
        means[name] = round(mean, DIGITS)
        scales[name] = round(scale, DIGITS)
        out[name] = scaled(column, means[name], scales[name])
    return means, scales, out


def scaled(column, mean, scale):
    """A column in standard units."""
    if not scale:
        return [0.0] * len(column)
    return [
        min(max((value - mean) / scale, -CLIP), CLIP) if value == value else 0.0
        for value in column
    ]


def sigmoid(x: float) -> float:
    """Probability of log-odds, without overflow."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    e = math.exp(x)
    return e / (1 + e)


def fit(anchor, columns, labels, signs=(), start=None, enough=ENOUGH):
    """Weights of the model: ``{"intercept", "anchor", "weights", "dropped"}``.

    :param anchor: log-odds that the rule gives
    :param columns: ``{name: standardised values}``
    :param labels: 0 or 1
    :param signs: names whose weight may not be negative: a risk driver with the wrong
        sign is dropped and the fit redone
    :param start: weights of a like fit, from which the search sets out: it saves time and
        changes nothing
    :param enough: a step of the search so small ends it
    """
    names, dropped = list(columns), []
    near = {"intercept": 0.0, "anchor": 1.0, "weights": {}, **(start or {})}
    # Signs are told by a rough search; the last one is to the end.
    until = max(ROUGH, enough)
    while True:
        found = _newton(
            [anchor, *(columns[name] for name in names)],
            labels,
            [near["intercept"], near["anchor"]]
            + [near["weights"].get(name, 0.0) for name in names],
            until,
        )
        weights = dict(zip(names, found[2:], strict=True))
        near = {"intercept": found[0], "anchor": found[1], "weights": weights}
        wrong = [name for name in names if name in signs and weights[name] < 0]
        if wrong:
            worst = min(wrong, key=lambda name: (weights[name], name))
            names.remove(worst)
            dropped.append(worst)
        elif until > enough:
            until = enough
        else:
            break
    return {
        "intercept": round(found[0], DIGITS),
        "anchor": round(found[1], DIGITS),
        "weights": {name: round(weight, DIGITS) for name, weight in weights.items()},
        "dropped": dropped,
    }


def _newton(columns, labels, weights, enough):
    """Damped Newton: plain Newton diverges on rare targets.

    The curvature, which is most of the work, is kept while the steps are small.
    """
    size = len(columns) + 1
    centre = [0.0, 1.0] + [0.0] * (size - 2)
    prior = [PRIOR_INTERCEPT, PRIOR_ANCHOR] + [PRIOR_WEIGHT] * (size - 2)
    loss, chances = _loss(weights, columns, labels, centre, prior)
    largest = math.inf
    for _round in range(ROUNDS):
        if largest > SMALL_STEP:
            root = _root(_hessian(chances, columns, prior))
        step = _solve(root, _gradient(weights, chances, columns, labels, centre, prior))
        largest = max(map(abs, step))
        if largest < enough:
            return list(map(sub, weights, step))
        share = 1.0
        for _halving in range(HALVINGS):
            moved = [w - share * s for w, s in zip(weights, step, strict=True)]
            new_loss, new_chances = _loss(moved, columns, labels, centre, prior)
            if new_loss <= loss + NOISE * abs(loss):
                break
            share /= 2
        else:
            return weights
        weights, chances, loss = moved, new_chances, new_loss
        largest *= share
    return weights


def _loss(weights, columns, labels, centre, prior):
    """Negative log-posterior, and the chances on the way."""
    chances, parts = [], []
    scores = linear(weights[0], list(zip(weights[1:], columns, strict=True)))
    for x, y in zip(scores, labels, strict=True):
        # log(1 + e^x) - y x, in the form that does not overflow.
        e = math.exp(-abs(x))
        if x > 0:
            chances.append(1 / (1 + e))
            parts.append(x - y * x + math.log1p(e))
        else:
            chances.append(e / (1 + e))
            parts.append(math.log1p(e) - y * x)
    loss = math.fsum(parts)
    loss += sum(
        p * (w - c) ** 2 / 2 for p, w, c in zip(prior, weights, centre, strict=True)
    )
    return loss, chances


def linear(intercept, terms):
    """``intercept`` plus the weighted columns."""
    total = None
    for weight, column in terms:
        part = [weight * value for value in column]
        total = part if total is None else list(map(add, total, part))
    return [intercept + value for value in total or ()]


def _gradient(weights, chances, columns, labels, centre, prior):
    wrong = list(map(sub, chances, labels))
    slopes = [sum(wrong)] + [sum(map(mul, wrong, column)) for column in columns]
    return [
        g + p * (w - c)
        for g, p, w, c in zip(slopes, prior, weights, centre, strict=True)
    ]


def _hessian(chances, columns, prior):
    """Lower half of the second derivatives.

    Of many rows every so-manieth is read: it says where to go, the gradient where to stop.
    """
    size = len(prior)
    skip = max(1, len(chances) // CURVED_ROWS)
    columns = [column[::skip] for column in columns] if skip > 1 else columns
    part = len(chances) / max(len(chances[::skip]), 1)
    heavy = [p * (1 - p) * part for p in chances[::skip]]
    hessian = [[0.0] * size for _row in range(size)]
    hessian[0][0] = sum(heavy)
    for i, column in enumerate(columns, 1):
        weighted = list(map(mul, heavy, column))
        hessian[i][0] = sum(weighted)
        for j in range(1, i + 1):
            hessian[i][j] = sum(map(mul, weighted, columns[j - 1]))
    for i in range(size):
        hessian[i][i] += prior[i]
    return hessian


def _root(lower):
    """Cholesky root of a positive definite matrix of which the lower half is given."""
    size = len(lower)
    root = [[0.0] * size for _row in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = lower[i][j] - sum(map(mul, root[i][:j], root[j][:j]))
            root[i][j] = math.sqrt(rest) if i == j else rest / root[j][j]
    return root


def _solve(root, vector):
    """Solution of (root x its transpose) * x = vector."""
    size = len(vector)
    half = []
    for i in range(size):
        half.append((vector[i] - sum(map(mul, root[i][:i], half))) / root[i][i])
    found = [0.0] * size
    for i in reversed(range(size)):
        rest = half[i] - sum(root[k][i] * found[k] for k in range(i + 1, size))
        found[i] = rest / root[i][i]
    return found
