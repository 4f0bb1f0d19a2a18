from datetime import date, datetime, time, timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.recouvrement_auto.tests.common import TODAY, RecouvrementCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"
FIGURES = ("overdue", "dso", "cash", "sent")


@tagged("post_install", "-at_install")
class TestDigest(RecouvrementCommon):
    """Figures of the collection in Odoo's digest, for those who may see all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.reader("digest_manager", "manager")
        cls.digest = cls.env["digest.digest"].create(
            {
                "name": "Collection",
                "company_id": cls.company.id,
                "user_ids": cls.manager.ids,
                **{f"kpi_recouvrement_{name}": True for name in FIGURES},
            }
        )
        cls.debtor = cls.make_debtor("Digest Debtor")
        cls.invoice = cls.make_invoice(cls.debtor, late=40, amount=1200)

    def setUp(self):
        super().setUp()
        Snapshot = self.env["recouvrement.kpi.snapshot"].sudo()
        Snapshot._take(self.company, TODAY - timedelta(days=8))
        self.pay(self.invoice, 200, TODAY - timedelta(days=2))
        Snapshot._take(self.company, TODAY - timedelta(days=1))

    @classmethod
    def reader(cls, login, role):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{GROUP}{role}",
            email=f"{login}@negoce.example",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def value(self, name, days=7, user=None, end=TODAY):
        moment = datetime.combine(end, time(6))
        digest = self.digest.with_user(user or self.manager).with_context(
            start_datetime=moment - timedelta(days=days), end_datetime=moment
        )
        digest.invalidate_recordset()
        return digest[f"kpi_recouvrement_{name}_value"]

    def test_overdue_and_dso_of_the_last_evening(self):
        self.assertEqual(self.value("overdue"), 1000)
        self.assertEqual(self.value("overdue", end=TODAY - timedelta(days=7)), 1200)
        self.assertEqual(self.value("dso"), 75)  # 1,000 x 90 / 1,200
        self.assertEqual(self.value("dso", end=TODAY - timedelta(days=7)), 90)

    def test_without_any_evening_there_is_no_figure(self):
        before = TODAY - timedelta(days=60)
        self.assertEqual(self.value("overdue", end=before), 0)
        self.assertEqual(self.value("dso", end=before), 0)

    def test_cash_of_the_period_only(self):
        self.assertEqual(self.value("cash"), 200)
        self.assertEqual(self.value("cash", days=1), 0)
        self.assertEqual(self.value("cash", end=TODAY - timedelta(days=2)), 200)
        self.assertEqual(self.value("cash", end=TODAY - timedelta(days=3)), 0)

    def test_reminders_that_left(self):
        run = self.plan()
        tomorrow = date.today() + timedelta(days=1)
        self.assertEqual(self.value("sent", end=tomorrow), 0)
        self.send()
        reminder = self.reminder_of(run, self.debtor)
        self.assertEqual(reminder.state, "sent")
        tomorrow = reminder.sent_at.date() + timedelta(days=1)
        self.assertEqual(self.value("sent", end=tomorrow), 1)
        self.assertEqual(self.value("sent", end=tomorrow - timedelta(days=7)), 0)

    def test_in_the_mail_with_links(self):
        self.digest._action_send_to_user(self.manager, tips_count=0)
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search([("email_to", "like", "digest_manager@")])
        )
        for word in ("Overdue receivables", "DSO (days)", "Reminders sent"):
            self.assertIn(word, mail.body_html)
        self.assertIn("recouvrement_kpi_snapshot_action", mail.body_html)

    def test_less_overdue_is_no_loss(self):
        digest = self.registry["digest.digest"]
        self.patch(digest, "_get_margin_value", lambda *values: 12.5)
        margins = {
            kpi["kpi_name"]: kpi["kpi_col2"]["margin"]
            for kpi in self.digest._compute_kpis(self.company, self.manager)
        }
        self.assertEqual(margins["kpi_recouvrement_overdue"], 0.0)
        self.assertEqual(margins["kpi_recouvrement_dso"], 0.0)
        self.assertEqual(margins["kpi_recouvrement_cash"], 12.5)

    def test_left_out_for_who_may_not_see_the_company(self):
        for role in ("salesperson", "solver"):
            user = self.reader(f"digest_{role}", role)
            for name in FIGURES:
                with self.assertRaises(AccessError):
                    self.value(name, user=user)
            kpis = self.digest._compute_kpis(self.company, user)
            self.assertEqual(
                [kpi for kpi in kpis if "recouvrement" in kpi["kpi_name"]], []
            )

    def test_other_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids |= other
        self.digest.company_id = other
        for name in FIGURES:
            self.assertEqual(self.value(name), 0, name)

    def test_in_the_default_digest(self):
        digest = self.env.ref("digest.digest_digest_default")
        self.assertTrue(digest.kpi_recouvrement_overdue)
        self.assertTrue(digest.kpi_recouvrement_cash)
