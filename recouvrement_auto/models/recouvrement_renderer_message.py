"""What a text is about, as plain values: the message and its rows, real or previewed."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

CHASED = ("leader", "own_step", "listed")


@dataclass
class Row:
    """One open item in the message. Amounts in the currency of the document."""

    move_id: int
    line_id: int
    name: str
    due_date: date
    role: str
    residual: Decimal
    currency: object
    amount_company: Decimal = Decimal(0)
    disputed: Decimal = Decimal(0)
    days_late: int = 0
    invoice_date: date | None = None
    original: Decimal = Decimal(0)
    order_ref: str = ""
    url: str = ""

    @property
    def asked(self):
        """What the message asks on this item: the contested part stays out."""
        return self.residual - self.disputed

    @property
    def paid(self):
        """What was settled of this instalment so far."""
        return max(self.original - self.residual, Decimal(0))


@dataclass
class Message:
    """Everything that a text may name. ``rows`` are in order of due date."""

    company: object
    customer: object
    contact: object
    agent: object
    lang: str
    date: date
    channel: str
    tone: str
    step: dict
    rows: list
    regime: str = "unknown"
    subject: str = ""
    body: str = ""
    writes: bool = False  # a preview never creates an access token
    agreed: dict = field(default_factory=dict)  # what a notice confirms
    cache: dict = field(default_factory=dict)

    @property
    def partner(self):
        """The commercial customer."""
        return self.customer.partner_id

    @property
    def chased(self):
        """Rows that the message asks to pay."""
        return [row for row in self.rows if row.role in CHASED]

    @property
    def credits(self):
        """Open credits and payments not matched yet."""
        return [row for row in self.rows if row.role == "credit"]

    @property
    def not_due(self):
        """Rows shown apart because they are not due yet."""
        return [row for row in self.rows if row.role == "not_due"]

    @property
    def leader(self):
        """The row that decides the step; the oldest one when nothing leads."""
        for row in self.rows:
            if row.role == "leader":
                return row
        return next(iter(self.chased or self.not_due or self.rows), None)

    @property
    def oldest(self):
        """The row with the earliest due date among those asked."""
        return min(self.chased, key=lambda row: row.due_date, default=self.leader)

    @property
    def is_internal(self):
        """True for what only a colleague reads."""
        return not self.company.env[f"recouvrement.channel.{self.channel}"]._has_text()


def by_currency(pairs):
    """Sum ``(currency, amount)`` pairs by currency, in order of first appearance."""
    totals = {}
    for currency, amount in pairs:
        totals[currency] = totals.get(currency, Decimal(0)) + amount
    return totals
