"""200 generated histories through the ORM; ``setup/faults histories`` plays thousands.

``RECOUVREMENT_HISTORIES`` (customers), ``RECOUVREMENT_SEED`` and ``RECOUVREMENT_DEFECT`` are
read from the environment, so that one command can play other ones.
"""

import os
from datetime import timedelta
from unittest import mock

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tools.working_time import add_business_days

from .common import TODAY, RecouvrementCommon
from .histories import Player
from .history_book import STEPS, ZERO, Bill, Story
from .history_check import Checker
from .plan_twice import PlanTwice

NIGHTS = 32
EVENTS = 0.12  # chance that something happens to a customer, twice a day


def disputes_ignored(registry):
    """The guards forget disputes."""
    facts = registry["recouvrement.planner.facts"]
    return mock.patch.object(facts, "_dispute_rows", lambda *a: {})


def promises_ignored(registry):
    """The guards forget promises and plans."""
    facts = registry["recouvrement.planner.facts"]
    return mock.patch.object(facts, "_promise_rows", lambda *a: [])


def promises_for_ever(registry):
    """The night settles nothing."""
    run = registry["recouvrement.run"]
    return mock.patch.object(run, "_settle_excuses", lambda *a: None)


def claims_blind(registry):
    """The claim trusts the plan of the night: no fresh look at what was said since."""
    claim = registry["recouvrement.sender.claim"]

    def recheck(self, reminder, context, bundle):
        facts = self.env["recouvrement.planner.facts"]
        blind = mock.patch.object(type(facts), "_extra_item_facts", lambda *a: {})
        with blind:
            bundle = facts._load(
                context, reminder.partner_id.ids, ignore_reminder_ids=reminder.ids
            )[0]
        return original(self, reminder, context, bundle)

    original = claim._recheck
    return mock.patch.object(claim, "_recheck", recheck)


def undisputed_forgotten(registry):
    """A part that is contested holds the whole invoice back."""
    facts = registry["recouvrement.planner.facts"]
    original = facts._dispute_facts

    def whole(self, context, customer_ids, rows):
        found = original(self, context, customer_ids, rows)
        for row in rows:
            key = (row["move_id"], row["due_date"])
            if key in found:
                found[key]["disputed"] = found[key]["disputed"] + 10**6
        return found

    return mock.patch.object(facts, "_dispute_facts", whole)


DEFECTS = {
    f.__name__: f
    for f in (
        disputes_ignored,
        promises_ignored,
        promises_for_ever,
        claims_blind,
        undisputed_forgotten,
    )
}


class HistoryCase(PlanTwice, RecouvrementCommon):
    """Plays histories day by day: night, events, sending, events."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.histories = cls.make_scenario(
            "Histories", "test_histories", STEPS, max_contacts_7=50, max_contacts_30=99
        )
        cls.company.recouvrement_scenario_id = cls.histories

    def working_day(self, day, count):
        """``count`` working days after ``day``."""
        return add_business_days(day, count, self.company.recouvrement_region)

    def credit(self, move, amount, day):
        """A credit note matched with the invoice."""
        note = self.make_invoice(
            move.partner_id,
            late=0,
            amount=amount,
            move_type="out_refund",
            invoice_date=day,
            invoice_date_due=day,
        )
        self.match(note | move)

    def match(self, moves):
        """Match the receivable lines of these entries that are open."""
        moves.line_ids.filtered(
            lambda x: (
                x.account_id.account_type == "asset_receivable" and not x.reconciled
            )
        ).reconcile()

    def pay_by_entry(self, move, amount, day):
        """A line of the bank statement entered in the bank journal and matched: half the
        work of a payment of Odoo, so that thousands of histories can be played."""
        due = move.line_ids.filtered(
            lambda x: x.account_id.account_type == "asset_receivable"
        )[:1]
        journal = self.company_data["default_journal_bank"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": move.partner_id.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (journal.default_account_id, amount),
                        (due.account_id, -amount),
                    )
                ],
            }
        )
        entry.action_post()
        self.match(entry | move)

    def stories(self, count, player):
        """Customers with one to three invoices around their due dates."""
        partners = self.env["res.partner"].concat(
            *(self.make_debtor(f"History {player.case.seed} {n}") for n in range(count))
        )
        Customer = self.env["recouvrement.customer"]
        files = Customer._get_or_create(self.company, partners.ids)
        files.nature = "standard"
        by_partner = {f.partner_id.id: f for f in files}
        stories = []
        for partner in partners:
            bills = []
            for _each in range(player.random.randint(1, 3)):
                late = player.random.randint(-12, 12)
                amount = player.random.randint(2000, 90000) / 100
                move = self.make_invoice(partner, late=late, amount=amount, post=False)
                due = TODAY - timedelta(late)
                bills.append(Bill(move, due, ZERO + _money(amount)))
            stories.append(Story(by_partner[partner.id], bills))
        moves = [bill.move for story in stories for bill in story.bills]
        self.env["account.move"].concat(*moves).action_post()
        return stories

    def play(self, count, seed, nights=NIGHTS):
        """Problems found in ``count`` histories; the seed tells them all."""
        self.seed = seed
        player = Player(self, seed)
        stories = self.stories(count, player)
        checker = Checker(self, stories)
        for number in range(nights):
            day = TODAY + timedelta(number)
            self.travel(day)
            self.analyze()
            if number % 3 == 0:  # the first look of the night leaves out nothing due
                self.assert_planned_alike(day)
            run = self.plan(day)
            if run._is_closed_day():
                continue
            checker.night_passed(day)
            self.events(player, stories, day)
            self.send()
            checker.messages(day, run.reminder_ids)
            checker.silence(day)
            self.events(player, stories, day)
        checker.orphans(day)
        return checker.problems

    def analyze(self):
        """What autovacuum does between two nights. Nothing of a test is committed, and
        PostgreSQL would go on believing that the tables are empty: Odoo's own query of the
        invoices of a payment then takes minutes."""
        self.env.flush_all()
        self.env.cr.execute(
            "ANALYZE account_move, account_move_line, account_partial_reconcile"
        )

    def events(self, player, stories, day):
        """Something happens to some of the customers."""
        for story in stories:
            if player.random.random() < EVENTS:
                player.event(story, day)


def _money(amount):
    return type(ZERO)(str(amount))


@tagged("post_install", "-at_install")
class TestHistories(HistoryCase):
    """No item is chased while it must not be, none is forgotten, amounts to the cent."""

    def test_generated_histories(self):
        count = int(os.environ.get("RECOUVREMENT_HISTORIES", "200"))
        seed = int(os.environ.get("RECOUVREMENT_SEED", "20260317"))
        defect = os.environ.get("RECOUVREMENT_DEFECT")
        if defect:
            with DEFECTS[defect](self.registry):
                problems = self.play(count, seed)
        else:
            problems = self.play(count, seed)
        self.assertFalse(problems, f"seed {seed}:\n" + "\n".join(problems[:20]))

    def test_each_seeded_defect_is_found(self):
        for name, defect in DEFECTS.items():
            with (
                self.subTest(defect=name),
                defect(self.registry),
                self.env.cr.savepoint() as savepoint,
            ):
                self.assertTrue(self.play(12, 7, nights=24), name)
                savepoint.rollback()
