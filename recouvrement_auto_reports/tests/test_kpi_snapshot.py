from datetime import date
from unittest import mock

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AgedBalanceCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"


@tagged("post_install", "-at_install")
class TestKpiSnapshot(AgedBalanceCommon):
    """Daily figures: equal to the ledger when taken, unmoved afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Snapshot = cls.env["recouvrement.kpi.snapshot"].sudo()
        cls.day = date(2025, 4, 30)

    def rows(self, day, level="group"):
        return self.Snapshot.search(
            [
                ("company_id", "=", self.company.id),
                ("date", "=", day),
                ("level", "=", level),
            ]
        )

    def go_to(self, day):
        """Make ``day`` the local day of every company."""
        company = self.registry["res.company"]
        self.patch(company, "_recouvrement_today", lambda this: day)

    def test_columns_are_those_of_the_aged_balance(self):
        """At each month end: balance of the ledger, columns of the aged balance."""
        for day in (date(2025, 2, 28), date(2025, 3, 31), self.day):
            self.Snapshot._take(self.company, day)
            rows = self.rows(day)
            engine = self.env["recouvrement.aged.balance.engine"]
            request = self.ask(day.isoformat(), limits=(0, 30, 60, 90))
            aged = engine._summary_rows(request)
            names = ("not_due", "late_30", "late_60", "late_90", "late_over")
            for index, name in enumerate(names):
                expected = sum(row[f"amount_{index}"] for row in aged)
                self.assertAlmostEqual(sum(rows.mapped(name)), expected, 2, (day, name))
            ledger = sum(row[2] for row in engine._ledger_rows(request))
            self.assertAlmostEqual(sum(rows.mapped("receivable")), ledger, 2)
            self.assertTrue(ledger)

    def test_sales_and_dso(self):
        """March 2025: 120 of credit notes, before it 1,960 of invoices."""
        self.Snapshot._take(self.company, date(2025, 3, 31))
        [one] = self.Snapshot._series(
            [("company_id", "=", self.company.id), ("date", "=", "2025-03-31")]
        )
        self.assertEqual(one["sales_m0"], -120)
        self.assertEqual(one["sales_m1"], 100 + 80)  # 200 at a rate of 2, and 80
        self.assertEqual(one["sales_m2"], 1000 + 640)
        # 90 days back from 31 March: from 1 January on
        self.assertEqual(one["sales_90"], -120 + 180 + 1640)
        owed = one["receivable"] - one["on_account"]
        self.assertAlmostEqual(one["dso"], owed * 90 / 1700)
        self.assertEqual(one["on_account"], -400)
        left = owed + 120 - 180
        self.assertAlmostEqual(one["count_back"], 31 + 28 + 31 * left / 1640)

    def test_collection_effectiveness(self):
        """The example of legal-fr.md section 11: 450,000 at the opening, 240,000 of sales,
        500,000 at the closing, of which 300,000 not due: 48.7 %. The same of the customer,
        of his segment, salesperson and sector; half a month later of what has happened."""
        seller = new_test_user(self.env(su=True), "kpi_cei", f"{GROUP}salesperson")
        sector = self.env["res.partner.industry"].sudo().create({"name": "Tiles"})
        segment = self.env["recouvrement.segment"].search([], limit=1)
        partner = self.partner_a.copy(
            {"name": "Alpha", "user_id": seller.id, "industry_id": sector.id}
        )
        file = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        file.segment_id = segment
        late = self.invoice(
            "2025-05-10", 390_000, partner=partner, invoice_date_due="2025-06-10"
        )
        for day, amount in (("2025-05-12", 60_000), ("2025-06-16", 240_000)):
            self.invoice(day, amount, partner=partner, invoice_date_due="2025-08-15")
        self.pay(late, 190_000, "2025-06-20")
        for day, expected in (
            (date(2025, 6, 15), 0),  # nothing collected of 390,000
            (date(2025, 6, 30), 100 * 190 / 390),
        ):
            self.Snapshot._take(self.company, day)
            for axis, record in (
                ("segment_id", segment),
                ("salesperson_id", seller),
                ("industry_id", sector),
            ):
                domain = [("date", "=", day), ("level", "=", "group")]
                domain += [("company_id", "=", self.company.id)]
                [(found,)] = self.Snapshot._read_group(
                    [*domain, (axis, "=", record.id)], [], ["cei:avg"]
                )
                self.assertAlmostEqual(found, expected, msg=(day, axis))
        row = self.rows(date(2025, 6, 30), "customer")
        row = row.filtered(lambda one: one.customer_id == file)
        self.assertEqual(round(row.cei, 1), 48.7)
        self.assertEqual((row.opening, row.receivable), (450_000, 500_000))

    def test_a_day_taken_before_a_column_was_added(self):
        """Its other figures stay, the new ones are unknown; what was rebuilt from the
        ledger is rebuilt again."""
        old, rebuilt = date(2025, 4, 29), date(2025, 4, 27)
        self.Snapshot._take(self.company, old)
        self.Snapshot._take(self.company, rebuilt, "backfill")
        self.env.cr.execute(
            """UPDATE recouvrement_kpi_snapshot
                  SET opening = NULL, lost_365 = NULL, sales_untaxed_365 = NULL"""
        )
        self.env.invalidate_all()
        self.Snapshot.init()
        self.assertFalse(self.rows(rebuilt))
        [one] = self.Snapshot._series([("company_id", "=", self.company.id)])
        self.assertTrue(one["dso"])
        self.assertEqual((one["cei"], one["loss_rate"]), (None, None))
        self.assertFalse(any(self.rows(old).mapped("cei")))
        [(rate,)] = self.Snapshot._read_group([("date", "=", old)], [], ["cei:avg"])
        self.assertFalse(rate)

    def test_a_past_day_does_not_move(self):
        self.Snapshot._take(self.company, self.day)
        before = self.rows(self.day).read()
        self.invoice("2025-04-02", 5000)
        self.assertFalse(self.Snapshot._take(self.company, self.day, "backfill"))
        self.assertEqual(self.rows(self.day).read(), before)
        self.Snapshot._take(self.company, date(2025, 5, 1))
        later = sum(self.rows(date(2025, 5, 1)).mapped("receivable"))
        self.assertGreater(later, sum(r["receivable"] for r in before) + 4000)

    def test_customers_at_month_ends_only(self):
        files = self.env["recouvrement.customer"]._get_or_create(
            self.company, (self.partner_a | self.partner_b).ids
        )
        self.Snapshot._take(self.company, self.day)
        self.Snapshot._take(self.company, date(2025, 4, 29))
        self.assertEqual(self.rows(self.day, "customer").customer_id, files)
        self.assertFalse(self.rows(date(2025, 4, 29), "customer"))
        without = sum(self.rows(self.day).mapped("receivable")) - sum(
            self.rows(self.day, "customer").mapped("receivable")
        )
        self.assertEqual(without, 75)  # the entry without customer

    def test_nobody_writes_them(self):
        self.Snapshot._take(self.company, self.day)
        rows = self.rows(self.day)
        for call in (
            lambda: rows.write({"receivable": 0}),
            lambda: rows.unlink(),
            lambda: self.Snapshot.create({"date": self.day}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_a_day_is_taken_once(self):
        """The unique index, whatever method writes."""
        self.Snapshot._take(self.company, self.day)
        self.env.cr.execute(
            """INSERT INTO recouvrement_kpi_snapshot
                   (company_id, date, level, source, key)
               SELECT company_id, date, level, source, key
                 FROM recouvrement_kpi_snapshot WHERE company_id = %s
           ON CONFLICT DO NOTHING""",
            [self.company.id],
        )
        self.assertEqual(self.env.cr.rowcount, 0)

    def test_the_ratio_of_a_group_is_that_of_its_sums(self):
        self.Snapshot._take(self.company, self.day)
        domain = [
            ("company_id", "=", self.company.id),
            ("date", "=", self.day),
            ("level", "=", "group"),
        ]
        [one] = self.Snapshot._series(domain)
        [(dso, bpdso, add, weighted)] = self.Snapshot._read_group(
            domain, [], ["dso:avg", "bpdso:avg", "add_days:avg", "weighted_delay:avg"]
        )
        self.assertAlmostEqual(dso, one["dso"])
        self.assertAlmostEqual(bpdso, one["bpdso"])
        self.assertAlmostEqual(add, one["add"])
        self.assertAlmostEqual(weighted, one["weighted_delay"])
        rows = self.rows(self.day)
        self.assertTrue(any(rows.mapped("dso")))
        description = self.Snapshot.fields_get(["dso", "dso_count_back"])
        self.assertEqual(description["dso"]["aggregator"], "avg")
        self.assertFalse(description["dso_count_back"].get("aggregator"))

    def test_salesperson_reads_his_rows(self):
        seller = new_test_user(
            self.env(su=True),
            "kpi_sales",
            f"{GROUP}salesperson",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.partner_b.user_id = seller
        self.Snapshot._take(self.company, self.day)
        found = self.Snapshot.with_user(seller).sudo(False).search([])
        self.assertEqual(found.salesperson_id, seller)
        self.assertLess(len(found), len(self.rows(self.day)))
        other = self.env["res.company"].sudo().create({"name": "Away"})
        away = new_test_user(
            self.env(su=True),
            "kpi_away",
            f"{GROUP}agent",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.assertFalse(
            self.Snapshot.with_user(away)
            .sudo(False)
            .search([("company_id", "=", self.company.id)])
        )
        nobody = new_test_user(self.env(su=True), "kpi_nobody", "base.group_user")
        with self.assertRaises(AccessError):
            self.Snapshot.with_user(nobody).sudo(False).search([])

    # === THE SCHEDULED ACTION === #

    def test_the_night_then_the_past(self):
        """Yesterday is taken at night, the past rebuilt and marked, nothing twice."""
        self.go_to(date(2025, 7, 2))
        self.Snapshot._take_night(self.company)
        self.Snapshot._rebuild(self.company)
        rows = self.Snapshot.search([("company_id", "=", self.company.id)])
        by_source = {
            source: set(rows.filtered(lambda r, s=source: r.source == s).mapped("date"))
            for source in ("night", "backfill")
        }
        self.assertEqual(by_source["night"], {date(2025, 7, 1)})
        for day in (date(2025, 6, 30), date(2025, 1, 31), date(2025, 6, 29)):
            self.assertIn(day, by_source["backfill"])
        self.assertFalse(self.Snapshot._missing(self.company))
        count = len(rows)
        self.Snapshot._take_night(self.company)
        self.Snapshot._rebuild(self.company)
        self.assertEqual(
            self.Snapshot.search_count([("company_id", "=", self.company.id)]), count
        )

    def test_nights_of_an_outage_are_rebuilt(self):
        self.go_to(date(2025, 7, 2))
        self.Snapshot._take_night(self.company)
        self.Snapshot._rebuild(self.company)
        self.go_to(date(2025, 7, 8))
        self.Snapshot._take_night(self.company)
        missing = self.Snapshot._missing(self.company)
        self.assertEqual(missing, [date(2025, 7, d) for d in (6, 5, 4, 3, 2)])

    def test_one_company_that_fails_stops_nobody(self):
        calls = []

        def fail(this, company):
            calls.append(company)
            raise ValueError("broken")

        with (
            mock.patch.object(self.registry[self.Snapshot._name], "_take_night", fail),
            mock.patch.object(self.registry[self.Snapshot._name], "_rebuild", fail),
            mute_logger(
                "odoo.addons.recouvrement_auto_reports.models."
                "recouvrement_kpi_snapshot_cron"
            ),
        ):
            self.Snapshot._cron_take()
        self.assertGreaterEqual(len(calls), 2)
        log = self.env["recouvrement.log"].sudo()
        self.assertTrue(log.search([("event", "=", "kpi.failed")], limit=1))

    def test_old_days_leave_month_ends_stay(self):
        for day in (date(2024, 1, 30), date(2024, 1, 31), self.day):
            self.Snapshot._take(self.company, day)
        self.Snapshot._prune(self.company, self.day)
        self.assertFalse(self.rows(date(2024, 1, 30)))
        self.assertTrue(self.rows(date(2024, 1, 31)))
        self.assertTrue(self.rows(self.day))

    def test_queries_do_not_grow(self):
        """The same number of statements for ten more customers."""

        def count(day):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.Snapshot._take(self.company, day)
            return self.env.cr.sql_log_count - before

        count(date(2025, 4, 1))
        few = count(date(2025, 4, 2))
        for number in range(10):
            partner = self.env["res.partner"].create({"name": f"More {number}"})
            self.invoice("2025-03-01", 10, partner=partner)
        self.assertEqual(count(date(2025, 4, 3)), few)

    def test_usual_delay(self):
        """Paid 54 days late by partner_a: his habit; open items move by it."""
        files = self.env["recouvrement.customer"]._get_or_create(
            self.company, self.partner_a.ids
        )
        Habit = self.env["recouvrement.kpi.habit"].sudo()
        Habit._refresh(self.company, date(2025, 6, 30))
        habit = Habit.search([("customer_id", "=", files.id)])
        self.assertTrue(habit.payment_count)
        self.assertGreater(habit.delay, 0)
        engine = self.env["recouvrement.kpi.engine"].sudo()
        day = date(2025, 6, 30)
        self.env.flush_all()
        items = self.env.execute_query_dict(engine._items_sql(self.company, day))
        for item in items:
            self.assertGreater(item["expected_date"], day)
        self.env.cr.execute(
            "INSERT INTO recouvrement_kpi_habit (customer_id, company_id, date) "
            "SELECT customer_id, company_id, date FROM recouvrement_kpi_habit "
            "ON CONFLICT DO NOTHING"
        )
        self.assertEqual(self.env.cr.rowcount, 0)
