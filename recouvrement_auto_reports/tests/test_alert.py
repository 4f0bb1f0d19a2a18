from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.tests.common import TODAY, RecouvrementCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"


@tagged("post_install", "-at_install")
class TestAlert(RecouvrementCommon):
    """Rules without code: alerts start once, are told once, last and end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Alert = cls.env["recouvrement.alert"].sudo()
        cls.env["recouvrement.alert.rule"].search([]).active = False
        cls.debtor = cls.make_debtor("Alerting Debtor")
        cls.customer = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.debtor.ids
        )
        cls.rule = cls.make_rule(
            "Large and untouched", [("overdue", 1000), ("days_untouched", 10)]
        )

    @classmethod
    def make_rule(cls, name, conditions, **values):
        return cls.env["recouvrement.alert.rule"].create(
            {
                "name": name,
                "condition_ids": [
                    Command.create({"measure": measure, "threshold": threshold})
                    for measure, threshold in conditions
                ],
                **values,
            }
        )

    def evaluate(self, day=TODAY):
        self.travel(day)
        return self.Alert._evaluate(self.company, day)

    def open_alerts(self, rule=None):
        return self.Alert.search(
            [("rule_id", "=", (rule or self.rule).id), ("ended_on", "=", False)]
        )

    def activities(self):
        return self.customer.activity_ids.filtered(
            lambda one: one.summary == self.rule.name
        )

    def test_an_alert_starts_lasts_and_ends(self):
        """Told on the first night only; ended when paid; told again when it comes back."""
        invoice = self.make_invoice(self.debtor, late=20, amount=1500)
        started = self.evaluate()
        self.assertEqual(started.customer_id, self.customer)
        self.assertEqual(len(self.activities()), 1)
        self.assertIn("20", started.words)
        self.assertEqual(self.customer.alert_rule_ids, self.rule)
        self.assertFalse(self.evaluate(TODAY + timedelta(days=1)))
        self.assertEqual(len(self.activities()), 1)
        self.assertEqual(started.seen_on, TODAY + timedelta(days=1))
        self.pay(invoice, day=TODAY)
        self.evaluate(TODAY + timedelta(days=2))
        self.assertEqual(started.ended_on, TODAY + timedelta(days=2))
        self.customer.invalidate_recordset()
        self.assertFalse(self.customer.alert_rule_ids)
        self.make_invoice(self.debtor, late=15, amount=2000)
        self.assertTrue(self.evaluate(TODAY + timedelta(days=3)))
        self.assertEqual(len(self.activities()), 2)

    def test_a_figure_that_trembles_makes_one_alert(self):
        """1,100 then 950 (within 10 % of 1,000) then 1,050: one alert; 850 ends it."""
        self.make_invoice(self.debtor, late=30, amount=850)
        extra = self.make_invoice(self.debtor, late=30, amount=250)
        self.evaluate()
        [alert] = self.open_alerts()
        self.pay(extra, 150)
        self.evaluate(TODAY + timedelta(days=1))
        self.assertEqual(self.open_alerts(), alert)
        more = self.make_invoice(self.debtor, late=30, amount=100)
        self.evaluate(TODAY + timedelta(days=2))
        self.assertEqual(self.open_alerts(), alert)
        self.assertEqual(len(self.activities()), 1)
        self.pay(more | extra)
        self.evaluate(TODAY + timedelta(days=3))
        self.assertFalse(self.open_alerts())

    def test_contact_ends_it(self):
        self.make_invoice(self.debtor, late=20, amount=1500)
        self.evaluate()
        self.assertTrue(self.open_alerts())
        self.customer.message_post(body="Called", message_type="comment")
        self.env.flush_all()
        figures = self.env["recouvrement.alert.figures"]._load(
            self.company, self.env.cr.now().date(), self.rule
        )
        self.assertEqual(figures.customers[self.customer.id]["days_untouched"], 0)

    def test_a_message_of_ours_counts_as_contact(self):
        self.make_invoice(self.debtor, late=20, amount=1500)
        self.plan()
        self.send()
        self.assertFalse(self.evaluate())

    def test_told_again_only_as_the_rule_says(self):
        self.rule.repeat_days = 7
        self.make_invoice(self.debtor, late=20, amount=1500)
        for day in range(15):
            self.evaluate(TODAY + timedelta(days=day))
        self.assertEqual(len(self.activities()), 3)

    def test_one_mail_a_night_for_all_alerts(self):
        self.rule.notify = "email"
        other = self.make_debtor("Second Debtor")
        self.env["recouvrement.customer"]._get_or_create(self.company, other.ids)
        for partner in (self.debtor, other):
            self.make_invoice(partner, late=20, amount=1500)
        domain = [("email_to", "=", "agent@negoce.example")]
        before = self.env["mail.mail"].sudo().search_count(domain)
        self.evaluate()
        mails = self.env["mail.mail"].sudo().search(domain)
        self.assertEqual(len(mails) - before, 1)
        self.assertIn("Alerting Debtor", mails[0].body_html)
        self.assertIn("Second Debtor", mails[0].body_html)
        self.evaluate(TODAY + timedelta(days=1))
        self.assertEqual(self.env["mail.mail"].sudo().search_count(domain), before + 1)

    def test_segments(self):
        segments = self.env["recouvrement.segment"].search([], limit=2)
        self.rule.segment_ids = segments[0]
        self.customer.segment_id = segments[1]
        self.make_invoice(self.debtor, late=20, amount=1500)
        self.assertFalse(self.evaluate())
        self.customer.segment_id = segments[0]
        self.assertTrue(self.evaluate())

    def test_company_figures(self):
        """DSO up by more than 5 % against the snapshot of 60 days before."""
        rule = self.make_rule(
            "DSO up", [("dso_change", 5)], scope="company", notify="activity"
        )
        Snapshot = self.env["recouvrement.kpi.snapshot"].sudo()
        self.make_invoice(self.debtor, late=60, amount=1000)
        Snapshot._take(self.company, TODAY - timedelta(days=62))
        self.make_invoice(self.debtor, late=-25, amount=300)
        Snapshot._take(self.company, TODAY - timedelta(days=1))
        self.evaluate()
        first = self.open_alerts(rule)
        before, now = Snapshot._series([("company_id", "=", self.company.id)])
        changed = 100 * (now["dso"] - before["dso"]) / before["dso"]
        self.assertEqual(bool(first), changed > 5)
        rule.condition_ids.threshold = changed - 1
        self.evaluate()
        self.assertTrue(self.open_alerts(rule))
        self.assertTrue(rule.activity_ids)
        rule.condition_ids.threshold = changed + 50
        self.evaluate()
        self.assertFalse(self.open_alerts(rule))

    def test_shipped_rules(self):
        for name in ("dso", "over_90", "disputes", "untouched", "large"):
            rule = self.env.ref(f"recouvrement_auto_reports.alert_rule_{name}")
            self.assertTrue(rule.condition_ids)
            rule.active = True
        self.make_invoice(self.debtor, late=100, amount=25_000)
        self.evaluate()
        large = self.env.ref("recouvrement_auto_reports.alert_rule_large")
        self.assertTrue(self.open_alerts(large))

    # === LIMITS === #

    def test_rules_that_mean_nothing(self):
        with self.assertRaises(ValidationError):
            self.make_rule("Nothing", [])
        with self.assertRaises(ValidationError):
            self.make_rule("Mixed", [("dso", 5), ("overdue", 1)])
        for values in ({"margin": 101}, {"margin": -1}, {"period_days": 0}):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.make_rule("Wrong", [("overdue", 1)], **values)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.make_rule("Wrong", [("overdue", 1)], repeat_days=-1)

    def test_one_open_alert_per_rule_and_customer(self):
        self.make_invoice(self.debtor, late=20, amount=1500)
        alert = self.evaluate()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            alert.copy()

    def test_who_may_what(self):
        self.make_invoice(self.debtor, late=20, amount=1500)
        alert = self.evaluate()
        users = {
            role: new_test_user(self.env, f"alert_{role}", groups=f"{GROUP}{role}")
            for role in ("salesperson", "agent", "manager", "auditor")
        }
        for role, user in users.items():
            for call in (
                lambda one: one.write({"words": "x"}),
                lambda one: one.unlink(),
                lambda one: one.create({"rule_id": self.rule.id}),
            ):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    call(alert.with_user(user).sudo(False))
            mine = self.Alert.with_user(user).sudo(False).search([])
            self.assertEqual(bool(mine), role != "salesperson")
        self.debtor.user_id = users["salesperson"]
        self.env.flush_all()
        seller = self.Alert.with_user(users["salesperson"]).sudo(False)
        self.assertEqual(seller.search([]), alert)
        marks = self.customer.with_user(users["salesperson"]).alert_rule_ids
        self.assertEqual(marks, self.rule)
        self.rule.with_user(users["manager"]).sudo(False).margin = 5
        for role in ("agent", "auditor", "salesperson"):
            with self.assertRaises(AccessError):
                self.rule.with_user(users[role]).sudo(False).margin = 6

    def test_search_by_mark(self):
        Customer = self.env["recouvrement.customer"]
        self.make_invoice(self.debtor, late=20, amount=1500)
        self.evaluate()
        marked = Customer.search([("alert_rule_ids", "!=", False)])
        self.assertEqual(marked, self.customer)
        self.assertEqual(
            Customer.search([("alert_rule_ids", "in", self.rule.ids)]), self.customer
        )
        self.assertNotIn(
            self.customer, Customer.search([("alert_rule_ids", "=", False)])
        )

    def test_queries_do_not_grow(self):
        def count(day):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.evaluate(day)
            return self.env.cr.sql_log_count - before

        self.make_rule("Mark", [("overdue", 1)], notify="mark")
        self.make_invoice(self.debtor, late=1, amount=5)
        count(TODAY)
        few = count(TODAY + timedelta(days=1))
        for number in range(8):
            partner = self.make_debtor(f"More Debtors {number}")
            self.env["recouvrement.customer"]._get_or_create(self.company, partner.ids)
            self.make_invoice(partner, late=1, amount=5)
        count(TODAY + timedelta(days=2))
        self.assertLessEqual(count(TODAY + timedelta(days=3)), few + 2)
