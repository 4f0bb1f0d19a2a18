"""Late-payment interest and the fixed recovery fee, for each legal regime.

Amounts are ``Decimal`` in one currency, taxes included (LP-6 in legal-fr.md), rates are
``Decimal`` percent a year. Rates are data: a mapping ``{"2026-H2": Decimal("12.40")}``
that the caller reads from dated records; a missing half-year is an error that names it
and nothing is ever extrapolated. Nothing here is compounded (LP-9).

* business: from the day after the due date, half-year by half-year (L441-10 II);
* public: the same, but one rate for the whole delay, that of the half-year in which
  interest started (R2192-31 of the public procurement code);
* consumer: legal rate from the formal notice, never before (1231-6, 1344-1 civil code);
* unknown: no claim at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

BUSINESS = "business"
PUBLIC = "public"
CONSUMER = "consumer"
UNKNOWN = "unknown"
REGIMES = (BUSINESS, PUBLIC, CONSUMER, UNKNOWN)

# 1343-1 of the civil code: a payment settles interest before principal, unless agreed.
INTEREST_FIRST = "interest_first"
PRINCIPAL_FIRST = "principal_first"

# A credit note reduces the principal whatever the order; sorted before payments.
CREDIT_NOTE = "credit_note"
PAYMENT = "payment"

RATE_UNDER_FLOOR = "RATE_UNDER_FLOOR"
# L441-10 II: a contract rate is not under three times the legal rate.
FLOOR_MULTIPLE = Decimal(3)

# LP-5: the denominator is 365 in leap years too.
DAYS_PER_YEAR = 365
CENT = Decimal("0.01")
ZERO = Decimal(0)
ONE_DAY = timedelta(days=1)

# The rates of the next half-year are known a fortnight before it starts.
RATE_NOTICE = ((6, 15), (12, 15))


class MissingRate(LookupError):
    """No rate was entered for a half-year; ``semester`` names it."""

    def __init__(self, semester: str):
        super().__init__(f"No rate is entered for {semester}.")
        self.semester = semester


class FlatRate(dict):
    """A contract rate as a rate table: the same percent in each half-year."""

    def __init__(self, rate: Decimal):
        super().__init__()
        self.rate = _decimal(rate)

    def __missing__(self, semester):
        return self.rate


@dataclass(frozen=True)
class Movement:
    """Money received or a credit note granted, on its value date."""

    day: date
    amount: Decimal
    kind: str = PAYMENT


@dataclass(frozen=True)
class Debt:
    """One invoice instalment as the interest sees it.

    :param movements: payments and credit notes
    :param notice: day of the formal notice (consumers owe nothing before it)
    :param suspended: ``(first, last)`` days without interest, both included: from an
        insolvency judgment on, or the respite of a court (1343-5 civil code)
    """

    principal: Decimal
    due: date
    movements: tuple[Movement, ...] = ()
    notice: date | None = None
    suspended: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Segment:
    """A line of the statement: days ``first`` to ``last`` at one rate and balance."""

    first: date
    last: date
    rate: Decimal
    balance: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Statement:
    """What is owed at ``until``: the segments add up to ``interest`` to the cent."""

    until: date
    order: str
    segments: tuple[Segment, ...] = ()
    principal_due: Decimal = ZERO
    interest_due: Decimal = ZERO
    surplus: Decimal = ZERO  # received beyond principal and interest

    @property
    def interest(self) -> Decimal:
        """Interest accrued over the whole delay, whether paid since or not."""
        return sum((segment.amount for segment in self.segments), ZERO)

    @property
    def days(self) -> int:
        return sum(segment.days for segment in self.segments)

    @property
    def total_due(self) -> Decimal:
        """Principal and interest still owed, without recovery fee."""
        return self.principal_due + self.interest_due


def semester(day: date) -> str:
    """Half-year of a day, ``"2026-H2"`` from 1 July (L441-10 II)."""
    return f"{day.year}-H{1 if day.month < 7 else 2}"


def semester_start(day: date) -> date:
    """First day of the half-year of ``day``: the day whose ECB rate counts."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def next_semester_start(day: date) -> date:
    """First day of the half-year after that of ``day``."""
    return date(day.year, 7, 1) if day.month < 7 else date(day.year + 1, 1, 1)


def rate_on(day: date, rates: Mapping[str, Decimal]) -> Decimal:
    """Percent a year on ``day``; ``MissingRate`` when the half-year is not entered."""
    name = semester(day)
    try:
        return _decimal(rates[name])
    except KeyError:
        raise MissingRate(name) from None


def rate_to_enter(day: date, rates: Mapping[str, Decimal]) -> str | None:
    """The half-year whose rate somebody has to enter on ``day``, or None.

    The current one always; the next one from 15 June and 15 December on.
    """
    if semester(day) not in rates and not isinstance(rates, FlatRate):
        return semester(day)
    notice = RATE_NOTICE[0 if day.month < 7 else 1]
    upcoming = semester(next_semester_start(day))
    if (day.month, day.day) >= notice and upcoming not in rates:
        return None if isinstance(rates, FlatRate) else upcoming
    return None


@dataclass(frozen=True)
class RateProblem:
    """A contract rate that the law does not accept; it is shown, never corrected."""

    code: str
    semester: str
    rate: Decimal
    floor: Decimal


def check_contract_rate(
    rate: Decimal, day: date, legal_rates: Mapping[str, Decimal]
) -> RateProblem | None:
    """Compare a contract rate with three times the legal rate on ``day``.

    Only a contract rate: the default rate was under that floor in 2024, lawfully.
    """
    floor = FLOOR_MULTIPLE * rate_on(day, legal_rates)
    if _decimal(rate) < floor:
        return RateProblem(RATE_UNDER_FLOOR, semester(day), rate, floor)
    return None


def late_interest(
    debt: Debt,
    until: date,
    rates: Mapping[str, Decimal],
    regime: str = BUSINESS,
    order: str = INTEREST_FIRST,
    precision: Decimal = CENT,
) -> Statement:
    """Interest on ``debt`` up to ``until`` included (section 2.3 of legal-fr.md).

    Segments are cut at each 1 January and 1 July, at each change of balance and at each
    suspension, and each is rounded half up, so that the printed lines add up.

    :param rates: series of the regime (ECB + 10, ECB + 8, legal rate) or ``FlatRate``
    :param order: what a payment settles first, one of the two constants above
    :param precision: smallest amount of the currency
    :raise MissingRate: the half-year is not entered
    :raise ValueError: unknown regime or order, negative principal or movement
    """
    _check(debt, regime, order)
    start = _start(debt, regime)
    ledger = _Ledger(debt.principal, order)
    movements = sorted(debt.movements, key=lambda m: (m.day, m.kind))
    # Without a start nothing ever accrues, and movements only reduce the principal.
    accrual = min(start, until) if start else until
    ledger.settle(m for m in movements if m.day <= accrual)
    spans = _spans(debt, accrual, until, one_rate=regime == PUBLIC)
    if regime == PUBLIC and spans and ledger.principal > 0:
        rates = FlatRate(rate_on(spans[0][0], rates))
    segments = []
    for first, last in spans:
        if ledger.principal > 0 and not _suspended(debt, first):
            segment = _segment(first, last, ledger.principal, rates, precision)
            segments.append(segment)
            ledger.interest += segment.amount
        ledger.settle(m for m in movements if first <= m.day <= last)
    return Statement(
        until, order, tuple(segments), ledger.principal, ledger.interest, ledger.surplus
    )


def fee_is_due(
    regime: str,
    instalments: Iterable[tuple[date, date]],
    judgment: date | None = None,
) -> bool:
    """True when the fixed recovery fee is owed on an invoice, once (FI-1 to FI-8).

    :param instalments: ``(due date, payment or cut-off date)`` of each instalment
    :param judgment: day of the insolvency judgment; due dates from then on owe nothing
    """
    if regime not in (BUSINESS, PUBLIC):
        return False
    return any(
        paid > due and (judgment is None or due < judgment) for due, paid in instalments
    )


class _Ledger:
    """Principal and interest still owed, settled by movements in the order of law."""

    def __init__(self, principal: Decimal, order: str):
        self.principal = principal
        self.interest = ZERO
        self.surplus = ZERO
        self.order = order

    def settle(self, movements: Iterable[Movement]):
        for movement in movements:
            self._settle(movement)

    def _settle(self, movement: Movement):
        left = movement.amount
        if movement.kind == PAYMENT and self.order == INTEREST_FIRST:
            left = self._take("interest", left)
        left = self._take("principal", left)
        if movement.kind == PAYMENT:
            left = self._take("interest", left)
        self.surplus += left

    def _take(self, name: str, amount: Decimal) -> Decimal:
        owed = getattr(self, name)
        taken = min(owed, amount)
        setattr(self, name, owed - taken)
        return amount - taken


def _start(debt: Debt, regime: str) -> date | None:
    """Last day without interest, or None when the regime claims nothing."""
    if regime == UNKNOWN:
        return None
    if regime == CONSUMER:
        return max(debt.due, debt.notice) if debt.notice else None
    return debt.due


def _spans(debt: Debt, start: date, until: date, one_rate: bool):
    """``(first, last)`` days after ``start``, cut where rate or balance may change."""
    first = start + ONE_DAY
    cuts = {first}
    day = until + ONE_DAY if one_rate else next_semester_start(first)
    while day <= until:
        cuts.add(day)
        day = next_semester_start(day)
    # The day of the payment still bears interest on the old balance (LP-5).
    cuts.update(m.day + ONE_DAY for m in debt.movements)
    for opening, closing in debt.suspended:
        cuts.add(opening)
        if closing < date.max:
            cuts.add(closing + ONE_DAY)
    kept = sorted(cut for cut in cuts if first <= cut <= until)
    ends = [cut - ONE_DAY for cut in kept[1:]] + [until]
    return list(zip(kept, ends, strict=True)) if kept else []


def _suspended(debt: Debt, day: date) -> bool:
    return any(first <= day <= last for first, last in debt.suspended)


def _segment(first, last, balance, rates, precision) -> Segment:
    rate = rate_on(first, rates)
    days = (last - first).days + 1
    exact = balance * rate * days / (100 * DAYS_PER_YEAR)
    return Segment(first, last, rate, balance, exact.quantize(precision, ROUND_HALF_UP))


def _decimal(value) -> Decimal:
    """Refuse binary floats: 12.4 is not 12.40 there."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise TypeError(f"An amount or rate must be a Decimal, not {value!r}.")
    return Decimal(value)


def _check(debt: Debt, regime: str, order: str):
    if regime not in REGIMES:
        raise ValueError(f"Unknown legal regime {regime!r}.")
    if order not in (INTEREST_FIRST, PRINCIPAL_FIRST):
        raise ValueError(f"Unknown order of settlement {order!r}.")
    if _decimal(debt.principal) < 0:
        raise ValueError("Interest runs on a debt, not on a credit.")
    for movement in debt.movements:
        if _decimal(movement.amount) < 0 or movement.kind not in (PAYMENT, CREDIT_NOTE):
            raise ValueError(f"Not a payment nor a credit note: {movement}.")
