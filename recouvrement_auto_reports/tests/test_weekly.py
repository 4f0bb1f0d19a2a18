from datetime import datetime, timedelta

from odoo.tests import new_test_user, tagged

from odoo.addons.recouvrement_auto.tests.common import TODAY, RecouvrementCommon

MONDAY = TODAY - timedelta(days=1)  # TODAY is a Tuesday


@tagged("post_install", "-at_install")
class TestWeekly(RecouvrementCommon):
    """One summary a week, to the managers, in their language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].sudo().search(
            [("id", "!=", cls.company.id)]
        ).recouvrement_weekly = False
        cls.manager = new_test_user(
            cls.env,
            "weekly_manager",
            groups="recouvrement_auto.recouvrement_auto_group_manager",
            email="daf@negoce.example",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.company.recouvrement_weekly_user_ids = cls.manager
        cls.debtor = cls.make_debtor("Weekly Debtor")
        cls.invoice = cls.make_invoice(cls.debtor, late=40, amount=1234)
        cls.env["recouvrement.customer"]._get_or_create(cls.company, cls.debtor.ids)

    def cron(self, day, hour=7):
        company = self.registry["res.company"]
        moment = datetime(day.year, day.month, day.day, hour)
        self.patch(company, "_recouvrement_now", lambda this: moment)
        self.travel(day)
        domain = [("email_to", "=", "daf@negoce.example")]
        before = self.env["mail.mail"].sudo().search(domain)
        self.env["recouvrement.weekly"].sudo()._cron_weekly()
        return self.env["mail.mail"].sudo().search(domain) - before

    def test_once_a_week(self):
        self.assertFalse(self.cron(MONDAY, hour=5))
        self.assertEqual(len(self.cron(MONDAY)), 1)
        self.assertFalse(self.cron(MONDAY, hour=12))
        self.assertFalse(self.cron(TODAY))
        # the server slept on Monday: the mail leaves on Tuesday
        self.assertEqual(len(self.cron(TODAY + timedelta(days=7))), 1)
        self.company.recouvrement_weekly = False
        self.assertFalse(self.cron(TODAY + timedelta(days=14)))

    def test_what_it_says(self):
        self.pay(self.invoice, 234, MONDAY - timedelta(days=2))
        mail = self.cron(MONDAY)
        self.assertIn("Weekly Debtor", mail.body_html)
        self.assertIn("1,000", mail.body_html)
        self.assertIn("234", mail.body_html)
        self.assertIn("/odoo/recouvrement-dashboard", mail.body_html)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.manager.sudo().lang = "fr_FR"
        self.assertIn("Recouvrement", self.cron(MONDAY).subject)

    def test_managers_by_default_and_never_strangers(self):
        Weekly = self.env["recouvrement.weekly"].sudo()
        self.company.recouvrement_weekly_user_ids = False
        readers = Weekly._readers(self.company)
        self.assertIn(self.manager, readers)
        stranger = new_test_user(
            self.env, "weekly_stranger", groups="base.group_user", email="x@y.example"
        )
        self.company.recouvrement_weekly_user_ids = stranger
        self.assertFalse(Weekly._readers(self.company))
        self.manager.sudo().email = False
        self.company.recouvrement_weekly_user_ids = self.manager
        self.assertFalse(Weekly._readers(self.company))
