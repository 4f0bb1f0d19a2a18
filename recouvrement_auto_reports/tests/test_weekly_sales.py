from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tests.common import TODAY

from .export_common import ExportCommon


@tagged("post_install", "-at_install")
class TestWeeklySales(ExportCommon):
    """Each salesperson gets his own customers who are late, nobody else's."""

    def setUp(self):
        super().setUp()
        self.seller = self.users["salesperson"]
        self.seller.email = "seller@negoce.example"
        self.company.recouvrement_weekly_sales = True

    def mails(self):
        Weekly = self.env["recouvrement.weekly"].sudo()
        return Weekly._send(self.company, TODAY).filtered(
            lambda mail: mail.email_to == "seller@negoce.example"
        )

    def test_his_customers_only(self):
        """Amounts and names of his; the other customer is not in it."""
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("123", mail.subject)
        self.assertNotRegex(mail.subject, r"\d[.,]\d\d\b", "whole amounts: no cents")
        self.assertIn("HYPERLINK(evil)", mail.body_html)
        self.assertNotIn(self.second.name, mail.body_html)

    def test_next_step_is_said(self):
        """What comes next at his customer, or what holds it."""
        row = self.files[self.first]
        said = row.next_step_label or row.next_step_reason
        self.assertTrue(said)
        self.assertIn(said, self.mails().body_html)

    def test_nothing_late_no_mail(self):
        """Paid: no mail; switched off: no mail."""
        self.company.recouvrement_weekly_sales = False
        self.assertFalse(self.mails())
        self.company.recouvrement_weekly_sales = True
        self.pay(self.first_move)
        self.assertFalse(self.mails())

    def test_in_his_language(self):
        """French user, French words."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.seller.lang = "fr_FR"
        self.assertIn("retard", self.mails().subject)

    def test_without_role_or_address(self):
        """A salesperson without our role, or without an address, gets nothing."""
        self.seller.email = False
        self.assertFalse(self.mails())
        self.seller.email = "seller@negoce.example"
        self.seller.group_ids = self.env.ref("base.group_user")
        self.assertFalse(self.mails())

    def test_names_are_escaped(self):
        """A name is never markup."""
        self.first.name = "<b>bold</b> & co"
        self.assertIn("&lt;b&gt;", self.mails().body_html)
