"""The time-line of a scenario in a real browser."""

from tours import TourCase

from odoo import Command
from odoo.tests import tagged

STEPS = (
    ("pre_due", -5, "email", "courteous", "auto"),
    ("reminder_1", 3, "email", "courteous", "auto"),
    ("reminder_2", 10, "email", "precise", "auto"),
    ("call", 20, "call", "firm", "auto"),
    ("formal_notice", 30, "letter", "formal", "confirm"),
)


@tagged("post_install", "-at_install")
class TestScenarioTour(TourCase):
    """A manager shapes a scenario, an auditor only reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager", "tour_scenario_manager")
        cls.company.write(
            {
                "recouvrement_bank_stale_days": 0,
                "recouvrement_closed_days": True,
                "recouvrement_user_id": cls.manager.id,
            }
        )
        cls.env["recouvrement.scenario"].search([]).write({"active": False})
        cls.scenario = cls._make_scenario()
        cls.company.recouvrement_scenario_id = cls.scenario
        partner = cls.make_debtor("Tour Debtor", email="tour@debtor.example")
        cls.make_debt(partner, 5)
        cls.env["recouvrement.customer"]._get_or_create(cls.company, partner.ids)

    @classmethod
    def _make_scenario(cls):
        return cls.env["recouvrement.scenario"].create(
            {
                "name": "Tour",
                "code": "tour_scenario",
                "line_ids": [Command.create(cls._step(*step)) for step in STEPS],
            }
        )

    @classmethod
    def _step(cls, code, delay, channel, tone, mode):
        text = cls.env["recouvrement.template"].create(
            {
                "name": f"Tour {code}",
                "code": f"tour_scenario_{code}",
                "channel": channel,
                "tone": tone,
                "subject": "{{ company_name }}: invoice {{ leader_number }}",
                "body": "<p>Dear {{ contact_name }}</p><p>{{ items_table }}</p>",
            }
        )
        return {
            "name": code.replace("_", " ").capitalize(),
            "code": code,
            "delay": delay,
            "channel": channel,
            "tone": tone,
            "mode": mode,
            "template_id": text.id,
        }

    def test_manager_shapes_a_scenario(self):
        url = f"/odoo/collection-scenarios/{self.scenario.id}"
        login = self.manager.login
        self.start_tour(url, "recouvrement_scenario", login=login)
        delays = {line.code: line.delay for line in self.scenario.line_ids}
        self.assertEqual(delays["reminder_1"], 4)
        self.assertEqual(delays["formal_notice"], 30)
        added = self.scenario.line_ids.filtered(lambda line: line.name == "Last word")
        self.assertEqual((added.channel, added.delay), ("task", 40))

    def test_auditor_reads_it(self):
        self.start_tour(
            f"/odoo/collection-scenarios/{self.scenario.id}",
            "recouvrement_scenario_reader",
            login=self.make_user("auditor", "tour_scenario_auditor").login,
        )
