"""Browser tour: the dashboard, its numbers and the lists behind them."""

from tours import TourCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestDashboardTour(TourCase):
    """The first page of a manager."""

    def test_manager(self):
        self.make_user("manager", "tour_board")
        partner = self.make_debtor("Board Debtor")
        self.make_debt(partner, 20)
        self.env["recouvrement.customer"]._get_or_create(self.company, partner.ids)
        self.start_tour(
            "/odoo/recouvrement-dashboard", "recouvrement_dashboard", login="tour_board"
        )
