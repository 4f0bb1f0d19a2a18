"""Rate of complaints by step, the alert on it, and the cost of a message (P21, P23)."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.tests.common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestComplaintRate(RecouvrementCommon):
    """Four customers got a message, one complains twice about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtors = cls.env["res.partner"]
        for number in range(4):
            cls.debtors |= cls.make_debtor(f"Debtor {number}")
        for debtor in cls.debtors:
            cls.make_invoice(debtor, late=5)

    def setUp(self):
        super().setUp()
        self.run = self.plan()
        self.send()
        self.message = self.reminder_of(self.run, self.debtors[0])

    def complain(self):
        return self.env["recouvrement.complaint"].create(
            {
                "customer_id": self.message.customer_id.id,
                "reminder_id": self.message.id,
                "note": "Wrong amount",
            }
        )

    def test_one_message_counts_once(self):
        Row = self.env["recouvrement.effectiveness"].sudo()
        Row._refresh(self.company, TODAY)
        self.complain()
        self.complain()
        Row._refresh(self.company, TODAY + timedelta(days=1))
        self.env.flush_all()
        domain = [("company_id", "=", self.company.id)]
        rows = Row.search(domain)
        self.assertEqual(sum(rows.mapped("complained")), 1)
        [(step, rate)] = Row._read_group(domain, ["step_code"], ["complaint_rate:avg"])
        self.assertEqual((step, rate), ("reminder_1", 25.0))
        hit = rows.filtered("complained")
        self.assertEqual((hit.reminder_id, hit.complaint_rate), (self.message, 100.0))

    def test_an_alert_on_the_share_of_a_period(self):
        rule = self.env["recouvrement.alert.rule"].create(
            {
                "name": "Complaints",
                "scope": "company",
                "period_days": 30,
                "condition_ids": [
                    (
                        0,
                        0,
                        {
                            "measure": "complaint_share",
                            "comparison": "above",
                            "threshold": 20.0,
                        },
                    )
                ],
            }
        )
        Figures = self.env["recouvrement.alert.figures"].sudo()

        def on(day):
            return Figures._load(self.company, day, rule).matches(rule, set())

        self.assertFalse(on(TODAY))
        self.complain()
        self.env.flush_all()
        self.assertEqual(list(on(TODAY)), [(rule.id, False)])
        self.assertFalse(on(TODAY + timedelta(days=31)))

    def test_hours_and_cost_come_from_what_people_logged(self):
        agent = new_test_user(
            self.env,
            "working_agent",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        Time = self.env["recouvrement.action.time"]
        Time.search([]).unlink()
        Time.create({"event": "complaint.recorded", "minutes": 6})
        page = self.env["recouvrement.roi"].create(
            {
                "company_id": self.company.id,
                "start_date": "2000-01-01",
                "hourly_cost": 40,
            }
        )
        self.assertEqual((page.work_actions, page.work_cost_message), (0, 0))
        Complaint = self.env["recouvrement.complaint"].with_user(agent)
        for _time in range(5):
            Complaint.create(
                {"customer_id": self.message.customer_id.id, "note": "Again"}
            )
        self.env.flush_all()
        page.invalidate_recordset()
        self.assertEqual((page.work_actions, page.work_files), (5, 1))
        self.assertAlmostEqual(page.work_hours, 0.5)
        self.assertAlmostEqual(page.work_hours_file, 0.5)
        self.assertAlmostEqual(page.work_cost, 20)
        self.assertAlmostEqual(page.work_cost_message, 20 / 4)

    def test_wrong_minutes_are_refused(self):
        Time = self.env["recouvrement.action.time"]
        Time.search([("event", "=", "call.made")]).unlink()
        Time.create({"event": "call.made", "minutes": 8})
        for values in (
            {"event": "call.made", "minutes": 9},
            {"event": "plan.signed", "minutes": -1},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                Time.search([("event", "=", "plan.signed")]).unlink()
                Time.create(values)
