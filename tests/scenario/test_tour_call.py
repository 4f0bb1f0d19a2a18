"""The after-call dialog and the history of a customer in a real browser."""

from tours import TourCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCallTour(TourCase):
    """An agent notes what a debtor of two invoices says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.make_agent("tour_caller", recouvrement_mode="auto")
        partner = cls.make_debtor(
            "Tour Debtor C", email="c@debtor.example", phone="+33 1 99 00 12 34"
        )
        cls.old = cls.make_debt(partner, 25, 700.0)
        cls.late = cls.make_debt(partner, 5, 400.0)
        Customer = cls.env["recouvrement.customer"].sudo()
        cls.file = Customer._get_or_create(cls.company, partner.ids)
        cls.url = f"/odoo/recouvrement-customers/{cls.file.id}"

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
