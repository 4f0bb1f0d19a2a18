"""Browser tours: what a person clicks through, in a real browser."""

from tours import TourCase

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestAgentTour(TourCase):
    """The first minutes of an agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.make_agent(
            "tour_agent",
            recouvrement_mode="confirm",
            recouvrement_release="immediate",
        )
        scenarios = cls.env["recouvrement.scenario"].search([])
        cls.company.recouvrement_scenario_id = (
            scenarios.filtered(lambda scenario: not scenario.nature)[:1]
            or cls._make_scenario()
        )
        for name in ("Tour Debtor A", "Tour Debtor B"):
            email = f"{name[-1].lower()}@debtor.example"
            cls.make_debt(cls.make_debtor(name, email=email), 20)
        day = cls.company._recouvrement_today()
        cls.env["recouvrement.run"].sudo()._run(cls.company, day)

    @classmethod
    def _make_scenario(cls):
        text = cls.env["recouvrement.template"].create(
            {
                "name": "Tour text",
                "code": "tour_text",
                "channel": "email",
                "tone": "courteous",
                "subject": "{{ company_name }}: invoice {{ leader_number }}",
                "body": "<p>Dear {{ contact_name }}</p>{{ items_table }}",
            }
        )
        return cls.env["recouvrement.scenario"].create(
            {
                "name": "Tour",
                "code": "tour",
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "First reminder",
                            "code": "reminder_1",
                            "delay": 3,
                            "channel": "email",
                            "tone": "courteous",
                            "template_id": text.id,
                        },
                    )
                ],
            }
        )

    def test_agent(self):
        self.start_tour("/odoo/recouvrement", "recouvrement_agent", login="tour_agent")
        states = self.env["recouvrement.reminder"].search([]).mapped("state")
        self.assertEqual(sorted(states), ["queued", "skipped"])
        self.assertEqual(self.env["recouvrement.pause"].search_count([]), 1)
