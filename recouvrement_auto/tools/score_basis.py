"""What a score was computed from, as plain data: enough to compute it again.

Fractions are kept as text, so that what comes back is what went in.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from decimal import Decimal

from .score import Score, Weights, scorecard
from .segment import PaymentFacts, Thresholds

SCHEMA = 1


def basis(
    facts: PaymentFacts, ratios, thresholds: Thresholds, weights: Weights
) -> dict:
    """Everything that ``scorecard`` reads, for JSON; what is zero or usual is left out."""
    return {
        "schema": SCHEMA,
        "facts": _plain(facts),
        "ratios": [repr(float(ratio)) for ratio in ratios],
        "thresholds": _plain(thresholds),
        "weights": _plain(weights),
    }


def score_again(kept: dict) -> Score:
    """The score of a ``basis``; ``ValueError`` when it was made by another version."""
    if kept.get("schema") != SCHEMA:
        raise ValueError(f"Score basis of schema {kept.get('schema')!r}.")
    return scorecard(
        _restored(PaymentFacts, kept["facts"]),
        *(float(ratio) for ratio in kept["ratios"]),
        _restored(Thresholds, kept["thresholds"]),
        _restored(Weights, kept["weights"]),
    )


def _plain(values) -> dict:
    usual = asdict(type(values)())
    return {
        name: _text(value)
        for name, value in asdict(values).items()
        if value != usual[name]
    }


def _text(value):
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    return list(value) if isinstance(value, tuple) else value


def _restored(kind, values):
    known = {field.name for field in fields(kind)}
    return kind(**{name: _value(v) for name, v in values.items() if name in known})


def _value(value):
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return Decimal(text) if kind == "decimal" else float(text)
    return tuple(value) if isinstance(value, list) else value
