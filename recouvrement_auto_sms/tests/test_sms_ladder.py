"""Whom an SMS reaches, and what becomes of a step that reaches nobody."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tests.common import TODAY

from .common import MOBILE, SmsCommon


@tagged("post_install", "-at_install")
class TestSmsLadder(SmsCommon):
    def held(self, **values):
        """Outcome of a customer whose SMS step is due and does not give way."""
        self.sms_scenario.line_ids[0].without_mobile = "hold"
        partner = self.make_mobile("Alpha", **values)
        self.make_invoice(partner, 3)
        return self.outcome_of(self.plan(), partner)

    def test_landline(self):
        self.assertEqual(self.held(phone="04 78 12 34 56"), ("held", "landline"))

    def test_missing(self):
        self.assertEqual(self.held(phone=False), ("held", "missing_address"))

    def test_invalid(self):
        self.assertEqual(self.held(phone="06 12 34"), ("held", "invalid_address"))

    def test_opt_out(self):
        self.env["phone.blacklist"].sudo().create({"number": MOBILE})
        self.assertEqual(self.held(), ("held", "blacklisted"))

    def test_opt_out_between_plan_and_claim(self):
        partner = self.make_mobile("Alpha")
        self.make_invoice(partner, 3)
        run = self.plan()
        self.env["phone.blacklist"].sudo().create({"number": MOBILE})
        self.assertEqual(self.send_sms(), [])
        self.assertEqual(self.outcome_of(run, partner), ("held", "blacklisted"))

    def test_opt_out_withdrawn(self):
        black = self.env["phone.blacklist"].sudo().create({"number": MOBILE})
        black.active = False
        self.assertEqual(self.held(), ("queued", False))

    def test_national_number_of_the_country_of_the_contact(self):
        partner = self.make_mobile(
            "Brasserie", phone="0470 12 34 56", country_id=self.env.ref("base.be").id
        )
        self.make_invoice(partner, 3)
        self.plan()
        self.assertEqual(self.send_sms()[0]["number"], "+32470123456")

    def test_a_mobile_among_the_contacts(self):
        partner = self.make_debtor("Alpha", phone="04 78 12 34 56")
        mobile = self.make_mobile("Bob", parent_id=partner.id, is_company=False)
        self.make_invoice(partner, 3)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        customer.collection_contact_ids = mobile
        run = self.plan()
        self.assertEqual(self.reminder_of(run, partner).contact_id, mobile)
        self.assertEqual(self.send_sms()[0]["number"], MOBILE)

    def test_two_contacts_with_one_number_get_one_message(self):
        partner = self.make_mobile("Alpha")
        one = self.make_mobile("One", parent_id=partner.id, is_company=False)
        two = self.make_mobile("Two", parent_id=partner.id, is_company=False)
        self.make_invoice(partner, 3)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        customer.collection_contact_ids = one | two
        self.plan()
        self.assertEqual(len(self.send_sms()), 1)

    def test_a_private_debt_is_told_to_the_debtor_alone(self):
        partner = self.make_debtor("Private", is_company=False, phone=False)
        spouse = self.make_mobile("Spouse", parent_id=partner.id, is_company=False)
        self.make_invoice(partner, 3)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        customer.write(
            {"legal_regime": "consumer", "collection_contact_ids": spouse.ids}
        )
        customer.scenario_override_id = self.sms_scenario
        self.sms_scenario.line_ids[0].without_mobile = "hold"
        run = self.plan()
        self.assertEqual(self.outcome_of(run, partner), ("held", "missing_address"))

    def test_without_a_mobile_the_ladder_goes_on(self):
        partner = self.make_debtor("Alpha", phone="04 78 12 34 56")
        self.make_invoice(partner, 3)
        self.assertIsNone(self.outcome_of(self.plan(), partner))
        later = TODAY + timedelta(7)
        self.freeze(later)
        run = self.plan(later)
        self.assertEqual(self.reminder_of(run, partner).step_code, "reminder_2")
        self.assertEqual(self.outcome_of(run, partner), ("queued", False))

    def test_an_opt_out_is_shown_until_the_next_step_is_due(self):
        self.env["phone.blacklist"].sudo().create({"number": MOBILE})
        partner = self.make_mobile("Alpha")
        self.make_invoice(partner, 3)
        expected = {0: ("sms", "held"), 6: ("sms", "held"), 7: ("reminder_2", "queued")}
        for days, outcome in expected.items():
            day = TODAY + timedelta(days)
            self.freeze(day)
            reminder = self.reminder_of(self.plan(day), partner)
            self.assertEqual((reminder.step_code, reminder.state), outcome)

    def test_dry_run_says_the_same(self):
        partner = self.make_debtor("Alpha", phone=False)
        self.make_invoice(partner, 3)
        found = (
            self.env["recouvrement.run"]
            .sudo()
            ._simulate(
                self.company, TODAY, TODAY + timedelta(8), partner_ids=partner.ids
            )
        )
        self.assertEqual([row["step_code"] for row in found], ["reminder_2"])

    def test_half_a_gap_around_an_sms(self):
        """J+2 e-mail, J+5 SMS, J+7 e-mail, as the library says, with a gap of 4 days."""
        scenario = self.make_scenario(
            "Usual",
            "test_usual",
            [
                ("first", 2, "email", "precise", "auto"),
                ("sms", 5, "sms", "precise", "auto"),
                ("second", 7, "email", "precise", "auto"),
            ],
            min_gap_days=4,
        )
        self.company.recouvrement_scenario_id = scenario
        partner = self.make_mobile("Alpha")
        self.make_invoice(partner, 2)
        rows = (
            self.env["recouvrement.run"]
            .sudo()
            ._simulate(
                self.company, TODAY, TODAY + timedelta(9), partner_ids=partner.ids
            )
        )
        self.assertFalse([row["reason"] for row in rows if row["reason"]])
        days = [(row["step_code"], (row["date"] - TODAY).days + 2) for row in rows]
        # J+5 is a Friday; two working days later it is Tuesday.
        self.assertEqual(days, [("first", 2), ("sms", 5), ("second", 9)])

    # === REFUSED === #

    def line(self, **values):
        return self.env["recouvrement.scenario.line"].create(
            {
                "scenario_id": self.sms_scenario.id,
                "name": "Step",
                "code": "step",
                "delay": 30,
                "channel": "sms",
                "tone": "firm",
                "template_id": self.sms_scenario.line_ids[0].template_id.id,
                **values,
            }
        )

    def test_no_formal_notice_by_sms(self):
        with self.assertRaisesRegex(ValidationError, "never an SMS"):
            self.line(tone="formal", mode="confirm")

    def test_a_formal_notice_does_not_change_its_name(self):
        with self.assertRaisesRegex(ValidationError, "never an SMS"):
            self.line(code="formal_notice", mode="confirm")

    def test_no_formal_text(self):
        with self.assertRaisesRegex(ValidationError, "never an SMS"):
            self.sms_scenario.line_ids[0].template_id.tone = "formal"

    def test_no_sms_to_a_public_buyer(self):
        with self.assertRaisesRegex(ValidationError, "public buyer"):
            self.env["recouvrement.scenario"].create(
                {
                    "name": "Public",
                    "code": "test_public",
                    "nature": "public",
                    "line_ids": [
                        Command.create(
                            {
                                "name": "SMS",
                                "code": "sms",
                                "delay": 3,
                                "channel": "sms",
                                "tone": "precise",
                                "template_id": self.make_template(
                                    "test_public", "sms", "sms", "precise"
                                ),
                            }
                        )
                    ],
                }
            )
        partner = self.make_mobile("Town")
        self.make_invoice(partner, 3)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        customer.legal_regime = "public"
        customer.scenario_override_id = self.sms_scenario
        self.assertEqual(
            self.outcome_of(self.plan(), partner), ("held", "regime_mismatch")
        )

    def test_an_sms_step_needs_a_text(self):
        with self.assertRaisesRegex(ValidationError, "choose its text"):
            self.line(template_id=False)
