from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from .common import AgedBalanceCommon
from .ledger_story import DAYS, FIRST_DAY, LedgerStory

SEEDS = (7, 2026)
EVENTS = 60
PAST_DATES = [FIRST_DAY + timedelta(days=DAYS * step // 11 + 40) for step in range(12)]
CENT = Decimal("0.01")


def cents(amount):
    """An amount as SQL gives it, to the cent."""
    return Decimal(str(amount or 0)).quantize(CENT)


@tagged("post_install", "-at_install")
class TestAgedBalanceOracle(AgedBalanceCommon):
    """Random ledgers at twelve past dates against the plain SQL of the general ledger.

    The oracle sums posted lines up to the date and knows nothing of reconciliation, so it
    cannot share a mistake with the report.
    """

    @classmethod
    def tell_story(cls):
        """Two random ledgers instead of the small one, and one of a second company."""
        cls.foreigns = [
            cls.foreign,
            cls.setup_other_currency(
                "CHF", rates=[("2023-01-01", 0.93), ("2025-02-01", 1.07)]
            ),
        ]
        cls.stories = [LedgerStory(cls, seed).tell(EVENTS) for seed in SEEDS]
        cls.env.flush_all()

    def oracle(self, day, key):
        """``{key: balance}`` of the trade receivable accounts."""
        self.env.cr.execute(
            f"""SELECT {key}, SUM(line.balance)
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN res_partner debtor
                    ON debtor.id = partner.commercial_partner_id
                 WHERE account.account_type = 'asset_receivable'
                   AND account.non_trade IS NOT TRUE
                   AND line.parent_state = 'posted'
                   AND line.date <= %s AND line.company_id = %s
              GROUP BY 1""",
            (day, self.company.id),
        )
        return {key: cents(total) for key, total in self.env.cr.fetchall() if total}

    def summed(self, rows, key):
        found = defaultdict(Decimal)
        for row in rows:
            found[row[key]] += cents(row["amount"])
        return {key: total for key, total in found.items() if total}

    def test_ledgers_hold_the_cases(self):
        """The random ledgers really contain what they are meant to test."""
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        partials = lines.matched_credit_ids | lines.matched_debit_ids
        self.assertGreater(len(lines), 100)
        self.assertGreater(len(lines.account_id), 1)
        self.assertEqual(len(lines.currency_id), 3)
        self.assertTrue(partials.exchange_move_id)
        self.assertTrue(lines.filtered(lambda x: not x.date_maturity))
        self.assertTrue(lines.filtered(lambda x: not x.partner_id))
        self.assertTrue(lines.filtered(lambda x: x.amount_residual < 0))
        self.assertGreater(len(partials), 30)

    def test_twelve_past_dates(self):
        """In total, by account and by customer: the ledger, to the cent."""
        engine = self.env["recouvrement.aged.balance.engine"]
        for day in PAST_DATES:
            request = self.ask(str(day))
            rows = engine._summary_rows(request)
            for key, column in (
                ("account_id", "line.account_id"),
                ("debtor_id", "debtor.id"),
            ):
                with self.subTest(day=day, key=key):
                    expected = self.oracle(day, column)
                    self.assertTrue(expected)
                    self.assertEqual(self.summed(rows, key), expected)

    def test_columns_and_axes_add_up(self):
        """Each line is the sum of its columns; every grouping has the same total."""
        engine = self.env["recouvrement.aged.balance.engine"]
        for day in PAST_DATES[::3]:
            request = self.ask(str(day), limits=(0, 10, 45, 200))
            rows = engine._summary_rows(request)
            total = sum(cents(row["amount"]) for row in rows)
            self.assertEqual(total, cents(self.ledger(day)))
            for row in rows:
                columns = sum(cents(row[f"amount_{index}"]) for index in range(5))
                self.assertEqual(columns, cents(row["amount"]))
            for axis in ("group_id", "salesperson_id", "segment_id", "nature"):
                found = self.summed(rows, axis)
                self.assertEqual(sum(found.values()), total, axis)

    def test_group_of_companies(self):
        """Subsidiaries stand under the topmost parent, contacts under their company."""
        day = PAST_DATES[-1]
        head = self.stories[0].partners[2]
        own = self.env["res.partner"].search([("id", "child_of", head.id)])
        rows = self.env["recouvrement.aged.balance.engine"]._summary_rows(
            self.ask(str(day))
        )
        grouped = [row for row in rows if row["group_id"] == head.id]
        self.assertGreater(len({row["debtor_id"] for row in grouped}), 1)
        expected = self.oracle(day, "debtor.id")
        self.assertEqual(
            sum(cents(row["amount"]) for row in grouped),
            sum(expected.get(partner.id, Decimal(0)) for partner in own),
        )

    def test_workbook_control_says_zero(self):
        """The control sheet finds no difference at the twelve dates."""
        builder = self.env["recouvrement.aged.balance.xlsx"]
        for day in PAST_DATES:
            data = builder._data(self.ask(str(day)))
            aged = data.by_account()
            for key, ledger in data.ledger.items():
                self.assertEqual(cents(aged.get(key)), cents(ledger), (day, key))

    def test_payment_of_the_next_day_changes_nothing(self):
        """A past balance does not move when today's payments are matched."""
        day = date(2025, 3, 31)
        engine = self.env["recouvrement.aged.balance.engine"]

        def picture():
            rows = engine._summary_rows(self.ask(str(day)))
            return self.summed(rows, "debtor_id")

        before = picture()
        for move in self.stories[1].invoices[:8]:
            if move.amount_residual > 1 and move.state == "posted":
                self.pay(move, move.amount_residual, "2026-02-02")
        self.assertEqual(picture(), before)
