from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.recouvrement_auto.tests.common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestEffectiveness(RecouvrementCommon):
    """What a message brought: cash after it, never before it, by what it asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Row = cls.env["recouvrement.effectiveness"].sudo()

    def night(self, day=TODAY):
        self.travel(day)
        run = self.plan(day)
        self.send()
        return run

    def row_of(self, partner, day):
        self.env.flush_all()
        self.Row._refresh(self.company, day)
        return self.Row.search([("customer_id.partner_id", "=", partner.id)])

    def test_cash_after_the_message(self):
        """100 asked: 40 after 5 days, 60 after 12; a later look changes what is known."""
        debtor = self.make_debtor("Paying Debtor")
        invoice = self.make_invoice(debtor, late=5)
        other = self.make_invoice(debtor, late=-20)  # not due: not asked
        run = self.night()
        self.assertEqual(self.reminder_of(run, debtor).state, "sent")
        self.pay(invoice, 40, TODAY + timedelta(days=5))
        self.pay(other, 100, TODAY + timedelta(days=6))
        row = self.row_of(debtor, TODAY + timedelta(days=8))
        self.assertEqual(
            (row.amount, row.paid_7, row.full_7, row.known_7), (100, 40, 0, 1)
        )
        self.assertEqual((row.known_15, row.step_code), (0, "reminder_1"))
        self.pay(invoice, 60, TODAY + timedelta(days=12))
        row = self.row_of(debtor, TODAY + timedelta(days=31))
        self.assertEqual(len(row), 1)
        self.assertEqual((row.paid_7, row.paid_15, row.paid_30), (40, 100, 100))
        self.assertEqual((row.full_7, row.full_15, row.full_30), (0, 1, 1))
        self.assertEqual(row.cash_days, 40 * 5 + 60 * 12)
        self.assertAlmostEqual(row.mean_days, 9.2)
        self.assertFalse(row.answered)

    def test_credit_note_is_no_cash(self):
        debtor = self.make_debtor("Credited Debtor")
        invoice = self.make_invoice(debtor, late=5)
        self.night()
        invoice._reverse_moves(
            [{"invoice_date": TODAY + timedelta(days=2)}], cancel=True
        )
        row = self.row_of(debtor, TODAY + timedelta(days=31))
        self.assertEqual((row.paid_30, row.full_30, row.known_30), (0, 0, 1))

    def test_answered(self):
        debtor = self.make_debtor("Answering Debtor")
        invoice = self.make_invoice(debtor, late=5)
        silent = self.make_debtor("Silent Debtor")
        self.make_invoice(silent, late=5)
        run = self.night()
        customer = self.reminder_of(run, debtor).customer_id
        self.env["recouvrement.promise"]._record(
            customer,
            invoice.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            ).ids,
            100,
            TODAY + timedelta(days=4),
            "call",
        )
        self.assertEqual(self.row_of(debtor, TODAY + timedelta(days=2)).answered, 1)
        self.assertEqual(self.row_of(silent, TODAY + timedelta(days=2)).answered, 0)

    def test_rates_are_those_of_the_sums(self):
        for number in range(3):
            debtor = self.make_debtor(f"Rated Debtor {number}")
            invoice = self.make_invoice(debtor, late=5, amount=100 * (number + 1))
            if number:
                continue
            first = invoice
        self.night()
        self.pay(first, 100, TODAY + timedelta(days=3))
        self.env.flush_all()
        self.Row._refresh(self.company, TODAY + timedelta(days=31))
        domain = [("company_id", "=", self.company.id)]
        [(sent, rate, cash, days)] = self.Row._read_group(
            domain, [], ["sent:sum", "rate_7:avg", "cash_rate:avg", "mean_days:avg"]
        )
        self.assertEqual(sent, 3)
        self.assertAlmostEqual(rate, 100 / 3)
        self.assertAlmostEqual(cash, 100 * 100 / 600)
        self.assertAlmostEqual(days, 3)

    def test_old_rows_stay(self):
        debtor = self.make_debtor("Old Debtor")
        invoice = self.make_invoice(debtor, late=5)
        self.night()
        row = self.row_of(debtor, TODAY + timedelta(days=60))
        self.assertEqual(row.known_30, 1)
        self.pay(invoice, 100, TODAY + timedelta(days=3))
        self.assertEqual(self.row_of(debtor, TODAY + timedelta(days=61)).paid_30, 0)

    def test_one_row_per_message(self):
        debtor = self.make_debtor("Unique Debtor")
        self.make_invoice(debtor, late=5)
        self.night()
        self.row_of(debtor, TODAY)
        self.env.cr.execute(
            """INSERT INTO recouvrement_effectiveness
                   (reminder_id, company_id, customer_id, day)
               SELECT reminder_id, company_id, customer_id, day
                 FROM recouvrement_effectiveness ON CONFLICT DO NOTHING"""
        )
        self.assertEqual(self.env.cr.rowcount, 0)

    # === COMPARISON === #

    def fill(self, version, settled, total):
        """Rows of as many customers under a version, without the nights behind them."""
        for number in range(total):
            debtor = self.env["res.partner"].create({"name": f"Many {number}"})
            customer = self.env["recouvrement.customer"]._get_or_create(
                self.company, debtor.ids
            )
            for again in range(
                2
            ):  # the second message of a customer counts for nothing
                reminder = (
                    self.env["recouvrement.reminder"]
                    .sudo()
                    .create(
                        {
                            "company_id": self.company.id,
                            "customer_id": customer.id,
                            "date": TODAY + timedelta(days=again),
                            "step_code": "reminder_1",
                            "state": "sent",
                            "channel": "email",
                        }
                    )
                )
                self.Row.create(
                    {
                        "reminder_id": reminder.id,
                        "company_id": self.company.id,
                        "customer_id": customer.id,
                        "scenario_id": version.scenario_id.id,
                        "version_id": version.id,
                        "day": reminder.date,
                        "amount": 100,
                        "known_15": 1,
                        "full_15": int(number < settled and not again),
                    }
                )

    def versions(self):
        debtor = self.make_debtor("Version Debtor")
        self.make_invoice(debtor, late=5)
        self.night()
        Version = self.env["recouvrement.scenario.version"].sudo()
        first = Version.search([("scenario_id", "=", self.scenario.id)], limit=1)
        second = first.copy({"version": first.version + 1})
        return second, first

    def compare(self, one, base, **values):
        return self.env["recouvrement.effectiveness.comparison"].create(
            {
                "scenario_id": self.scenario.id,
                "version_id": one.id,
                "base_version_id": base.id,
                "date_from": TODAY - timedelta(days=5),
                "date_to": TODAY + timedelta(days=60),
                **values,
            }
        )

    def test_a_clear_difference(self):
        """36 of 40 against 20 of 40: better, with the interval of Newcombe."""
        one, base = self.versions()
        self.fill(one, 36, 40)
        self.fill(base, 20, 40)
        found = self.compare(one, base)
        self.assertEqual((found.count, found.base_count), (40, 40))
        self.assertEqual((found.share, found.base_share), (90, 50))
        self.assertEqual(found.verdict, "better")
        self.assertIn("+40.0", found.sentence)
        self.assertEqual(self.compare(base, one).verdict, "worse")

    def test_few_customers_tell_nothing(self):
        one, base = self.versions()
        self.fill(one, 5, 6)
        self.fill(base, 3, 6)
        found = self.compare(one, base)
        self.assertEqual(found.verdict, "unsure")
        self.assertIn("6", found.sentence)
        self.assertEqual(self.compare(one, base, tone="formal").verdict, "none")

    def test_questions_without_sense(self):
        one, base = self.versions()
        with self.assertRaises(ValidationError):
            self.compare(one, one)
        with self.assertRaises(ValidationError):
            self.compare(one, base, date_to=TODAY - timedelta(days=50))

    def test_who_reads(self):
        seller = new_test_user(
            self.env,
            "effect_sales",
            groups="recouvrement_auto.recouvrement_auto_group_salesperson",
        )
        with self.assertRaises(AccessError):
            self.env["recouvrement.effectiveness"].with_user(seller).search([])
        other = self.env["res.company"].sudo().create({"name": "Away"})
        away = new_test_user(
            self.env,
            "effect_away",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        debtor = self.make_debtor("Seen Debtor")
        self.make_invoice(debtor, late=5)
        self.night()
        self.assertTrue(self.row_of(debtor, TODAY))
        self.assertFalse(
            self.env["recouvrement.effectiveness"].with_user(away).search([])
        )
