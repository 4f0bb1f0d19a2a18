"""Which agent gets a customer: the first rule whose conditions all fit (practice.md P6)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PortfolioRule:
    """Conditions of a rule; an empty one asks nothing."""

    rule_id: int
    user_id: int
    segments: frozenset[int] = frozenset()
    salespersons: frozenset[int] = frozenset()
    countries: frozenset[int] = frozenset()
    zips: tuple[str, ...] = ()  # beginnings of the postcode
    letter_from: str = ""
    letter_to: str = ""
    min_overdue: Decimal = Decimal(0)
    max_overdue: Decimal = Decimal(0)  # 0 = no upper end


@dataclass(frozen=True)
class Candidate:
    """A customer as the rules see him; ids are 0 for none, amounts in company currency."""

    customer_id: int
    name: str = ""
    segment_id: int = 0
    salesperson_id: int = 0
    country_id: int = 0
    zip: str = ""
    overdue: Decimal = Decimal(0)


def letters(text: str) -> str:
    """The text in plain capital letters, without accents and signs."""
    plain = unicodedata.normalize("NFKD", text or "")
    return "".join(sign for sign in plain if sign.isalnum()).upper()


def zip_codes(text: str) -> tuple[str, ...]:
    """Beginnings of postcodes written with commas or spaces between them."""
    return tuple((text or "").replace(",", " ").replace(";", " ").split())


def first_rule(
    rules: Iterable[PortfolioRule], candidate: Candidate
) -> PortfolioRule | None:
    """The first rule that fits, in the order given, or None."""
    return next((rule for rule in rules if fits(rule, candidate)), None)


def fits(rule: PortfolioRule, candidate: Candidate) -> bool:
    """True when every condition of the rule holds."""
    for wanted, found in (
        (rule.segments, candidate.segment_id),
        (rule.salespersons, candidate.salesperson_id),
        (rule.countries, candidate.country_id),
    ):
        if wanted and found not in wanted:
            return False
    if rule.zips and not (candidate.zip or "").startswith(rule.zips):
        return False
    if candidate.overdue < rule.min_overdue:
        return False
    if rule.max_overdue and candidate.overdue > rule.max_overdue:
        return False
    return _between_letters(rule, candidate.name)


def _between_letters(rule: PortfolioRule, name: str) -> bool:
    """The name begins between the two beginnings, ends included."""
    first, last = letters(rule.letter_from), letters(rule.letter_to)
    own = letters(name)
    if first and own[: len(first)] < first:
        return False
    return not (last and own[: len(last)] > last)
