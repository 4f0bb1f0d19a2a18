"""The after-call dialog and the history of a customer in a real browser."""

from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCallTour(HttpCase):
    """An agent notes what a debtor of two invoices says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.agent = new_test_user(
            cls.env,
            "tour_caller",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            email="tour_caller@negoce.example",
        )
        cls.company.write(
            {
                "recouvrement_mode": "auto",
                "recouvrement_bank_stale_days": 0,
                "recouvrement_closed_days": True,
                "recouvrement_user_id": cls.agent.id,
            }
        )
        cls.env["ir.mail_server"].sudo().create(
            {"name": "none", "smtp_host": "mail.invalid"}
        )
        partner = cls.env["res.partner"].create(
            {
                "name": "Tour Debtor C",
                "is_company": True,
                "email": "c@debtor.example",
                "phone": "+33 1 99 00 12 34",
                "lang": "en_US",
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        cls.today = cls.company._recouvrement_today()
        cls.old = cls._make_debt(partner, 25, 700.0)
        cls.late = cls._make_debt(partner, 5, 400.0)
        Customer = cls.env["recouvrement.customer"].sudo()
        cls.file = Customer._get_or_create(cls.company, partner.ids)
        cls.url = f"/odoo/recouvrement-customers/{cls.file.id}"

    @classmethod
    def _make_debt(cls, partner, late, amount):
        due = cls.today - timedelta(late)
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": due - timedelta(30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Tiles", "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        move.action_post()
        return move

    def test_a_promise_by_keyboard(self):
        self.start_tour(self.url, "recouvrement_call_keyboard", login="tour_caller")
        promise = self.env["recouvrement.promise"].search([])
        self.assertEqual(promise.amount, 1100.0)
        call = self.env["recouvrement.call"].search([])
        self.assertEqual(call.notice_id.state, "queued")
        self.assertEqual(call.user_id, self.agent)

    def test_a_dispute_from_the_call_to_its_end(self):
        self.start_tour(self.url, "recouvrement_dispute", login="tour_caller")
        dispute = self.env["recouvrement.dispute"].search([])
        self.assertEqual(
            (dispute.amount, dispute.move_id, dispute.outcome),
            (250.0, self.old, "confirmed"),
        )
