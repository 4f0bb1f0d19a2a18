from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import AgedBalanceCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"
TODAY = date(2025, 6, 17)


@tagged("post_install", "-at_install")
class TestDashboard(AgedBalanceCommon):
    """Numbers, the lists behind them and who sees what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.registry["res.company"]
        cls.classPatch(company, "_recouvrement_today", lambda this: TODAY)
        cls.env["res.company"].search([("id", "!=", cls.company.id)])
        cls.Dashboard = cls.env["recouvrement.dashboard"].with_context(
            allowed_company_ids=cls.company.ids
        )
        cls.files = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, (cls.partner_a | cls.partner_b).ids
        )
        cls.files.legal_regime = "business"
        cls.seller = new_test_user(
            cls.env(su=True),
            "dash_sales",
            f"{GROUP}salesperson",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
        cls.partner_b.user_id = cls.seller
        cls.overdue_b = cls.invoice("2025-06-01", 70, partner=cls.partner_b)
        cls.later = cls.invoice("2025-06-10", 300, invoice_date_due="2025-07-10")
        su = cls.env(su=True)
        for day in (TODAY - timedelta(days=1), date(2025, 4, 13), date(2025, 5, 31)):
            su["recouvrement.kpi.snapshot"]._take(cls.company, day)
        su["recouvrement.kpi.claimable"]._refresh(cls.company, TODAY)
        su["recouvrement.kpi.orphan"]._refresh(cls.company, TODAY)

    def tiles(self, dashboard=None, **filters):
        board = self.Dashboard if dashboard is None else dashboard
        figures = board.read_figures(filters)
        return {tile["key"]: tile for tile in figures["tiles"]}

    def summed(self, dashboard, tile, filters):
        """Records and sum of the list that a number opens."""
        action = dashboard.open_list(tile["key"], filters)
        records = dashboard.env[action["res_model"]].search(action["domain"])
        specs = dashboard._tiles(dashboard._scope(filters))
        name = next(one.amount for one in specs if one.key == tile["key"])
        return len(records), sum(records.mapped(name)) if name else None

    def check_lists(self, dashboard, filters):
        tiles = self.tiles(dashboard, **filters)
        for tile in tiles.values():
            count, total = self.summed(dashboard, tile, filters)
            with self.subTest(
                key=tile["key"], filters=filters, user=dashboard.env.user.login
            ):
                self.assertEqual(count, tile["count"], tile["key"])
                if total is not None:
                    self.assertAlmostEqual(total, tile["amount"], 2)
        return tiles

    def test_each_number_opens_its_list(self):
        """Same domain, same count, same total; with and without filters."""
        tiles = self.check_lists(self.Dashboard, {})
        for key in ("receivable", "overdue", "over_90", "forecast", "fees", "interest"):
            self.assertTrue(tiles[key]["amount"], key)
        filtered = self.check_lists(
            self.Dashboard, {"salesperson_id": self.seller.id, "months": 6}
        )
        self.assertTrue(filtered["receivable"]["amount"])
        self.assertLess(filtered["receivable"]["amount"], tiles["receivable"]["amount"])
        segment = self.env["recouvrement.segment"].search([], limit=1)
        self.files[0].segment_id = segment
        self.check_lists(self.Dashboard, {"segment_id": segment.id})

    def test_each_number_of_a_salesperson(self):
        dashboard = self.Dashboard.with_user(self.seller)
        tiles = self.check_lists(dashboard, {})
        own = sum(
            self.env["recouvrement.kpi.item"]
            .search([("partner_id", "=", self.partner_b.id)])
            .mapped("amount")
        )
        self.assertTrue(own)
        self.assertAlmostEqual(tiles["receivable"]["amount"], own)
        figures = dashboard.read_figures({})
        self.assertEqual(figures["choices"]["salespersons"], [])
        self.assertEqual([row["name"] for row in figures["top"]], ["partner_b"])
        action = dashboard.open_list("receivable", {})
        items = dashboard.env[action["res_model"]].search(action["domain"])
        self.assertEqual(items.partner_id, self.partner_b)
        claims = dashboard.env["recouvrement.kpi.claimable"].search([])
        self.assertEqual(claims.customer_id.partner_id, self.partner_b)

    def test_equal_to_the_aged_balance(self):
        tiles = self.tiles()
        request = self.ask(TODAY.isoformat(), limits=(0, 30, 60, 90))
        rows = self.env["recouvrement.aged.balance.engine"]._summary_rows(request)
        keys = ("not_due", "late_30", "late_60", "late_90", "late_over")
        for index, key in enumerate(keys):
            expected = sum(row[f"amount_{index}"] for row in rows)
            self.assertAlmostEqual(tiles[f"ageing_{key}"]["amount"], expected, 2)
        total = sum(tiles[f"ageing_{key}"]["amount"] for key in keys)
        self.assertAlmostEqual(tiles["receivable"]["amount"], total, 2)

    def test_entries_dated_later_change_nothing_today(self):
        before = self.tiles()["receivable"]["amount"]
        self.invoice("2025-06-20", 9000)
        self.pay(self.overdue_b, 70, "2025-06-25")
        self.assertAlmostEqual(self.tiles()["receivable"]["amount"], before, 2)

    def test_forecast(self):
        """Weeks add up to the total; the usual delay moves the cash."""
        tiles = self.tiles()
        weeks = [t["amount"] for k, t in tiles.items() if k.startswith("forecast_")]
        self.assertAlmostEqual(sum(weeks), tiles["forecast"]["amount"], 2)
        file = self.files.filtered(lambda f: f.partner_id == self.partner_a)
        self.env["recouvrement.kpi.habit"].sudo().search(
            [("customer_id", "=", file.id)]
        ).unlink()
        self.env["recouvrement.kpi.habit"].sudo().create(
            {
                "customer_id": file.id,
                "company_id": self.company.id,
                "date": TODAY,
                "delay": 12,
            }
        )
        item = self.env["recouvrement.kpi.item"].search(
            [("move_res_id", "=", self.later.id)]
        )
        self.assertEqual(item.expected_date, date(2025, 7, 22))
        item = self.env["recouvrement.kpi.item"].search(
            [("move_res_id", "=", self.instalments.id)], limit=1
        )
        self.assertGreater(item.days_late, 14)
        self.assertEqual(
            item.expected_date, TODAY + timedelta(days=item.days_late // 2)
        )

    def test_dso_is_that_of_its_list(self):
        figures = self.Dashboard.read_figures({})
        action = self.Dashboard.open_list("dso", {})
        [(dso,)] = self.env["recouvrement.kpi.snapshot"]._read_group(
            action["domain"], [], ["dso:avg"]
        )
        self.assertAlmostEqual(figures["dso"]["last"]["dso"], round(dso, 1))
        self.assertIsNotNone(figures["dso"]["last"]["trend"])

    def test_effectiveness_is_that_of_the_month(self):
        """CEI of May, the last whole month (legal-fr.md section 11), from plain SQL."""
        self.pay(self.instalments, 200, "2025-05-15")
        self.env.cr.execute(
            "DELETE FROM recouvrement_kpi_snapshot WHERE date = '2025-05-31'"
        )
        Snapshot = self.env(su=True)["recouvrement.kpi.snapshot"]
        Snapshot._take(self.company, date(2025, 5, 31))
        found = self.Dashboard.read_figures({})["dso"]["last"]["cei"]
        self.env.cr.execute(
            """SELECT SUM(amount_total_signed) FROM account_move
                WHERE company_id = %s AND state = 'posted' AND move_type IN
                      ('out_invoice', 'out_refund', 'out_receipt')
                  AND date BETWEEN '2025-05-01' AND '2025-05-31'""",
            [self.company.id],
        )
        sales = float(self.env.cr.fetchone()[0])
        opening = float(self.ledger("2025-04-30"))
        closing = float(self.ledger("2025-05-31"))
        request = self.ask("2025-05-31", limits=(0, 30))
        rows = self.env["recouvrement.aged.balance.engine"]._summary_rows(request)
        not_due = float(sum(row["amount_0"] for row in rows))
        expected = 100 * (opening + sales - closing) / (opening + sales - not_due)
        self.assertTrue(expected)
        self.assertEqual(found["percent"], round(expected, 1))
        self.assertIn("2025", found["month"])

    def test_claimable_is_what_the_law_gives(self):
        """70 EUR due on 1 June, 16 days late: 40 EUR and interest of the semester."""
        row = self.env["recouvrement.kpi.claimable"].search(
            [("move_res_id", "=", self.overdue_b.id)]
        )
        rate = float(
            self.env["recouvrement.legal.rate"]
            .sudo()
            ._series("ecb_mro_plus_10", TODAY, TODAY)["2025-H1"]
        )
        self.assertAlmostEqual(row.interest, round(70 * rate * 16 / 36500, 2))
        self.assertTrue(row.fee)
        self.assertAlmostEqual(row.total, row.fee + row.interest)

    def test_queries_do_not_depend_on_the_data(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Dashboard.read_figures({})
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(12):
            partner = self.env["res.partner"].create({"name": f"More {number}"})
            self.env["recouvrement.customer"]._get_or_create(self.company, partner.ids)
            self.invoice("2025-05-01", 10, partner=partner)
        self.env.flush_all()
        many = count()
        self.assertEqual(many, few)
        self.assertLessEqual(few, 22)

    def test_who_may_not(self):
        nobody = new_test_user(self.env(su=True), "dash_none", "base.group_user")
        for call in (
            lambda board: board.read_figures({}),
            lambda board: board.open_list("receivable", {}),
        ):
            with self.assertRaises(AccessError):
                call(self.Dashboard.with_user(nobody))
        with self.assertRaises(UserError):
            self.Dashboard.open_list("nothing", {})

    def test_filters_from_anywhere(self):
        for filters in (None, [], {"segment_id": "x", "months": 7}, {"months": "6"}):
            self.assertTrue(self.Dashboard.read_figures(filters)["tiles"])

    def test_another_currency_is_left_out_and_named(self):
        foreign = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Abroad", "currency_id": self.foreign.id})
        )
        self.env.user.sudo().company_ids += foreign
        board = self.env["recouvrement.dashboard"].with_context(
            allowed_company_ids=(self.company | foreign).ids
        )
        figures = board.read_figures({})
        self.assertEqual(figures["left_out"], ["Abroad"])
        self.assertEqual(
            {t["key"]: t["amount"] for t in figures["tiles"]}["receivable"],
            self.tiles()["receivable"]["amount"],
        )
