from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.models.recouvrement_score import FACTORS
from odoo.addons.recouvrement_auto.tools.score import scorecard
from odoo.addons.recouvrement_auto.tools.segment import PaymentFacts

from .common import TODAY, RecouvrementCommon

GOOD = PaymentFacts(paid_count=20)
LATE = PaymentFacts(
    paid_count=20,
    late_count=15,
    late30_count=10,
    median_delay=40.0,
    mean_delay=20.0,
    last5_delay=44.0,
    open_overdue_count=2,
    open_overdue_amount=4300,
    oldest_open_days=60,
)


@tagged("post_install", "-at_install")
class TestScore(RecouvrementCommon):
    """Dated snapshots of the risk score and the sentences that explain them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Score")
        cls.file = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.debtor.ids
        )

    def refresh(self, facts=None, day=TODAY):
        """One refresh; ``facts`` stand for what the ledger says of the debtor."""
        given = {self.debtor.id: facts} if facts else facts
        return self.env["recouvrement.score"].sudo()._refresh(self.company, day, given)

    def history(self):
        """Snapshots of the debtor, oldest first: ``(date, grade)``."""
        scores = self.file.score_ids.sorted("date")
        return [(score.date, score.grade) for score in scores]

    # === GRADE === #

    def test_new_customer_has_no_grade(self):
        self.refresh()
        score = self.file.score_id
        self.assertEqual(score.date, TODAY)
        self.assertFalse(score.grade)
        self.assertIn("too few for a grade", score.reason)
        self.assertFalse(self.file.grade)

    def test_from_the_ledger(self):
        for delay in (0, 0, 0, 12, 12):
            invoice = self.make_invoice(self.debtor, 57)
            self.pay(invoice, day=invoice.invoice_date_due + timedelta(delay))
        self.refresh()
        score = self.file.score_id
        self.assertEqual((score.grade, score.points), ("B", 16))
        self.assertTrue(score.short_history)
        lines = score.reason.splitlines()
        self.assertIn("2 of 5 instalments paid late", lines[0])
        self.assertTrue(lines[0].startswith("+16"))
        self.assertIn("Short history: 5 instalments", lines[-1])
        self.assertEqual(self.file.score_reason, score.reason)

    def test_sentences_carry_the_numbers(self):
        self.refresh(LATE)
        score = self.file.score_id
        self.assertEqual(score.grade, "E")
        self.assertIn("15 of 20 instalments paid late", score.reason)
        self.assertRegex(score.reason, "2 overdue items open for .*4,300.00.* 60 days")
        self.assertEqual(sum(points for _k, points, _v in score.factors), score.points)

    def test_every_factor_has_words(self):
        samples = [
            PaymentFacts(manual_litigation=True),
            PaymentFacts(),
            PaymentFacts(paid_count=5, promises_broken=2, disputes_lost=3),
            LATE,
            PaymentFacts(paid_count=5, signals_watch=1),
        ]
        seen = set()
        for facts in samples:
            score = scorecard(facts, 0.2, 0.1)
            for key, _points, values in score.factors:
                seen.add(key)
                words = self.env._(FACTORS[key])
                self.assertTrue(words % values)
        self.assertEqual(seen | {"short_history"}, set(FACTORS))

    def test_consumer_is_not_graded(self):
        self.refresh(LATE)
        self.assertEqual(self.file.grade, "E")
        self.file.nature = "consumer"
        self.assertFalse(self.file.grade)
        self.assertEqual(self.refresh(GOOD, TODAY + timedelta(1)), 0)

    # === HISTORY === #

    def test_one_snapshot_per_month_and_per_change_of_grade(self):
        for facts, day in (
            (GOOD, date(2026, 1, 10)),
            (GOOD, date(2026, 1, 11)),
            (GOOD, date(2026, 1, 31)),
            (GOOD, date(2026, 2, 1)),
            (LATE, date(2026, 2, 2)),
            (LATE, date(2026, 2, 3)),
            (GOOD, date(2026, 2, 4)),
        ):
            self.refresh(facts, day)
        self.assertEqual(
            self.history(),
            [
                (date(2026, 1, 10), "A"),
                (date(2026, 2, 1), "A"),
                (date(2026, 2, 2), "E"),
                (date(2026, 2, 4), "A"),
            ],
        )

    def test_unknown_customer_is_not_repeated_each_month(self):
        self.refresh()
        self.assertEqual(self.refresh(day=TODAY + timedelta(40)), 0)
        self.assertEqual(self.refresh(GOOD, TODAY + timedelta(41)), 1)

    def test_same_day_again_replaces(self):
        self.refresh(GOOD)
        self.refresh(LATE)
        self.assertEqual(self.history(), [(TODAY, "E")])

    def test_history_is_kept_24_months(self):
        self.refresh(GOOD, date(2024, 3, 16))
        self.refresh(GOOD, date(2024, 4, 1))
        self.refresh(GOOD, date(2026, 3, 17))
        days = [day for day, _grade in self.history()]
        self.assertEqual(days, [date(2024, 4, 1), date(2026, 3, 17)])

    def test_files_by_grade(self):
        other = self.env["recouvrement.customer"]._get_or_create(
            self.company, self.make_debtor("Unknown").ids
        )
        both = self.file | other
        self.refresh(GOOD)
        self.refresh(LATE, TODAY + timedelta(1))
        Customer = self.env["recouvrement.customer"]
        for domain, expected in (
            ([("grade", "=", "E")], self.file),
            ([("grade", "in", ["D", "E"])], self.file),
            ([("grade", "=", "A")], Customer),
            ([("grade", "=", False)], other),
            ([("grade", "!=", "E")], other),
            ([("grade", "!=", False)], self.file),
        ):
            found = Customer.search([("id", "in", both.ids), *domain])
            self.assertEqual(found, expected, domain)

    def test_number_of_queries_does_not_grow(self):
        few = self.queries()
        debtors = self.env["res.partner"]
        for number in range(25):
            debtors |= self.make_debtor(f"Many {number}")
        self.env["recouvrement.customer"]._get_or_create(self.company, debtors.ids)
        self.assertEqual(self.queries(), few)
        self.assertLessEqual(few, 20)

    def queries(self):
        """Queries of one refresh that writes every snapshot."""
        self.refresh()
        self.env.cr.execute("DELETE FROM recouvrement_score")
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.refresh()
        return self.env.cr.sql_log_count - before

    # === RIGHTS === #

    def test_points_stay_in_their_range(self):
        self.refresh(GOOD)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.env.cr.execute("UPDATE recouvrement_score SET points = 101")

    def test_read_only_for_everybody(self):
        self.refresh(GOOD)
        group = "recouvrement_auto.recouvrement_auto_group_manager"
        manager = new_test_user(self.env, "score_manager", groups=group)
        manager.write(
            {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
        )
        score = self.file.score_id.with_user(manager)
        self.assertEqual(score.grade, "A")
        for call in (
            lambda: score.write({"points": 1}),
            lambda: score.unlink(),
            lambda: score.create(
                {
                    "customer_id": self.file.id,
                    "company_id": self.company.id,
                    "date": TODAY,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                call()
