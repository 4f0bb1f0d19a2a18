"""The link in the messages: the same in the preview as in what leaves."""

import re
from unittest import mock

from odoo.tests import tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestPortalMessage(RecouvrementCommon):
    """E-mails and letters lead to the debtor's page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Renderer = cls.env["recouvrement.renderer"]
        cls.debtor = cls.make_debtor("Message One")
        cls.invoice = cls.make_invoice(cls.debtor, 5, 100)
        Customer = cls.env["recouvrement.customer"]
        cls.customer = Customer._get_or_create(cls.company, cls.debtor.ids)
        cls.step = cls.scenario.line_ids.filtered(lambda x: x.code == "reminder_1")
        cls.step.template_id.body += (
            "{{ payment_block }}{{ action_buttons }}<p>{{ invoice_link }}</p>"
        )

    def links(self, body):
        return sorted(set(re.findall(r'href="([^"]+/my/[^"]+)"', body)))

    def rendered(self):
        return self.Renderer._render(self.reminder_of(self.plan(), self.debtor).sudo())

    def test_links_of_an_email(self):
        """Every link opens the customer's own page; Odoo's never-ending one is not made."""
        body = self.rendered()["body"]
        address = self.customer._portal_link(TODAY)
        links = self.links(body)
        self.assertTrue(links)
        for link in links:
            self.assertTrue(link.startswith(address), link)
        self.assertIn(f"{address}?invoice={self.invoice.id}", body)
        self.assertFalse(self.invoice.access_token)

    def test_preview_shows_the_link_that_leaves(self):
        preview = self.Renderer._preview(self.step, self.customer)
        self.assertEqual(
            self.links(preview["body"]), self.links(self.rendered()["body"])
        )
        with mock.patch.object(
            self.registry["recouvrement.customer"],
            "write",
            side_effect=AssertionError("a preview writes nothing"),
        ):
            self.Renderer._preview(self.step, self.customer)

    def test_a_step_without_link_has_none(self):
        self.step.payment_link = False
        self.assertNotIn("/my/statement", self.rendered()["body"])

    def test_without_page_the_links_are_odoo_s(self):
        self.company.recouvrement_portal_days = 0
        body = self.rendered()["body"]
        self.assertNotIn("/my/statement", body)
        self.assertIn(f"/my/invoices/{self.invoice.id}", body)

    def test_a_letter_has_a_square_to_scan(self):
        """Paper has no links: the address as a QR code and in letters."""
        text = self.step.template_id.copy({"code": "on_paper", "channel": "letter"})
        self.step.write({"channel": "letter", "mode": "auto", "template_id": text.id})
        body = self.rendered()["body"]
        self.assertIn("data:image/png;base64,", body)
        self.assertIn(self.customer._portal_short_link(TODAY), body)
        again = self.Renderer._preview(self.step, self.customer)["body"]
        squares = [
            re.findall(r"data:image/png;base64,[^\"]+", b) for b in (body, again)
        ]
        self.assertEqual(len(squares[0]), 1)
        self.assertEqual(*squares)

    def test_no_key_in_the_entries(self):
        """What leaves writes nothing in the invoices, unless the company gives no link."""
        reminder = self.reminder_of(self.plan(), self.debtor).sudo()
        reminder._prepare_links(reminder.ids)
        self.assertFalse(self.invoice.access_token)
        self.company.recouvrement_portal_days = 0
        self.env.flush_all()
        with mock.patch.object(
            self.registry["recouvrement.run"], "_commit_part", lambda *a, **k: None
        ):
            reminder._prepare_links(reminder.ids)
        self.assertTrue(self.invoice.access_token)
