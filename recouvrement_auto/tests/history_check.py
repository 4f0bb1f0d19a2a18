"""The checker of generated histories: what it finds is a broken promise of ours."""

from datetime import timedelta
from decimal import Decimal

from odoo.tools import SQL

from ..models.recouvrement_planner_build import money
from .history_book import SILENCE, ZERO

ASKED = ("leader", "own_step", "listed")


class Checker:
    """Compares messages and screens with the book; collects sentences."""

    def __init__(self, case, stories):
        self.case = case
        self.env = case.env
        self.stories = stories
        self.problems = []

    def say(self, story, day, words):
        """Keep a problem."""
        self.problems.append(f"{day} {story.customer.display_name}: {words}")

    def night_passed(self, day):
        """The night of ``day`` settled what ended: the book does the same."""
        for story in self.stories:
            for word in story.words:
                self._end_word(story, word, day)
            for deal in story.deals:
                owed = sum((b.left - b.contested for b in deal.bills), ZERO)
                if not deal.over and (owed <= 0 or deal.missed(day)):
                    deal.over = True
                    self._loud_again(deal.bills, day)

    def _end_word(self, story, word, day):
        if word.over or word.given_up:
            return
        if word.until < day or word.kept:
            word.over = True
            self._check_outcome(story, word, day)
            self._loud_again(word.bills, day)

    def _loud_again(self, bills, day):
        for bill in bills:
            bill.quiet_since = day

    def _check_outcome(self, story, word, day):
        """Plain cases, said without our arithmetic; others have tests of their own."""
        if any(b.credited or b.contests for b in word.bills):
            return
        expected = "kept" if word.received >= word.amount else "partly_kept"
        if not word.received:
            expected = "broken"
        if word.record.state != expected:
            self.say(
                story,
                day,
                f"promise of {word.amount} received {word.received} is "
                f"{word.record.state}, not {expected}",
            )

    def messages(self, day, reminders):
        """Every message that left: nobody held, nothing left out, amounts to the cent."""
        by_customer = {story.customer.id: story for story in self.stories}
        residuals = self._residuals()
        for reminder in reminders.filtered(lambda r: r.state == "sent"):
            story = by_customer.get(reminder.customer_id.id)
            if story and not reminder.step_code.startswith("plan:"):
                self._message(story, day, reminder, residuals)

    def _message(self, story, day, reminder, residuals):
        items = reminder.item_ids.filtered(lambda i: i.role in ASKED)
        asked = set(items.mapped("move_res_id"))
        expected, total = set(), ZERO
        for bill in story.bills:
            if residuals.get(bill.move.id, ZERO) != bill.left:
                self.say(story, day, f"{bill.move.name}: book and ledger differ")
            why = story.held(bill, day)
            if bill.move.id in asked and why:
                self.say(story, day, f"{bill.move.name} chased though {why}")
            if bill.due < day and not why:
                expected.add(bill.move.id)
                total += residuals[bill.move.id] - bill.contested
                bill.quiet_since = day
        if asked != expected:
            self.say(story, day, f"asks {sorted(asked)} instead of {sorted(expected)}")
        elif Decimal(str(reminder.total_overdue)) != total:
            self.say(story, day, f"asks {reminder.total_overdue} instead of {total}")

    def _residuals(self):
        """``move id -> what is left``, from entries and matchings alone."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.move_id, SUM(line.debit - line.credit - COALESCE((
                          SELECT SUM(part.amount) FROM account_partial_reconcile part
                           WHERE part.debit_move_id = line.id), 0))
                     FROM account_move_line line
                     JOIN account_account account ON account.id = line.account_id
                    WHERE account.account_type = 'asset_receivable'
                      AND line.move_id IN %s
                 GROUP BY line.move_id""",
                tuple(b.move.id for s in self.stories for b in s.bills),
            )
        )
        return {row[0]: money(row[1]).quantize(Decimal("0.01")) for row in rows}

    def silence(self, day):
        """Nobody is forgotten: too long without a message and without an excuse."""
        for story in self.stories:
            for bill in story.bills:
                if bill.due >= day or story.held(bill, day):
                    bill.quiet_since = day
                    continue
                since = max(bill.quiet_since or bill.due, bill.due)
                if day - since > timedelta(days=SILENCE):
                    self.say(story, day, f"{bill.move.name} forgotten since {since}")
                    bill.quiet_since = day

    def orphans(self, day):
        """A14 by the product's own list: empty, except disputes that nobody answered."""
        for story in self.stories:
            open_disputes = any(c.open for b in story.bills for c in b.contests)
            if not open_disputes and story.customer._orphans():
                self.say(story, day, "is an orphan")
