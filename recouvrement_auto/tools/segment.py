"""Payment segments: how a customer pays, by rules that a person can read and redo.

Source: scoring.md section 5. Facts cover the last 365 days of one commercial partner in
one company. Lateness is counted from the next business day after the due date, and the
first ``grace_days`` are not late: bank imports lag and a Sunday is nobody's fault.

Ratios are shrunk towards those of the company, as if each customer had ``shrink`` more
invoices paid like everybody's: three lucky payments do not make a good payer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .aging import days_late
from .working_time import next_business_day

LITIGATION = "litigation"
INACTIVE = "inactive"
NEW = "new"
DIFFICULT = "difficult"
USUAL_LATE = "usual_late"
OCCASIONAL_LATE = "occasional_late"
GOOD = "good"

CODES = (LITIGATION, INACTIVE, NEW, DIFFICULT, USUAL_LATE, OCCASIONAL_LATE, GOOD)
# From best to worst; the other codes say something else than how the customer pays.
SCALE = (GOOD, OCCASIONAL_LATE, USUAL_LATE, DIFFICULT)

Reason = tuple[str, dict[str, int]]


@dataclass(frozen=True)
class PaymentFacts:
    """What one set-based query gives for a customer.

    Counts are invoices, delays are days from the next business day after the due date
    (negative = early, ``None`` = nothing paid), the amount is in company currency.

    :param late_count: paid more than ``grace_days`` late
    :param late30_count: paid more than 30 days late
    :param open30_count: open and more than 30 days overdue: late whatever happens next
    :param last5_delay: average delay of the last five payments
    :param oldest_open_days: days late of the oldest open item, disputed ones left out
    :param last_invoice_days: days since the last invoice, ``None`` = never any
    :param promises_kept: promises to pay of the year that the ledger shows kept
    :param promises_broken: promises of the year that were not
    :param disputes_lost: disputes of the year that were closed as unfounded
    :param disputes_won: disputes of the year in which the customer was right
    :param signals_watch: external signals in force, by weight (then alert, critical)
    :param manual_litigation: litigation or insolvency, as a person or a document says
    """

    paid_count: int = 0
    late_count: int = 0
    late30_count: int = 0
    open30_count: int = 0
    median_delay: Decimal | float | None = None
    mean_delay: Decimal | float | None = None
    last5_delay: Decimal | float | None = None
    open_overdue_count: int = 0
    open_overdue_amount: Decimal = Decimal(0)
    oldest_open_days: int = 0
    last_invoice_days: int | None = None
    first_invoice_days: int | None = None
    promises_kept: int = 0
    promises_broken: int = 0
    disputes_lost: int = 0
    disputes_won: int = 0
    signals_watch: int = 0
    signals_alert: int = 0
    signals_critical: int = 0
    manual_litigation: bool = False

    @property
    def seen(self) -> int:
        """Invoices whose behaviour is known."""
        return self.paid_count + self.open30_count

    @property
    def late(self) -> int:
        return self.late_count + self.open30_count

    @property
    def late30(self) -> int:
        return self.late30_count + self.open30_count


@dataclass(frozen=True)
class Thresholds:
    """Settings of a company. Ratios are between 0 and 1, the rest days or counts."""

    inactive_days: int = 365
    new_below: int = 3
    difficult_late30: Decimal = Decimal("0.20")
    difficult_open_days: int = 90
    difficult_median: int = 30
    usual_late: Decimal = Decimal("0.50")
    occasional_late: Decimal = Decimal("0.15")
    occasional_late30: Decimal = Decimal("0.05")
    shrink: int = 5
    grace_days: int = 3
    upgrade_days: int = 30


@dataclass(frozen=True)
class Pending:
    """A better segment that waits to be confirmed, and since when."""

    code: str
    since: date


def payment_delay(due: date, paid: date, region: str = "FR") -> int:
    """Days late of a payment, counted from a business day; negative when early."""
    return days_late(next_business_day(due, region), paid)


def is_late(due: date, paid: date, region: str = "FR", grace: int = 3) -> bool:
    """True when a payment counts as late."""
    return payment_delay(due, paid, region) > grace


def shrunk_ratio(count: int, seen: int, company_ratio, shrink: int = 5) -> Decimal:
    """``count / seen`` drawn towards the company's ratio, between 0 and 1."""
    if seen + shrink == 0:
        return exact(company_ratio)
    return (count + shrink * exact(company_ratio)) / (seen + shrink)


def exact(number) -> Decimal:
    """A number as people write it: the float 0.1 becomes 0.1."""
    if isinstance(number, Decimal):
        return number
    return Decimal(number if isinstance(number, int) else str(number))


def whole(number) -> int:
    """The nearest whole number, halves up, for display."""
    if isinstance(number, int):
        return int(number)
    return int(exact(number).quantize(Decimal(1), ROUND_HALF_UP))


def percent(ratio) -> int:
    """A ratio as whole percent, for display."""
    return whole(100 * exact(ratio))


def decide(
    facts: PaymentFacts,
    company_late_ratio,
    company_late30_ratio,
    thresholds: Thresholds | None = None,
) -> tuple[str, list[Reason]]:
    """The segment of a customer and why: the first rule that matches.

    :param company_late_ratio: share of late invoices over the whole company, 0 to 1
    :param company_late30_ratio: share of those more than 30 days late
    :return: code, and reasons as ``(key, numbers)`` for the screen to put into words
    """
    thresholds = thresholds or Thresholds()
    ratios = _Ratios(facts, company_late_ratio, company_late30_ratio, thresholds)
    for code, rule in RULES:
        reasons = rule(facts, ratios, thresholds)
        if reasons:
            return code, reasons
    return GOOD, [ratios.late_reason(thresholds.occasional_late)]


class _Ratios:
    """Shrunk ratios of a customer, and how to tell them."""

    def __init__(self, facts, company_late, company_late30, thresholds):
        self.facts = facts
        k = thresholds.shrink
        self.late = shrunk_ratio(facts.late, facts.seen, company_late, k)
        self.late30 = shrunk_ratio(facts.late30, facts.seen, company_late30, k)

    def late_reason(self, limit) -> Reason:
        return _ratio_reason(
            "late_ratio", self.facts.late, self.facts.seen, self.late, limit
        )

    def late30_reason(self, limit) -> Reason:
        return _ratio_reason(
            "late30_ratio", self.facts.late30, self.facts.seen, self.late30, limit
        )


def _ratio_reason(key, count, seen, ratio, limit) -> Reason:
    return key, {
        "count": count,
        "seen": seen,
        "percent": percent(ratio),
        "limit": percent(limit),
    }


def _litigation(facts, _ratios, _thresholds):
    return [("manual_litigation", {})] if facts.manual_litigation else []


def _inactive(facts, _ratios, thresholds):
    days = facts.last_invoice_days
    if days is None or days < thresholds.inactive_days:
        return []
    return [("no_recent_invoice", {"days": days, "limit": thresholds.inactive_days})]


def _new(facts, _ratios, thresholds):
    if facts.seen >= thresholds.new_below:
        return []
    return [("few_invoices", {"seen": facts.seen, "limit": thresholds.new_below})]


def _difficult(facts, ratios, thresholds):
    reasons = []
    if ratios.late30 >= thresholds.difficult_late30:
        reasons.append(ratios.late30_reason(thresholds.difficult_late30))
    if facts.oldest_open_days > thresholds.difficult_open_days:
        numbers = {
            "days": facts.oldest_open_days,
            "limit": thresholds.difficult_open_days,
        }
        reasons.append(("oldest_open", numbers))
    median = facts.median_delay
    if median is not None and median > thresholds.difficult_median:
        numbers = {"days": whole(median), "limit": thresholds.difficult_median}
        reasons.append(("median_delay", numbers))
    return reasons


def _usual_late(_facts, ratios, thresholds):
    if ratios.late > thresholds.usual_late:
        return [ratios.late_reason(thresholds.usual_late)]
    return []


def _occasional_late(_facts, ratios, thresholds):
    reasons = []
    if ratios.late > thresholds.occasional_late:
        reasons.append(ratios.late_reason(thresholds.occasional_late))
    if ratios.late30 > thresholds.occasional_late30:
        reasons.append(ratios.late30_reason(thresholds.occasional_late30))
    return reasons


RULES = (
    (LITIGATION, _litigation),
    (INACTIVE, _inactive),
    (NEW, _new),
    (DIFFICULT, _difficult),
    (USUAL_LATE, _usual_late),
    (OCCASIONAL_LATE, _occasional_late),
)


def settle(
    current: str | None,
    proposed: str,
    pending: Pending | None,
    day: date,
    upgrade_days: int = 30,
) -> tuple[str, Pending | None]:
    """Move down at once, up only when the better segment holds for ``upgrade_days``.

    :param current: segment of the customer so far, ``None`` before the first run
    :param proposed: what ``decide`` says today
    :param pending: what the last call returned
    :return: the segment from today on, and what to hand in at the next call
    """
    if current not in SCALE or proposed not in SCALE:
        return proposed, None
    if SCALE.index(proposed) >= SCALE.index(current):
        return proposed, None
    if pending is None:
        return current, Pending(proposed, day)
    # Of all that was proposed meanwhile, the worst is the one that held all the time.
    held = max(pending.code, proposed, key=SCALE.index)
    if day >= pending.since + timedelta(days=upgrade_days):
        return held, None
    return current, Pending(held, pending.since)
