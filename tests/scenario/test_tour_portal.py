"""The debtor in a real browser: by the link on a phone, by his login on a desk."""

from datetime import timedelta

from odoo.tests import HttpCase, tagged

from odoo.addons.recouvrement_auto.models.recouvrement_portal_visit import FIRST

PHONE = "375x812"


class PortalTour(HttpCase):
    """A customer with two late invoices and a payment plan to accept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        FIRST["page"].clear()
        cls.company = cls.env.company
        cls.day = cls.company._recouvrement_today()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Tour Debtor", "is_company": True, "lang": "en_US"}
        )
        cls.moves = cls.debt("Tour A", 900.0) | cls.debt("Tour B", 300.0)
        cls.customer = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.partner.ids
        )

    @classmethod
    def debt(cls, name, amount):
        due = cls.day - timedelta(20)
        move = cls.env["account.move"].create(
            {
                "name": name,
                "move_type": "out_invoice",
                "partner_id": cls.partner.id,
                "invoice_date": due - timedelta(30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"name": "Tiles", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        return move

    def records(self, model):
        return self.env[model].search([("customer_id", "=", self.customer.id)])


@tagged("post_install", "-at_install")
class TestPortalLinkTour(PortalTour):
    """A phone, no login."""

    browser_size = PHONE
    touch_enabled = True

    def test_link_on_a_phone(self):
        link = self.customer._portal_link(self.day, invoice=self.moves[0].id)
        path = "/my/statement" + link.split("/my/statement")[1]
        self.start_tour(path, "recouvrement_portal_link", login=None)
        self.assertEqual(self.records("recouvrement.promise").amount, 300)
        self.assertEqual(self.records("recouvrement.dispute").amount, 120.5)


@tagged("post_install", "-at_install")
class TestPortalLoginTour(PortalTour):
    """A desk, a portal login."""

    def test_login_on_a_desk(self):
        self.env["ir.config_parameter"].set_param(
            "account_payment.enable_portal_payment", "True"
        )
        provider = self.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", self.company.id)], limit=1
        )
        self.assertTrue(provider, "the demo provider of Odoo is part of the test base")
        provider.write({"state": "test", "is_published": True})
        self.env["res.users"].create(
            {
                "login": "tour_portal",
                "password": "tour_portal",
                "partner_id": self.partner.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        line = self.moves[0].line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        days = [(self.day + timedelta(9), 400.0), (self.day + timedelta(39), 500.0)]
        self.env["recouvrement.payment.plan"]._propose(self.customer, line, days)
        self.start_tour("/my", "recouvrement_portal_login", login="tour_portal")
        self.assertEqual(self.records("recouvrement.portal.request").state, "open")
        plan = self.records("recouvrement.payment.plan")
        self.assertEqual(plan.state, "running")
        self.assertEqual(plan.signer_name, "Jeanne Martin, CFO")
        self.assertTrue(plan.signature, "drawn in the browser")
