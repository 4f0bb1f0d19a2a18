from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestOpenItem(RecouvrementCommon):
    """The one SQL of open items: the past of some customers is that of all of them."""

    def rows(self, day, **scope):
        """Amount of each open line at ``day``."""
        query = self.env["recouvrement.open.item"]._query(self.company, day, **scope)
        return dict(
            self.env.execute_query(SQL("SELECT line_id, amount FROM (%s) item", query))
        )

    def setUp(self):
        super().setUp()
        self.debtors = [self.make_debtor(f"Open Debtor {n}") for n in range(3)]
        for number, debtor in enumerate(self.debtors):
            paid = self.make_invoice(debtor, late=60, amount=500)
            part = self.make_invoice(debtor, late=40, amount=300)
            self.make_invoice(debtor, late=5, amount=100)
            self.pay(paid, day=TODAY - timedelta(days=20 + number))
            self.pay(part, amount=120, day=TODAY - timedelta(days=10))

    def test_some_customers_are_a_part_of_all(self):
        for days in (0, 5, 15, 21, 50, 90):
            day = TODAY - timedelta(days=days)
            whole = self.rows(day)
            for debtor in self.debtors:
                own = self.rows(day, partner_ids=debtor.ids)
                lines = self.env["account.move.line"].browse(whole)
                expected = lines.filtered(lambda x, who=debtor: x.partner_id == who)
                with self.subTest(days=days, debtor=debtor.name):
                    self.assertEqual(own, {x.id: whole[x.id] for x in expected})
            some = list(whole)[:2]
            found = self.rows(day, line_ids=some)
            self.assertEqual(found, {line: whole[line] for line in some})

    def test_live_amounts_are_those_of_the_items(self):
        Item = self.env["recouvrement.open.item"]
        columns = SQL("company_id, partner_id, due_date, amount")
        found = [
            sorted(self.env.execute_query(SQL("SELECT %s FROM (%s) x", columns, query)))
            for query in (
                Item._query(self.company, TODAY, live=True),
                Item._live_amounts(self.company),
            )
        ]
        self.assertEqual(*found)
        self.assertEqual(len(found[0]), 6)

    def test_open_again_before_the_payment(self):
        debtor = self.debtors[0]
        amounts = {
            days: sorted(
                map(
                    float,
                    self.rows(
                        TODAY - timedelta(days=days), partner_ids=debtor.ids
                    ).values(),
                )
            )
            for days in (0, 10, 11, 20, 21, 200)
        }
        self.assertEqual(amounts[0], amounts[10])
        self.assertEqual(len(amounts[10]), 2, "one is paid")
        self.assertEqual(sum(amounts[11]) - sum(amounts[10]), 120)
        self.assertEqual(len(amounts[20]), 2)
        self.assertEqual(len(amounts[21]), 3)
        self.assertEqual(amounts[200], [])


@tagged("post_install", "-at_install")
class TestLookedUpOnce(RecouvrementCommon):
    """What a transaction keeps is what the database says."""

    def accounts(self):
        """What queries use."""
        return self.env["recouvrement.open.item"]._account_ids(self.company)

    def test_once(self):
        known = self.accounts()
        before = self.env.cr.sql_log_count
        self.assertEqual(self.accounts(), known)
        self.assertEqual(self.env.cr.sql_log_count, before)
        self.env.cr.flush()  # as a commit does
        self.accounts()
        self.assertGreater(self.env.cr.sql_log_count, before)

    def test_a_changed_account_is_seen(self):
        before = self.accounts()
        account = self.env["account.account"].create(
            {
                "name": "More customers",
                "code": "411900",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )
        self.assertEqual(set(self.accounts()), {*before, account.id})
        account.non_trade = True
        self.assertEqual(self.accounts(), before)
        account.non_trade = False
        self.assertIn(account.id, self.accounts())
        account.unlink()
        self.assertEqual(self.accounts(), before)

    def test_a_change_rolled_back_is_forgotten(self):
        before = self.accounts()
        savepoint = self.env.cr.savepoint()
        self.env["account.account"].browse(before[0]).non_trade = True
        self.assertNotIn(before[0], self.accounts())
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.assertEqual(self.accounts(), before)

    def test_a_branch_joins_the_family(self):
        Item = self.env["recouvrement.open.item"]
        before = Item._partial_company_ids(self.company)
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.assertEqual(
            set(Item._partial_company_ids(self.company)), {*before, branch.id}
        )

    def test_an_own_segment_counts_at_once(self):
        Segment = self.env["recouvrement.segment"]
        shared = Segment._by_code(self.company)["new"]
        own = shared.copy({"company_id": self.company.id, "min_invoices": 7})
        self.assertEqual(Segment._by_code(self.company)["new"], own)
        self.assertEqual(Segment._thresholds(self.company).new_below, 7)
        own.min_invoices = 8
        self.assertEqual(Segment._thresholds(self.company).new_below, 8)
        own.unlink()
        self.assertEqual(Segment._by_code(self.company)["new"], shared)
