"""Agents by rule (P6): order, new customers, by hand, alarm, history."""

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY
from .test_portfolio import PortfolioCommon


@tagged("post_install", "-at_install")
class TestPortfolioRule(PortfolioCommon):
    """Karim has the Rhône, Sophie the amounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files.agent_id = False
        cls.Rule = cls.env["recouvrement.portfolio.rule"]
        cls.Customer = cls.env["recouvrement.customer"]

    def rule(self, user, **values):
        """A rule of the company."""
        return self.Rule.create({"user_id": user.id, **values})

    def share(self, **options):
        """What the night does."""
        changed = self.Customer.sudo()._assign_by_rule(self.company, **options)
        self.env.invalidate_all()
        return changed

    def entries(self, files):
        """Log entries of the rules."""
        return self.env["recouvrement.log"].search(
            [
                ("event", "=", "customer.assigned"),
                ("customer_res_id", "in", files.ids),
            ]
        )

    def test_the_first_rule_that_fits(self):
        self.named.zip = "38000"
        rhone = self.rule(self.karim, zips="69, 42", sequence=1)
        rest = self.rule(self.sophie, sequence=2)
        self.assertEqual(self.share(), self.files)
        by_partner = {file.partner_id: file for file in self.files}
        self.assertEqual(by_partner[self.other].agent_id, self.karim)
        self.assertEqual(by_partner[self.named].agent_id, self.sophie)
        self.assertEqual(by_partner[self.other].agent_rule_id, rhone)
        self.assertEqual((rhone.customer_count, rest.customer_count), (1, 1))
        self.assertEqual(len(self.entries(self.files)), 2)
        self.assertIn("69, 42", self.entries(by_partner[self.other]).detail)
        self.assertFalse(self.share(), "a second time changes nothing")

    def test_a_new_customer_has_an_agent_the_same_night(self):
        self.rule(self.karim, letter_from="N", letter_to="N")
        new = self.make_debtor("Nouveau Client")
        self.make_invoice(new, late=5)
        run = self.plan()
        self.assertEqual(self.reminder_of(run, new).agent_id, self.karim)
        file = self.Customer.search([("partner_id", "=", new.id)])
        self.assertEqual(file.agent_id, self.karim)

    def test_the_night_shares_after_the_segments(self):
        self.files.write(
            {
                "segment_override_id": self.env.ref("recouvrement_auto.segment_new").id,
                "segment_override_until": TODAY + timedelta(9),
                "segment_override_reason": "Test",
            }
        )
        self.rule(
            self.sophie,
            segment_ids=[(6, 0, self.env.ref("recouvrement_auto.segment_new").ids)],
        )
        self.env["recouvrement.run"].sudo()._refresh_facts(self.company, TODAY)
        self.env.invalidate_all()
        self.assertEqual(self.files.agent_id, self.sophie)

    def test_amounts_are_what_is_overdue(self):
        self.make_invoice(self.named, late=3, amount=900)
        self.make_invoice(self.other, late=-20, amount=5000)
        self.rule(self.sophie, min_overdue=1000)
        self.share()
        self.assertEqual(
            {file.partner_id: file.agent_id for file in self.files},
            {self.named: self.sophie, self.other: self.env["res.users"]},
        )

    def test_a_person_decides_against_the_rule(self):
        self.rule(self.karim)
        self.files[0].agent_id = self.sophie
        self.share()
        self.assertEqual(self.files[0].agent_id, self.sophie)
        self.assertFalse(self.files[0].agent_rule_id)
        self.files[1].agent_id = self.sophie
        self.assertFalse(self.files[1].agent_rule_id, "the rule's no longer")
        self.assertFalse(self.share(again=True))

    def test_rules_that_changed_are_applied_on_demand(self):
        rule = self.rule(self.karim)
        self.share()
        rule.user_id = self.sophie
        self.assertFalse(self.share(), "the night takes nobody away")
        rule.with_user(self.users["manager"]).action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.files.agent_id, self.sophie)
        last = self.entries(self.files[0]).sorted("id")[-1]
        self.assertIn("karim", last.detail)
        self.assertIn("sophie", last.detail)
        rule.zips = "99"
        rule.action_apply()
        self.env.invalidate_all()
        self.assertFalse(self.files.agent_id, "no rule fits: unassigned again")

    def test_only_a_manager_applies(self):
        rule = self.rule(self.karim)
        for role in ("agent", "auditor", "salesperson"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                rule.with_user(self.users[role]).action_apply()

    def test_a_rule_of_who_has_left_gives_nothing(self):
        self.rule(self.karim, sequence=1)
        self.rule(self.sophie, sequence=2)
        self.karim.active = False
        self.share()
        self.assertEqual(self.files.agent_id, self.sophie)

    def test_another_company_has_its_own_rules(self):
        other = self.setup_other_company()["company"]
        self.Rule.with_company(other).create(
            {"user_id": self.karim.id, "company_id": other.id}
        )
        self.assertFalse(self.share())

    def test_who_is_left_over_is_an_alarm_and_a_list(self):
        Watch = self.env["recouvrement.watch"].sudo().with_company(self.company)
        self.assertNotIn("unassigned", Watch._problems(self.company))
        rule = self.rule(self.karim, zips="99")
        self.share()
        self.assertIn("2 late", Watch._problems(self.company)["unassigned"])
        left = self.Customer.search(self.Customer._domain_unassigned())
        self.assertLessEqual(self.files, left)
        rule.zips = False
        self.share()
        self.assertNotIn("unassigned", Watch._problems(self.company))

    def test_queries_do_not_grow_with_the_customers(self):
        self.rule(self.karim)

        def queries(count):
            partners = [
                self.make_debtor(f"Many {count} {number}").id for number in range(count)
            ]
            files = self.Customer.sudo()._get_or_create(self.company, partners)
            files.agent_id = False
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.share(files=files)), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(40) - queries(5), 2)

    def test_amounts_in_order(self):
        for values in ({"min_overdue": -1}, {"min_overdue": 10, "max_overdue": 5}):
            with (
                self.subTest(**values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                self.rule(self.karim, **values)
                self.env.flush_all()

    def test_letters_in_order(self):
        with self.assertRaises(ValidationError):
            self.rule(self.karim, letter_from="M", letter_to="C")
        self.assertEqual(
            self.rule(self.karim, letter_from="DA", letter_to="D").name, "DA – D"
        )
