"""Ledgers written at random by the accounting's own methods, for the oracle tests."""

import random
from datetime import date, timedelta

FIRST_DAY = date(2024, 1, 8)
DAYS = 640


class LedgerStory:
    """A ledger of one company from a seed: every case that spoils an aged balance.

    Invoices with one or several instalments in three currencies whose rates move, partial
    payments, payments on account matched later or never, credit notes matched or not,
    reversals, entries without due date or customer, a second receivable account, a
    reclassification to doubtful customers, a reset and re-posted invoice.
    """

    def __init__(self, case, seed):
        self.case = case
        self.random = random.Random(seed)
        self.partners = list(self.make_partners(seed))
        self.invoices = []

    def make_partners(self, seed):
        """Five customers; two are subsidiaries of the third, one has a contact."""
        Partner = self.case.env["res.partner"]
        head = Partner.create({"name": f"Head {seed}", "is_company": True})
        for name in ("South", "North"):
            yield Partner.create(
                {
                    "name": f"{name} {seed}",
                    "is_company": True,
                    "parent_id": head.id,
                }
            )
        yield head
        yield Partner.create({"name": f"Alone {seed}", "is_company": True})
        yield Partner.create(
            {"name": f"Buyer {seed}", "parent_id": head.id, "type": "other"}
        )

    def day(self, before=DAYS):
        """A random day as text."""
        return str(FIRST_DAY + timedelta(days=self.random.randrange(before)))

    def after(self, day, most=150):
        """A day after this one."""
        found = date.fromisoformat(str(day))
        return str(found + timedelta(days=self.random.randrange(1, most)))

    def amount(self):
        """An amount with cents that add up badly in binary."""
        return self.random.randrange(101, 900_000) / 100

    def tell(self, count):
        """``count`` events."""
        kinds = [
            self.invoice,
            self.invoice,
            self.partial,
            self.partial,
            self.advance,
            self.credit_note,
            self.reversal,
            self.odd_entry,
            self.reclassified,
            self.posted_again,
        ]
        for number in range(count):
            kinds[number % len(kinds)]()
            if number % 10 == 0:
                self.analyze()
        return self

    def analyze(self):
        """Statistics of what is written so far: some of the accounting's own queries
        take minutes when the planner believes that the tables are empty."""
        env = self.case.env
        env.flush_all()
        env.cr.execute(
            "ANALYZE account_move, account_move_line, account_partial_reconcile, "
            "account_payment"
        )

    def invoice(self):
        """An invoice, by instalments or not, in one of the currencies."""
        pick = self.random
        move = self.case.invoice(
            self.day(),
            self.amount(),
            partner=pick.choice(self.partners),
            term=pick.choice([None, self.case.pay_terms_b]),
            currency=pick.choice([None, None, *self.case.foreigns]),
        )
        self.invoices.append(move)
        return move

    def open_one(self):
        """An invoice that is not paid yet, or a new one."""
        found = [m for m in self.invoices if m.amount_residual > 1]
        return self.random.choice(found) if found else self.invoice()

    def partial(self):
        """A part of an invoice, or all of it, is paid."""
        move = self.open_one()
        part = self.random.choice([0.333, 0.5, 1])
        amount = round(move.amount_residual * part, 2)
        self.case.pay(move, amount, self.after(move.invoice_date))

    def advance(self):
        """A payment on account, matched half of the times."""
        move = self.open_one()
        payment = self.case.payment(
            self.amount(), self.day(), partner=move.commercial_partner_id
        )
        if self.random.random() < 0.5:
            self.case.match(payment.move_id, move)

    def credit_note(self):
        """A credit note, matched half of the times."""
        move = self.open_one()
        note = self.case.invoice(
            self.after(move.invoice_date),
            self.amount(),
            move_type="out_refund",
            partner=move.partner_id,
        )
        if self.random.random() < 0.5:
            self.case.match(note, move)

    def reversal(self):
        """An invoice cancelled by a later credit note."""
        move = self.invoice()
        day = date.fromisoformat(self.after(move.invoice_date))
        move._reverse_moves([{"invoice_date": day, "date": day}], cancel=True)

    def odd_entry(self):
        """No due date, perhaps no customer, perhaps another receivable account."""
        pick = self.random
        self.case.entry(
            self.day(),
            pick.choice([self.case.receivable, self.case.second_receivable]),
            self.amount(),
            pick.choice([None, *self.partners[:4]]),
        )

    def reclassified(self):
        """411 -> 416."""
        move = self.case.invoice(
            self.day(), self.amount(), partner=self.partners[0].commercial_partner_id
        )
        self.case.reclassify(move, self.after(move.invoice_date))

    def posted_again(self):
        """Back to draft after a payment, then posted: the payment is open again."""
        move = self.invoice()
        self.case.pay(move, move.amount_total, self.after(move.invoice_date))
        move.button_draft()
        move.action_post()
