"""The first screen of the morning: each number is the length of the list that it opens."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TODAY
from .test_portfolio import PortfolioCommon


@tagged("post_install", "-at_install")
class TestDay(PortfolioCommon):
    """Karim's day, and that of his deputy."""

    def day(self, user):
        """``{name of the list: row}`` as the user opens it."""
        Day = self.env["recouvrement.day"].with_user(user)
        rows = Day.search(Day.action_open_day()["domain"])
        return {row.name: row for row in rows}

    def test_every_number_is_its_list(self):
        self.company.recouvrement_mode = "confirm"
        self.call(self.karim)
        self.plan()
        day = self.day(self.karim)
        self.assertGreaterEqual(len(day), 10)
        for row in day.values():
            Model = self.env[row.res_model].with_user(self.karim)
            for action, count in (
                (row.action_open_mine(), row.mine_count),
                (row.action_open_all(), row.all_count),
            ):
                with self.subTest(row=row.name):
                    self.assertEqual(action["res_model"], row.res_model)
                    self.assertEqual(action["display_name"], row.name)
                    self.assertEqual(Model.search_count(action["domain"]), count)
        confirm, call = day["To confirm"], day["To call"]
        self.assertEqual((confirm.mine_count, confirm.all_count), (1, 2))
        self.assertEqual((call.mine_count, call.all_count), (1, 1))
        self.assertEqual(day["Without an agent"].all_count, 1)

    def test_the_deputy_has_the_same_lists(self):
        self.company.recouvrement_mode = "confirm"
        self.plan()
        self.assertEqual(self.day(self.sophie)["To confirm"].mine_count, 0)
        self.absence()
        self.assertEqual(self.day(self.sophie)["To confirm"].mine_count, 1)

    def test_orphans_and_pauses(self):
        self.env["recouvrement.pause"].create(
            {
                "customer_id": self.file.id,
                "reason": "A week asked for",
                "date_end": TODAY.replace(day=22),
            }
        )
        self.moves.filtered(lambda m: m.partner_id == self.other).no_followup = True
        day = self.day(self.karim)
        self.assertEqual(day["Pauses that end"].mine_count, 1)
        orphans = day["Orphans"]
        self.assertEqual((orphans.mine_count, orphans.all_count), (0, 1))

    def test_opened_again_it_counts_again(self):
        first = self.day(self.karim)
        again = self.day(self.karim)
        self.assertEqual(len(first), len(again))
        rows = self.env["recouvrement.day"].search([("create_uid", "=", self.karim.id)])
        self.assertEqual(len(rows), len(again))

    def test_first_steps_until_they_are_done(self):
        """A company in shadow says what comes first, to its manager alone."""
        manager = self.users["manager"]
        names = ("Choose the default agent", "Enter a trusted bank account")
        self.company.write(
            {"recouvrement_mode": "shadow", "recouvrement_user_id": False}
        )
        self.company.bank_ids.allow_out_payment = False
        day = self.day(manager)
        for name in (*names, "Read what would leave", "Let messages leave"):
            self.assertTrue(day[name].is_step, name)
        opened = day["Read what would leave"].action_open_mine()
        self.assertEqual(opened["res_model"], "recouvrement.simulation")
        opened = day["Let messages leave"].action_open_mine()
        self.assertEqual(opened["res_model"], "recouvrement.settings")
        self.assertFalse([r for r in self.day(self.karim).values() if r.is_step])
        self.plan()
        opened = self.day(manager)["Read what would leave"].action_open_mine()
        self.assertEqual(opened["res_model"], "recouvrement.run")
        self.company.write(
            {"recouvrement_mode": "confirm", "recouvrement_user_id": self.karim.id}
        )
        self.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": self.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        self.assertFalse([r.name for r in self.day(manager).values() if r.is_step])

    def test_only_agents_have_a_day(self):
        for role in ("salesperson", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.day(self.users[role])
