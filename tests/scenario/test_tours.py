"""Browser tours: what a person clicks through, in a real browser."""

from datetime import timedelta

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestAgentTour(HttpCase):
    """The first minutes of an agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.agent = new_test_user(
            cls.env,
            "tour_agent",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            email="tour_agent@negoce.example",
        )
        cls.company.write(
            {
                "recouvrement_mode": "confirm",
                "recouvrement_release": "immediate",
                "recouvrement_bank_stale_days": 0,
                "recouvrement_closed_days": True,
                "recouvrement_user_id": cls.agent.id,
            }
        )
        cls.env["ir.mail_server"].sudo().create(
            {"name": "none", "smtp_host": "mail.invalid"}
        )
        scenarios = cls.env["recouvrement.scenario"].search([])
        cls.company.recouvrement_scenario_id = (
            scenarios.filtered(lambda scenario: not scenario.nature)[:1]
            or cls._make_scenario()
        )
        for name in ("Tour Debtor A", "Tour Debtor B"):
            cls._make_debt(name)
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

    @classmethod
    def _make_debt(cls, name):
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{name[-1].lower()}@debtor.example",
                "lang": "en_US",
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        due = cls.company._recouvrement_today() - timedelta(20)
        move = cls.env["account.move"].create(
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
        return move

    def test_agent(self):
        self.start_tour("/odoo/recouvrement", "recouvrement_agent", login="tour_agent")
        states = self.env["recouvrement.reminder"].search([]).mapped("state")
        self.assertEqual(sorted(states), ["queued", "skipped"])
        self.assertEqual(self.env["recouvrement.pause"].search_count([]), 1)
