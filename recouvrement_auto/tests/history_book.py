"""The book of the generated histories, kept beside the database.

It knows what happened and nothing of our code: it says who must not be chased, what a message
has to ask, and who was forgotten.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
SILENCE = 18  # days: more than any gap between two steps of the scenario below
STEPS = [
    ("reminder_1", 3, "email", "courteous", "auto"),
    ("reminder_2", 10, "email", "precise", "auto"),
    ("reminder_3", 20, "email", "firm", "auto"),
    ("reminder_4", 30, "email", "firm", "auto"),
    ("reminder_5", 40, "email", "firm", "auto"),
]


@dataclass
class Contest:
    """A dispute as the book knows it."""

    record: object
    amount: Decimal | None  # None = everything
    credited_then: Decimal
    open: bool = True


@dataclass
class Bill:
    """An invoice with one due date."""

    move: object
    due: date
    amount: Decimal
    paid: list = field(default_factory=list)  # (day, amount, order of events)
    credited: list = field(default_factory=list)
    contests: list = field(default_factory=list)
    quiet_since: date | None = None  # last message that asked it, or end of a hold

    @property
    def credit(self):
        """Sum of the credit notes."""
        return sum((a for _d, a, _o in self.credited), ZERO)

    @property
    def left(self):
        """What is left to pay."""
        return self.amount - self.credit - sum((a for _d, a, _o in self.paid), ZERO)

    @property
    def contested(self):
        """What must not be asked of it."""
        total = ZERO
        for one in self.contests:
            if not one.open:
                continue
            part = self.left
            if one.amount is not None:
                part = max(one.amount - (self.credit - one.credited_then), ZERO)
            total += part
        return min(total, self.left)


@dataclass
class Word:
    """A promise: what was said, about which bills, and until when it holds."""

    record: object
    bills: list
    amount: Decimal
    until: date
    order: int
    given_up: bool = False
    over: bool = False

    @property
    def received(self):
        """Cash since it was given."""
        return sum(
            (a for b in self.bills for _d, a, o in b.paid if o > self.order), ZERO
        )

    @property
    def kept(self):
        """True when nothing of it is missing."""
        return self.received >= min(self.amount, self.received + self.left)

    @property
    def left(self):
        """What is left to pay of its bills."""
        return sum((b.left for b in self.bills), ZERO)

    def holds(self, day):
        """True while its bills must not be chased."""
        return not (self.given_up or self.over) and day <= self.until


@dataclass
class Deal:
    """A payment plan that runs: ``(last day to pay, amount)``."""

    record: object
    bills: list
    dates: list
    order: int
    over: bool = False

    def missed(self, day):
        """True when an instalment whose last day has passed is not paid."""
        received = sum(
            (a for b in self.bills for _d, a, o in b.paid if o > self.order), ZERO
        )
        owed = sum((b.left - b.contested for b in self.bills), ZERO)
        asked = sum((a for last, a in self.dates if last < day), ZERO)
        return received < min(asked, received + owed)

    def holds(self, day):
        """True while its bills must not be chased."""
        return not self.over


@dataclass
class Story:
    """One customer."""

    customer: object
    bills: list
    words: list = field(default_factory=list)
    deals: list = field(default_factory=list)

    def held(self, bill, day):
        """Why this bill must not be chased on ``day``, or ''."""
        if bill.left <= 0:
            return "paid"
        if bill.contested >= bill.left:
            return "disputed"
        if any(bill in w.bills and w.holds(day) and not w.kept for w in self.words):
            return "promise"
        if any(bill in d.bills and d.holds(day) for d in self.deals):
            return "plan"
        return ""
