from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AgedBalanceCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"
TODAY = date(2025, 6, 17)


@tagged("post_install", "-at_install")
class TestRoi(AgedBalanceCommon):
    """Return on investment, benchmarks and where the days go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.registry["res.company"]
        cls.classPatch(company, "_recouvrement_today", lambda this: TODAY)
        cls.Cycle = cls.env["recouvrement.cycle.time"].with_context(
            allowed_company_ids=cls.company.ids
        )

    def rows(self, domain=()):
        return self.Cycle.search([("company_id", "=", self.company.id), *domain])

    def test_days_of_an_instalment(self):
        """Delivered 1 March, invoiced 11 March, due 10 April, paid 30 April: our process."""
        slow = self.invoice(
            "2025-03-11",
            600,
            invoice_date_due="2025-04-10",
            delivery_date="2025-03-01",
        )
        self.pay(slow, 600, "2025-04-30")
        row = self.rows([("move_name", "=", slow.name)])
        self.assertEqual(
            (row.days_to_invoice, row.days_term, row.days_late, row.days_total),
            (10, 30, 20, 50),
        )
        self.assertEqual((row.cause, row.is_late), ("own", 1))
        self.assertAlmostEqual(row.tied_up, 600 * 50 / 365, 2)

    def test_causes(self):
        late = self.invoice("2025-03-11", 100, invoice_date_due="2025-04-10")
        self.pay(late, 100, "2025-05-20")
        good = self.invoice("2025-03-12", 100, invoice_date_due="2025-04-10")
        self.pay(good, 100, "2025-04-09")
        contested = self.invoice("2025-03-13", 100, invoice_date_due="2025-04-10")
        files = self.env["recouvrement.customer"]._get_or_create(
            self.company, self.partner_a.ids
        )
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        self.env["recouvrement.dispute"]._open(files, contested, reason)
        self.pay(contested, 100, "2025-05-20")
        causes = {
            row.move_name: row.cause
            for row in self.rows(
                [("move_name", "in", (late | good | contested).mapped("name"))]
            )
        }
        self.assertEqual(
            causes,
            {late.name: "customer", good.name: "on_time", contested.name: "dispute"},
        )

    def test_days_of_a_group_are_weighted(self):
        small = self.invoice("2025-03-11", 100, invoice_date_due="2025-04-10")
        self.pay(small, 100, "2025-04-20")
        large = self.invoice("2025-03-11", 900, invoice_date_due="2025-04-10")
        self.pay(large, 900, "2025-05-10")
        [(late, to_invoice)] = self.Cycle._read_group(
            [("move_name", "in", (small | large).mapped("name"))],
            [],
            ["days_late:avg", "days_to_invoice:avg"],
        )
        self.assertAlmostEqual(late, (100 * 10 + 900 * 30) / 1000)
        self.assertFalse(to_invoice)

    def test_credit_and_doubtful_are_no_cash(self):
        names = self.rows().mapped("move_name")
        self.assertNotIn(self.doubted.name, names)
        self.assertNotIn(self.reversed.name, names)

    # === RETURN ON INVESTMENT === #

    def test_gain_from_the_snapshots(self):
        Snapshot = self.env["recouvrement.kpi.snapshot"].sudo()
        for day in (date(2025, 2, 28), date(2025, 3, 31), TODAY - timedelta(days=1)):
            Snapshot._take(self.company, day)
        page = self.env["recouvrement.roi"].create(
            {"company_id": self.company.id, "start_date": "2025-04-01"}
        )
        series = Snapshot._series([("company_id", "=", self.company.id)])
        before = (series[0]["dso"] + series[1]["dso"]) / 2
        self.assertTrue(page.is_known)
        self.assertAlmostEqual(page.dso_before, before)
        self.assertAlmostEqual(page.dso_now, series[2]["dso"])
        won = before - series[2]["dso"]
        self.assertAlmostEqual(page.days_won, won)
        self.assertAlmostEqual(page.cash_freed, series[2]["sales_365"] / 365 * won, 2)
        self.assertEqual((page.message_count, page.hours), (0, 0))

    def test_without_a_before_nothing_is_claimed(self):
        page = self.env["recouvrement.roi"].create(
            {"company_id": self.company.id, "start_date": "2025-04-01"}
        )
        self.assertFalse(page.is_known)
        self.assertEqual((page.days_won, page.cash_freed), (0, 0))

    def test_pilot_against_control(self):
        Tag = self.env["res.partner.category"]
        pilot, control = Tag.create([{"name": "Pilot"}, {"name": "Control"}])
        self.partner_a.category_id = pilot
        self.partner_b.category_id = control
        for number in range(12):
            good = self.invoice("2025-04-02", 10 + number)
            self.pay(good, 10 + number, "2025-04-05")
            bad = self.invoice("2025-04-02", 10 + number, partner=self.partner_b)
            self.pay(bad, 10 + number, "2025-06-10")
        page = self.env["recouvrement.roi"].create(
            {
                "company_id": self.company.id,
                "start_date": "2025-04-01",
                "pilot_category_id": pilot.id,
                "control_category_id": control.id,
            }
        )
        self.assertIn("100.0", page.pilot_sentence)
        self.assertIn("not chance", page.pilot_sentence)
        with self.assertRaises(ValidationError):
            page.control_category_id = pilot

    def test_limits_and_rights(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.env["recouvrement.roi"].create({"hourly_cost": -1})
        for role in ("agent", "auditor"):
            user = new_test_user(self.env(su=True), f"roi_{role}", f"{GROUP}{role}")
            for model in ("recouvrement.roi", "recouvrement.benchmark"):
                with (
                    self.subTest(role=role, model=model),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(user).create({})
                self.env[model].with_user(user).search([])
        seller = new_test_user(
            self.env(su=True), "roi_salesperson", f"{GROUP}salesperson"
        )
        for model in ("roi", "benchmark", "cycle.time"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[f"recouvrement.{model}"].with_user(seller).search([])

    def test_benchmarks_are_dated_and_beside_ours(self):
        marks = self.env["recouvrement.benchmark"].search([])
        self.assertGreater(len(marks), 8)
        self.assertTrue(all(marks.mapped("date")) and all(marks.mapped("source")))
        self.env["recouvrement.kpi.snapshot"].sudo()._take(
            self.company, TODAY - timedelta(days=1)
        )
        marks = marks.with_company(self.company).with_context(
            allowed_company_ids=self.company.ids
        )
        marks.invalidate_recordset()
        own = {mark.measure: mark.own_value for mark in marks}
        [one] = self.env["recouvrement.kpi.snapshot"]._series(
            [("company_id", "=", self.company.id)]
        )
        self.assertAlmostEqual(own["dso"], one["dso"])
        self.assertTrue(own["delay"])
        self.assertEqual(own["other"], 0)
