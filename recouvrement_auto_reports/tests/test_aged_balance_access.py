from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AgedBalanceCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"


@tagged("post_install", "-at_install")
class TestAgedBalanceAccess(AgedBalanceCommon):
    """Each role sees what it may, in every figure, list and export."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"company_id": cls.company.id, "company_ids": cls.company.ids}
        cls.salesperson = new_test_user(
            cls.env(su=True), "aged_sales", f"{GROUP}salesperson", **values
        )
        cls.auditor = new_test_user(
            cls.env(su=True), "aged_audit", f"{GROUP}auditor", **values
        )
        cls.nobody = new_test_user(
            cls.env(su=True), "aged_none", "base.group_user", **values
        )
        cls.partner_b.user_id = cls.salesperson
        cls.env["recouvrement.customer"]._get_or_create(
            cls.company, (cls.partner_a | cls.partner_b).ids
        )

    def own_ledger(self, day):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT SUM(line.balance) FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                WHERE line.parent_state = 'posted' AND line.partner_id = %s
                  AND line.date <= %s AND account.account_type = 'asset_receivable'""",
            (self.partner_b.id, day),
        )
        return self.env.cr.fetchone()[0]

    def test_salesperson_sees_his_customers_in_every_figure(self):
        """Items, summary, ledger of the control sheet, lines on screen: his only."""
        day = "2025-03-31"
        own = self.own_ledger(day)
        self.assertTrue(own)
        env = self.env(user=self.salesperson)
        engine = env["recouvrement.aged.balance.engine"]
        request = self.ask(day)
        items = env.execute_query_dict(engine._items_query(request))
        self.assertEqual({i["debtor_id"] for i in items}, {self.partner_b.id})
        self.assertEqual(sum(i["amount"] for i in items), own)
        self.assertEqual(sum(r["amount"] for r in engine._summary_rows(request)), own)
        self.assertEqual(sum(r[2] for r in engine._ledger_rows(request)), own)
        report = env["recouvrement.aged.balance.report"].create({"date": day})
        report.action_show()
        lines = env["recouvrement.aged.balance.report.line"].search(
            [("report_id", "=", report.id)]
        )
        self.assertEqual(lines.partner_id, self.partner_b)
        self.assertAlmostEqual(sum(lines.mapped("amount")), float(own))

    def test_customer_without_file_yet(self):
        """Before the first night: the salesperson named on the customer sees his items."""
        partner = self.partner_a.copy({"name": "New", "user_id": self.salesperson.id})
        self.invoice("2025-03-10", 70, partner=partner)
        engine = self.env(user=self.salesperson)["recouvrement.aged.balance.engine"]
        request = self.ask("2025-03-31")
        own = self.own_ledger("2025-03-31") + 70
        self.assertEqual(sum(r["amount"] for r in engine._summary_rows(request)), own)
        self.assertEqual(sum(r[2] for r in engine._ledger_rows(request)), own)

    def test_superuser_mode_does_not_widen_his_view(self):
        """``sudo`` around the builder does not show other customers."""
        env = self.env(user=self.salesperson, su=True)
        engine = env["recouvrement.aged.balance.engine"]
        rows = engine._summary_rows(self.ask("2025-03-31"))
        self.assertEqual({r["debtor_id"] for r in rows}, {self.partner_b.id})

    def test_auditor_sees_everything(self):
        """Items without customer included."""
        engine = self.env(user=self.auditor)["recouvrement.aged.balance.engine"]
        rows = engine._summary_rows(self.ask("2025-03-31"))
        self.assertEqual(sum(r["amount"] for r in rows), self.ledger("2025-03-31"))

    def test_no_role_no_figures(self):
        """A user without a role of the suite is refused by every door."""
        env = self.env(user=self.nobody)
        with self.assertRaises(AccessError):
            env["recouvrement.aged.balance.xlsx"]._build(self.ask("2025-03-31"))
        with self.assertRaises(AccessError):
            env["recouvrement.aged.balance.report"].create({"date": "2025-03-31"})
        with self.assertRaises(AccessError):
            env["recouvrement.aged.balance.report.line"].search([])

    def test_foreign_company_is_refused(self):
        """A company that is not one of the user's."""
        other = self.setup_other_company()["company"]
        for user in (self.auditor, self.salesperson):
            env = self.env(user=user)
            with self.assertRaises(AccessError):
                env["recouvrement.aged.balance.xlsx"]._build(
                    self.ask("2025-03-31", company_ids=other.ids)
                )

    def test_nobody_reads_the_report_of_another(self):
        """Lines on screen are private: they carry the rights of their owner."""
        report = self.env["recouvrement.aged.balance.report"].create(
            {"date": "2025-03-31"}
        )
        report.action_show()
        env = self.env(user=self.salesperson)
        domain = [("report_id", "=", report.id)]
        self.assertFalse(env["recouvrement.aged.balance.report.line"].search(domain))
        with self.assertRaises(AccessError):
            env["recouvrement.aged.balance.report"].browse(report.id).read(["date"])
        with self.assertRaises(AccessError):
            env["recouvrement.aged.balance.report"].browse(report.id).action_show()

    def test_figures_cannot_be_written(self):
        """The lines are read-only for everybody."""
        Line = self.env["recouvrement.aged.balance.report.line"]
        with self.assertRaises(AccessError):
            Line.create({"amount": 1})
        report = self.env["recouvrement.aged.balance.report"].create(
            {"date": "2025-03-31"}
        )
        report.action_show()
        lines = Line.search([("report_id", "=", report.id)])
        with self.assertRaises(AccessError):
            lines.write({"amount": 1})
        with self.assertRaises(AccessError):
            lines.unlink()
