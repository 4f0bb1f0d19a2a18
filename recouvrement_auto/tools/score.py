"""A first score of payment risk: points that add up, one readable factor each.

0 is the best customer, 100 the worst; grades A to E cut the points. A sorting aid: no
order, price or notice follows from a grade alone (scoring.md sections 0 and 4.5). A
customer with too little history has no grade: whatever the model, the first invoice of
a customer cannot be predicted (scoring.md section 0, line 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .segment import PaymentFacts, Thresholds, exact, percent, shrunk_ratio, whole

GRADES = ("A", "B", "C", "D", "E")
ONE = Decimal(1)

Factor = tuple[str, int, dict]


@dataclass(frozen=True)
class Weights:
    """Most points that each factor can give; together they are 100.

    The points of an external signal come on top, as far as 100 are not reached.

    ``cuts`` are the first points of grades B, C, D and E. The ``full_`` figures say at
    which value a factor gives all its points.
    """

    late_ratio: int = 40
    late30_ratio: int = 20
    oldest_open: int = 15
    median_delay: int = 10
    broken_promises: int = 8
    recent_drift: int = 4
    disputes_lost: int = 3
    signal_watch: int = 10
    signal_alert: int = 25
    signal_critical: int = 60
    full_late30: Decimal = Decimal("0.50")
    full_oldest_days: int = 90
    full_median_days: int = 60
    full_promises: int = 2
    full_drift_days: int = 15
    full_disputes: int = 3
    cuts: tuple[int, int, int, int] = (10, 25, 40, 60)
    short_history: int = 10


@dataclass(frozen=True)
class Score:
    """Grade and points with the factors that make them.

    ``factors`` are ``(key, points, values)``, the customer's own record first, then the
    heaviest; factors without points are left out. ``grade`` and ``points`` are ``None``
    for a customer without enough history.
    """

    grade: str | None
    points: int | None
    factors: tuple[Factor, ...]
    short_history: bool = False


def scorecard(
    facts: PaymentFacts,
    company_late_ratio,
    company_late30_ratio,
    thresholds: Thresholds | None = None,
    weights: Weights | None = None,
) -> Score:
    """Score of a customer; arguments as ``segment.decide``."""
    thresholds = thresholds or Thresholds()
    weights = weights or Weights()
    if facts.manual_litigation:
        return Score(GRADES[-1], 100, (("manual_litigation", 100, {}),))
    if facts.seen < thresholds.new_below:
        values = {"seen": facts.seen, "limit": thresholds.new_below}
        signals = _signal_factors(facts, weights, 0)
        return Score(None, None, (("few_invoices", 0, values), *signals))
    own, *others = (
        *_ratio_factors(
            facts, company_late_ratio, company_late30_ratio, thresholds, weights
        ),
        *_open_factors(facts, weights),
        *_history_factors(facts, weights),
    )
    others = [f for f in others if f[1] > 0]
    left = 100 - own[1] - sum(f[1] for f in others)
    others += _signal_factors(facts, weights, left)
    others.sort(key=lambda f: (-f[1], f[0]))
    factors = (own, *others)
    points = min(100, sum(points for _key, points, _values in factors))
    short = facts.seen < weights.short_history
    return Score(grade(points, weights.cuts), points, factors, short)


def grade(points: int, cuts: tuple[int, ...] = Weights.cuts) -> str:
    """Letter of the points: A under the first cut, E from the last on."""
    return GRADES[sum(points >= cut for cut in cuts)]


def _signal_factors(facts, weights, left):
    """The worst external signal in force, and how many there are."""
    counts = facts.signals_critical, facts.signals_alert, facts.signals_watch
    if not any(counts):
        return ()
    points = weights.signal_critical, weights.signal_alert, weights.signal_watch
    worst = next(p for p, count in zip(points, counts, strict=True) if count)
    return (("signals", min(worst, left), {"count": sum(counts)}),)


def _ratio_factors(facts, company_late, company_late30, thresholds, weights):
    k = thresholds.shrink
    late = shrunk_ratio(facts.late, facts.seen, company_late, k)
    late30 = shrunk_ratio(facts.late30, facts.seen, company_late30, k)
    return (
        _factor(
            "late_ratio",
            weights.late_ratio,
            late,
            1,
            {"count": facts.late, "seen": facts.seen, "percent": percent(late)},
        ),
        _factor(
            "late30_ratio",
            weights.late30_ratio,
            late30,
            weights.full_late30,
            {"count": facts.late30, "seen": facts.seen, "percent": percent(late30)},
        ),
    )


def _open_factors(facts, weights):
    values = {
        "days": facts.oldest_open_days,
        "count": facts.open_overdue_count,
        "amount": str(facts.open_overdue_amount),
    }
    oldest = facts.oldest_open_days
    return (
        _factor(
            "oldest_open", weights.oldest_open, oldest, weights.full_oldest_days, values
        ),
    )


def _history_factors(facts, weights):
    median = exact(facts.median_delay or 0)
    drift = Decimal(0)
    if facts.last5_delay is not None and facts.mean_delay is not None:
        drift = exact(facts.last5_delay) - exact(facts.mean_delay)
    promises = facts.promises_broken, facts.promises_kept
    disputes = facts.disputes_lost, facts.disputes_won
    rows = (
        ("median_delay", median, weights.full_median_days, {"days": whole(median)}),
        (
            "broken_promises",
            _weighed(*promises),
            weights.full_promises,
            {"count": promises[0], "seen": sum(promises)},
        ),
        ("recent_drift", drift, weights.full_drift_days, {"days": whole(drift)}),
        (
            "disputes_lost",
            _weighed(*disputes),
            weights.full_disputes,
            {"count": disputes[0], "seen": sum(disputes)},
        ),
    )
    return tuple(
        _factor(key, getattr(weights, key), value, full, values)
        for key, value, full, values in rows
    )


def _weighed(bad: int, good: int) -> Decimal:
    """``bad`` in proportion of its share: two of ten weigh less than two of two."""
    return Decimal(bad * bad) / (bad + good) if bad else Decimal(0)


def _factor(key: str, most: int, value, full, values: dict) -> Factor:
    """Points in proportion of ``value`` to ``full``, between 0 and ``most``."""
    if value <= 0:
        return key, 0, values
    share = min(ONE, exact(value) / exact(full))
    return key, whole(most * share), values
