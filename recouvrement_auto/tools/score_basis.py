"""What a score was computed from, as plain data: enough to compute it again.

Fractions are kept as text, so that what comes back is what went in.
"""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from functools import lru_cache

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
        "thresholds": dict(_plain_settings(thresholds)),
        "weights": dict(_plain_settings(weights)),
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


@lru_cache(maxsize=64)
def _plain_settings(values) -> dict:
    """``_plain`` of what all customers of a company share."""
    return _plain(values)


def _plain(values) -> dict:
    return {
        name: _text(value)
        for name, usual in _usual(type(values)).items()
        if (value := getattr(values, name)) != usual
    }


@lru_cache(maxsize=8)
def _usual(kind) -> dict:
    """Fields of a class with their defaults, in their order."""
    usual = kind()
    return {field.name: getattr(usual, field.name) for field in fields(kind)}


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
