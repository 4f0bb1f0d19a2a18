"""How good a prediction was: figures of a back-test, without any library.

Probabilities are between 0 and 1, labels 0 or 1, delays days. ``None`` = not defined (all
labels alike, no row).
"""

from __future__ import annotations

import math

BINS = 10


def auc(chances, labels):
    """Chance that a late item got a higher probability than one in time; ties half."""
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    order = sorted(range(len(labels)), key=lambda i: chances[i])
    ranks, start = 0.0, 0
    while start < len(order):
        stop = start
        while stop < len(order) and chances[order[stop]] == chances[order[start]]:
            stop += 1
        late = sum(labels[order[i]] for i in range(start, stop))
        ranks += late * (start + stop + 1) / 2
        start = stop
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def auc_error(labels):
    """Standard error of the AUC of chances that say nothing (rank sum test), or None."""
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    return math.sqrt((len(labels) + 1) / (12 * positives * negatives))


def brier(chances, labels):
    """Mean squared error of the probabilities: 0 is perfect."""
    if not labels:
        return None
    return math.fsum((p - y) ** 2 for p, y in zip(chances, labels, strict=True)) / len(
        labels
    )


def calibration(chances, labels, bins=BINS):
    """``[(count, mean probability, share late)]`` of the bins of equal width in use."""
    cells = [([], []) for _bin in range(bins)]
    for chance, label in zip(chances, labels, strict=True):
        foretold, seen = cells[min(int(chance * bins), bins - 1)]
        foretold.append(chance)
        seen.append(label)
    # An exact sum: the order of the rows must not decide how a figure is rounded.
    return [(len(p), math.fsum(p) / len(p), sum(y) / len(y)) for p, y in cells if p]


def calibration_error(chances, labels, bins=BINS):
    """Expected calibration error: mean gap between foretold and seen, by rows."""
    if not labels:
        return None
    return math.fsum(
        n * abs(foretold - seen)
        for n, foretold, seen in calibration(chances, labels, bins)
    ) / len(labels)


def lift(chances, labels, share=0.1):
    """How many times more late items the riskiest ``share`` holds than any other."""
    rate = sum(labels) / len(labels) if labels else 0
    if not rate:
        return None
    # Equal probabilities cannot be told apart: each gets its share of the place left.
    count = max(1, round(len(labels) * share))
    order = sorted(range(len(labels)), key=lambda i: -chances[i])
    edge = chances[order[count - 1]]
    above = [labels[i] for i in order if chances[i] > edge]
    level = [labels[i] for i in order if chances[i] == edge]
    found = sum(above) + sum(level) * (count - len(above)) / len(level)
    return found / count / rate


def margin(chances, others, labels, groups):
    """``(mean, standard error)`` of the squared errors of ``chances`` above ``others``.

    Rows of one group err together: the standard error is that of the sums by group.
    """
    if not labels:
        return 0.0, 0.0
    excess, counts = {}, {}
    for p, q, y, group in zip(chances, others, labels, groups, strict=True):
        excess[group] = excess.get(group, 0.0) + (p - y) ** 2 - (q - y) ** 2
        counts[group] = counts.get(group, 0) + 1
    mean = math.fsum(excess.values()) / len(labels)
    spread = math.fsum((excess[g] - mean * counts[g]) ** 2 for g in excess)
    return mean, math.sqrt(spread) / len(labels)


def mean_error(foretold, actual):
    """Mean absolute error, in days."""
    if not actual:
        return None
    return math.fsum(abs(a - b) for a, b in zip(foretold, actual, strict=True)) / len(
        actual
    )


def figures(chances, labels):
    """All the figures of a probability, rounded for storage."""
    return {
        "auc": rounded(auc(chances, labels)),
        "brier": rounded(brier(chances, labels), 5),
        "ece": rounded(calibration_error(chances, labels)),
        "lift": rounded(lift(chances, labels), 2),
    }


def rounded(value, digits=4):
    """``value`` with fewer digits, None stays None."""
    return None if value is None else round(value, digits)
