"""Generated histories of customers: invoices, payments, credit notes, disputes, promises and
payment plans in any order; the book beside the database is written at the same time."""

import random
from datetime import timedelta
from decimal import Decimal

from .history_book import CENT, ZERO, Contest, Deal, Word

PAYMENTS = (
    100  # events among which money comes by Odoo's payments, later by bank entries
)


class Player:
    """Plays the events on the database and writes them into the book."""

    KINDS = (
        ("pay", 5),
        ("pay_part", 6),
        ("credit", 4),
        ("dispute", 5),
        ("decide", 6),
        ("promise", 6),
        ("plan", 3),
        ("draft", 1),
    )

    def __init__(self, case, seed):
        self.case = case
        self.env = case.env
        self.random = random.Random(seed)
        self.order = 0
        reasons = case.env["recouvrement.dispute.reason"].search([])
        self.reasons = list(reasons)

    def part(self, amount):
        """A random part of an amount, at least a cent and less than all of it."""
        share = Decimal(self.random.randint(10, 90)) / 100
        return max((amount * share).quantize(CENT), CENT)

    def event(self, story, day):
        """Something happens to a customer; silently nothing when it cannot."""
        names, weights = zip(*self.KINDS, strict=True)
        bills = [b for b in story.bills if b.left > CENT]
        if not bills:
            return
        bill = self.random.choice(bills)
        self.order += 1
        kind = self.random.choices(names, weights)[0]
        getattr(self, f"_do_{kind}")(story, bill, day)

    def _do_pay(self, story, bill, day):
        self._pay(bill, bill.left, day)

    def _do_pay_part(self, story, bill, day):
        self._pay(bill, self.part(bill.left), day)

    def _pay(self, bill, amount, day):
        # Odoo's own figures of a payment take minutes with many matchings in one
        # transaction, whose tables PostgreSQL has not counted yet.
        early = self.order <= PAYMENTS
        way = self.case.pay if early else self.case.pay_by_entry
        way(bill.move, float(amount), day=day)
        bill.paid.append((day, amount, self.order))

    def _do_credit(self, story, bill, day):
        waiting = [c for c in bill.contests if c.open and c.amount is not None]
        amount = min(waiting[0].amount, bill.left) if waiting else self.part(bill.left)
        self.case.credit(bill.move, float(amount), day)
        bill.credited.append((day, amount, self.order))

    def _do_dispute(self, story, bill, day):
        amount = self.part(bill.left) if self.random.random() < 0.5 else None
        record = self.env["recouvrement.dispute"]._open(
            story.customer,
            bill.move,
            self.random.choice(self.reasons),
            amount=float(amount) if amount else None,
            source="call",
        )
        bill.contests.append(Contest(record, amount, bill.credit))

    def _do_decide(self, story, bill, day):
        """Decide an open dispute of the customer, if there is one."""
        for bill in story.bills:
            for one in bill.contests:
                if one.open and one.record.state in ("open", "answered"):
                    self._decide(bill, one, day)
                    return

    def _decide(self, bill, one, day):
        outcome = self.random.choice(("confirmed", "abandoned", "credit_note", "split"))
        amount = None
        if outcome == "split":
            amount = self.part(Decimal(str(one.record.amount)))
            if float(amount) >= one.record.amount:
                return
        one.record._close(outcome, "Decided", amount=amount and float(amount))
        if outcome in ("confirmed", "abandoned"):
            one.open = False
            bill.quiet_since = day
        elif outcome == "split":
            one.amount = amount

    def _do_promise(self, story, bill, day):
        bills = [b for b in story.bills if b.left > 0 and self.random.random() < 0.7]
        bills = bills or [bill]
        total = sum((b.left for b in bills), ZERO)
        amount = self.part(total) if self.random.random() < 0.4 else total
        wanted = day + timedelta(days=self.random.randint(0, 12))
        lines = self.env["account.move.line"].concat(
            *(b.move._recouvrement_open_lines() for b in bills)
        )
        record = self.env["recouvrement.promise"]._record(
            story.customer, lines, float(amount), wanted, "call"
        )
        until = self.case.working_day(wanted, 3)
        keys = {id(b) for b in bills}
        for earlier in story.words:
            if {id(b) for b in earlier.bills} <= keys:
                earlier.given_up = True
        story.words.append(Word(record, bills, amount, until, self.order))

    def _do_plan(self, story, bill, day):
        bills = [b for b in story.bills if b.left > 0 and b.due < day]
        if not bills or any(not d.over for d in story.deals):
            return
        total = sum((b.left for b in bills), ZERO)
        first = self.part(total)
        dates = [day + timedelta(days=d) for d in (6, 16)]
        lines = self.env["account.move.line"].concat(
            *(b.move._recouvrement_open_lines() for b in bills)
        )
        plan = self.env["recouvrement.payment.plan"]._propose(
            story.customer,
            lines,
            list(zip(dates, map(float, (first, total - first)), strict=True)),
        )
        plan._accept("Somebody", ip="192.0.2.1")
        last = [self.case.working_day(day, 3) for day in dates]
        story.deals.append(
            Deal(
                plan,
                bills,
                list(zip(last, (first, total - first), strict=True)),
                self.order,
            )
        )

    def _do_draft(self, story, bill, day):
        """Back to draft and posted again, as accountants do; untouched bills only."""
        if bill.paid or bill.credited:
            return
        bill.move.button_draft()
        bill.move.action_post()
