"""Longest payment term that French law allows, and the invoices that go beyond it.

Source: legal-fr.md section 1 (L441-10 I and L441-11 of the commercial code, R2192-10 and
following of the public procurement code). Nothing is corrected and nothing is blocked: a
term that is too long is shown with the article that says so. All delays are calendar
days; a last day that falls on a Sunday stays where it is.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

BUSINESS = "business"
PUBLIC = "public"
CONSUMER = "consumer"

# "45 days end of month" has two lawful counts, and a contract may not say which.
NO = "no"
METHOD_A = "A"  # 45 days after the invoice, then the end of that month
METHOD_B = "B"  # the end of the invoice's month, then 45 days
UNSPECIFIED = "unspecified"

TERM_TOO_LONG = "TERM_TOO_LONG"
ERROR = "error"
WARNING = "warning"

ARTICLES = {
    "PT-2": "L441-10 I al. 2 C. com.",
    "PT-3": "L441-10 I al. 3 C. com.",
    "PT-4": "L441-10 I al. 4 C. com.",
    "PT-10": "R2192-10 CCP",
}


@dataclass(frozen=True)
class Limits:
    """Legal delays in days; a dated record of the caller replaces these defaults."""

    general: int = 60
    end_of_month: int = 45
    periodic: int = 45
    # R2192-10 and R2192-11: State and local authorities, health, public undertakings.
    public: dict = field(
        default_factory=lambda: {"general": 30, "health": 50, "undertaking": 60},
        hash=False,
    )


@dataclass(frozen=True)
class SectorRule:
    """A mandatory cap of L441-11 II: ``days`` after ``start``.

    ``start`` is ``invoice``, ``delivery``, ``end_of_month`` or ``end_of_decade`` (end of
    the month, or of the ten days, of the delivery).
    """

    start: str
    days: int
    article: str = "L441-11 II C. com."
    rule: str = "PT-6"


@dataclass(frozen=True)
class Terms:
    """What decides the cap of an invoice.

    :param delivery_date: reception of the goods or end of the service
    :param reception_date: reception of the payment request by a public buyer
    :param buyer: kind of public buyer, a key of ``Limits.public``
    :param periodic: recapitulative invoice (CGI 289 I-3)
    :param eom45: the contract's "45 days end of month", one of the four constants
    """

    invoice_date: date
    customer: str = BUSINESS
    delivery_date: date | None = None
    reception_date: date | None = None
    buyer: str = "general"
    sector: SectorRule | None = None
    periodic: bool = False
    eom45: str = NO


@dataclass(frozen=True)
class Cap:
    """Last lawful day of payment and the rule that gives it."""

    day: date
    rule: str
    article: str
    severity: str = ERROR


@dataclass(frozen=True)
class TermProblem:
    """A due date beyond the cap, by ``days_over`` days."""

    code: str
    days_over: int
    cap: Cap


@dataclass(frozen=True)
class DefinitionCheck:
    """A payment term tried on each day of a year.

    :param days_tried: invoice days to which a cap applies
    :param days_over: how many of them give a due date beyond the cap
    :param worst: the largest excess in days, zero when none
    :param example: first invoice day with that excess
    """

    days_tried: int
    days_over: int
    worst: int = 0
    example: date | None = None

    @property
    def can_exceed(self) -> bool:
        return self.days_over > 0

    @property
    def always_exceeds(self) -> bool:
        return 0 < self.days_tried == self.days_over


def end_of_month(day: date) -> date:
    """Last day of the month of ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def end_of_decade(day: date) -> date:
    """Last day of the ten-day period of ``day``: the 10th, the 20th or the month's end."""
    if day.day > 20:
        return end_of_month(day)
    return day.replace(day=10 if day.day <= 10 else 20)


def cap(terms: Terms, limits: Limits | None = None) -> Cap | None:
    """Last lawful day of payment; ``None`` for a consumer, to whom no cap applies.

    ``ValueError`` for a customer, public buyer, sector or clause that is not known.
    """
    limits = limits or Limits()
    if terms.customer == CONSUMER:
        return None
    if terms.customer == PUBLIC:
        return _public_cap(terms, limits)
    if terms.customer != BUSINESS:
        raise ValueError(f"Unknown kind of customer {terms.customer!r}.")
    if terms.sector:
        start = _sector_start(terms)
        return _cap(start, terms.sector.days, terms.sector.rule, terms.sector.article)
    if terms.periodic:
        return _cap(terms.invoice_date, limits.periodic, "PT-4")
    if terms.eom45 != NO:
        return _eom_cap(terms, limits)
    return _cap(terms.invoice_date, limits.general, "PT-2")


def check(
    terms: Terms, maturities: Iterable[date], limits: Limits | None = None
) -> TermProblem | None:
    """Compare the last due date of an invoice with its cap."""
    found = cap(terms, limits)
    last = max(maturities, default=None)
    if found is None or last is None or last <= found.day:
        return None
    return TermProblem(TERM_TOO_LONG, (last - found.day).days, found)


def check_definition(
    last_due: Callable[[date], date],
    terms_of: Callable[[date], Terms] = Terms,
    limits: Limits | None = None,
    year: int = 2028,
) -> DefinitionCheck:
    """Try a payment term on each day of a (leap) year.

    "60 days end of month" is under the cap for some invoice days and over it for others.

    :param last_due: last due date that the payment term gives to an invoice day
    :param terms_of: what else decides the cap, for an invoice of that day
    """
    first = date(year, 1, 1)
    length = 366 if calendar.isleap(year) else 365
    excesses = []
    for day in (first + timedelta(days=n) for n in range(length)):
        found = cap(terms_of(day), limits)
        if found is not None:
            excesses.append(((last_due(day) - found.day).days, day))
    over = [item for item in excesses if item[0] > 0]
    worst, example = max(over, key=lambda item: item[0], default=(0, None))
    return DefinitionCheck(len(excesses), len(over), worst, example)


def _cap(start: date, days: int, rule: str, article: str = "", severity=ERROR) -> Cap:
    day = start + timedelta(days=days)
    return Cap(day, rule, article or ARTICLES[rule], severity)


def _public_cap(terms: Terms, limits: Limits) -> Cap:
    if terms.buyer not in limits.public:
        raise ValueError(f"Unknown kind of public buyer {terms.buyer!r}.")
    start = terms.reception_date or terms.invoice_date
    return _cap(start, limits.public[terms.buyer], "PT-10")


def _sector_start(terms: Terms) -> date:
    delivery = terms.delivery_date or terms.invoice_date
    starts = {
        "invoice": lambda: terms.invoice_date,
        "delivery": lambda: delivery,
        "end_of_month": lambda: end_of_month(delivery),
        "end_of_decade": lambda: end_of_decade(delivery),
    }
    if terms.sector.start not in starts:
        raise ValueError(f"Unknown start of a sector rule {terms.sector.start!r}.")
    return starts[terms.sector.start]()


def _eom_cap(terms: Terms, limits: Limits) -> Cap:
    delay = timedelta(days=limits.end_of_month)
    days = {
        METHOD_A: end_of_month(terms.invoice_date + delay),
        METHOD_B: end_of_month(terms.invoice_date) + delay,
    }
    if terms.eom45 == UNSPECIFIED:
        # Either count may be meant: only what exceeds both is told, as a warning.
        return Cap(max(days.values()), "PT-3", ARTICLES["PT-3"], WARNING)
    if terms.eom45 not in days:
        raise ValueError(f"Unknown clause {terms.eom45!r}.")
    return Cap(days[terms.eom45], "PT-3", ARTICLES["PT-3"])
