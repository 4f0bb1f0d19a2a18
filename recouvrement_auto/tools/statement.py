"""A statement of account as plain values: lines, totals by currency, ages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .aging import Buckets, days_late

INVOICE, CREDIT_NOTE, PAYMENT, ENTRY = "invoice", "credit_note", "payment", "entry"
_KINDS = {"out_invoice": INVOICE, "out_receipt": INVOICE, "out_refund": CREDIT_NOTE}
SORTS = ("due_date", "invoice_date", "number", "amount")
FILTERS = ("all", "overdue", "not_due", "disputed", "credits")


def kind_of(move_type: str, amount: Decimal) -> str:
    """What an open item is for its reader: invoice, credit note, payment or entry."""
    if move_type in _KINDS:
        return _KINDS[move_type]
    return PAYMENT if amount < 0 else ENTRY


@dataclass(frozen=True)
class StatementLine:
    """One open item. Amounts in the currency of the document, credits are negative."""

    line_id: int
    move_id: int
    number: str
    reference: str
    kind: str
    invoice_date: date
    due_date: date
    days_late: int
    original: Decimal
    residual: Decimal
    currency: object
    disputed: Decimal = Decimal(0)
    promised_until: date | None = None
    in_plan: bool = False
    payable: bool = True

    @property
    def is_credit(self) -> bool:
        """True for what is in the customer's favour."""
        return self.residual < 0

    @property
    def is_overdue(self) -> bool:
        """True from the day after the due date."""
        return not self.is_credit and self.days_late > 0

    @property
    def asked(self) -> Decimal:
        """What is left without the disputed part; never below zero for a debt."""
        if self.is_credit:
            return self.residual
        return max(self.residual - self.disputed, Decimal(0))


@dataclass
class StatementTotal:
    """Sums of one currency: what is owed, overdue, disputed, in the customer's favour."""

    currency: object
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)  # positive
    overdue: Decimal = Decimal(0)
    disputed: Decimal = Decimal(0)
    ages: list[Decimal] = field(default_factory=list)

    @property
    def balance(self) -> Decimal:
        """What is left once credits are deducted; negative in the customer's favour."""
        return self.debit - self.credit


@dataclass
class Statement:
    """Open items of one customer of one company on one day, oldest due date first."""

    customer: object
    day: date
    lang: str
    lines: list[StatementLine]
    buckets: Buckets = field(default_factory=Buckets)

    @property
    def debts(self) -> list[StatementLine]:
        """What the customer owes."""
        return [line for line in self.lines if not line.is_credit]

    @property
    def credits(self) -> list[StatementLine]:
        """Credit notes and payments that are not matched yet."""
        return [line for line in self.lines if line.is_credit]

    @property
    def totals(self) -> list[StatementTotal]:
        """One total per currency, in order of first appearance; never added together."""
        found: dict[object, StatementTotal] = {}
        for line in self.lines:
            total = found.setdefault(
                line.currency,
                StatementTotal(line.currency, ages=[Decimal(0)] * len(self.buckets)),
            )
            if line.is_credit:
                total.credit -= line.residual
                continue
            total.debit += line.residual
            total.disputed += min(line.disputed, line.residual)
            total.ages[self.buckets.index(line.days_late)] += line.residual
            if line.is_overdue:
                total.overdue += line.residual
        return list(found.values())


def line_of(row: dict, day: date, **notes) -> StatementLine:
    """A line from a row of the open items.

    :param row: ``line_id, move_id, move_name, move_ref, move_type, invoice_date, due_date``
        and, in the currency of the document, ``original`` and ``residual`` as ``Decimal``
    :param day: day of the statement
    :param notes: ``currency``, and what is known of disputes and promises
    """
    return StatementLine(
        line_id=row["line_id"],
        move_id=row["move_id"],
        number=row["move_name"] or "",
        reference=row["move_ref"] or "",
        kind=kind_of(row["move_type"], row["residual"]),
        invoice_date=row["invoice_date"],
        due_date=row["due_date"],
        days_late=days_late(row["due_date"], day),
        original=row["original"],
        residual=row["residual"],
        **notes,
    )


def chosen(
    lines: Iterable[StatementLine],
    text: str = "",
    which: str = "all",
    sort: str = "due_date",
) -> list[StatementLine]:
    """Lines that a reader asked for.

    :param text: part of a number or a reference, in any case
    :param which: one of ``FILTERS``, everything for an unknown one
    :param sort: one of ``SORTS`` (``amount``: the largest first), by due date for others
    """
    wanted = text.strip().casefold()
    tests = {
        "overdue": lambda line: line.is_overdue,
        "not_due": lambda line: not line.is_credit and not line.is_overdue,
        "disputed": lambda line: line.disputed > 0,
        "credits": lambda line: line.is_credit,
    }
    keys = {
        "invoice_date": lambda line: (line.invoice_date, line.number),
        "number": lambda line: (line.number, line.due_date),
        "amount": lambda line: (-abs(line.residual), line.due_date),
    }
    test = tests.get(which, lambda line: True)
    found = [
        line
        for line in lines
        if test(line)
        and (
            not wanted
            or wanted in line.number.casefold()
            or wanted in line.reference.casefold()
        )
    ]
    return sorted(found, key=keys.get(sort, lambda line: (line.due_date, line.line_id)))
