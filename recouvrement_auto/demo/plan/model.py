"""What the ledger of the demo company is made of, before Odoo sees it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .customers import Customer


@dataclass(frozen=True)
class Payment:
    """Money received for one instalment.

    ``share`` of what is left of the instalment, less ``short``: the last payment of an
    instalment has share 1. ``channel`` is ``transfer`` or ``bank`` (a line of the bank
    statement).
    """

    day: date
    instalment: int = 0
    share: Decimal = Decimal(1)
    short: Decimal = Decimal(0)
    channel: str = "transfer"


@dataclass(frozen=True)
class Line:
    """One line of an invoice: product code and quantity."""

    product: str
    quantity: Decimal


@dataclass
class Invoice:
    """An invoice, or with ``kind`` ``credit`` a credit note without an invoice."""

    customer: Customer
    day: date
    dues: tuple
    lines: list
    term: str
    kind: str = "invoice"
    order: str = ""
    delivery: str = ""
    payments: list = field(default_factory=list)
    marks: frozenset = frozenset()

    @property
    def due(self):
        """The last due date."""
        return self.dues[-1]

    def is_open(self, day):
        """True when an instalment is not settled on ``day``."""
        settled = {p.instalment for p in self.payments if p.share == 1 and p.day <= day}
        return len(settled) < len(self.dues)


@dataclass(frozen=True)
class OnAccount:
    """Money received without a word on what it pays."""

    customer: Customer
    day: date
    amount: Decimal
    memo: str


@dataclass(frozen=True)
class Opening:
    """An item taken over from the books of a business that was bought."""

    customer: Customer
    day: date
    due: date
    amount: Decimal
    name: str


@dataclass
class Ledger:
    """Everything that is to be booked, in order of date."""

    today: date
    customers: list
    invoices: list = field(default_factory=list)
    on_account: list = field(default_factory=list)
    openings: list = field(default_factory=list)
