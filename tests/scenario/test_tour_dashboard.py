"""Browser tour: the dashboard, its numbers and the lists behind them."""

from datetime import timedelta

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestDashboardTour(HttpCase):
    """The first page of a manager."""

    def test_manager(self):
        company = self.env.company
        new_test_user(
            self.env,
            "tour_board",
            groups="recouvrement_auto.recouvrement_auto_group_manager",
            email="tour_board@negoce.example",
        )
        partner = self.env["res.partner"].create(
            {"name": "Board Debtor", "is_company": True}
        )
        due = company._recouvrement_today() - timedelta(20)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": due - timedelta(30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"name": "Tiles", "price_unit": 900.0, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        self.env["recouvrement.customer"]._get_or_create(company, partner.ids)
        self.start_tour(
            "/odoo/recouvrement-dashboard", "recouvrement_dashboard", login="tour_board"
        )
