"""The choice of a scenario by segment and grade (A1, scoring.md 4.5)."""

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, RecouvrementCommon

STEPS = [
    ("reminder_1", 3, "email", "courteous", "auto"),
    ("reminder_2", 10, "email", "precise", "auto"),
    ("formal_notice", 30, "letter", "formal", "confirm"),
]


@tagged("post_install", "-at_install")
class TestScenarioGrade(RecouvrementCommon):
    """Two scenarios of one segment: for everybody, and for the grades D and E."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segment = cls.env.ref("recouvrement_auto.segment_occasional_late")
        cls.plain = cls.make_scenario(
            "Plain", "plain", STEPS, sequence=1, segment_ids=[(6, 0, cls.segment.ids)]
        )
        cls.firm = cls.make_scenario(
            "Firm",
            "firm",
            [(code, delay - 1, *rest) for code, delay, *rest in STEPS],
            sequence=9,
            segment_ids=[(6, 0, cls.segment.ids)],
            grade_from="D",
            grade_to="E",
        )
        cls.debtor = cls.make_debtor("Graded")
        cls.file = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.debtor.ids
        )
        cls.judge(cls.file)

    @classmethod
    def judge(cls, files):
        """Occasionally late, decided by a person until a day."""
        files.write(
            {
                "segment_override_id": cls.segment.id,
                "segment_override_until": TODAY + timedelta(90),
                "segment_override_reason": "Test",
            }
        )

    @classmethod
    def grade(cls, files, grade, until=90):
        """A grade chosen by a person."""
        files.write(
            {
                "grade_override": grade,
                "grade_override_until": TODAY + timedelta(until),
                "grade_override_reason": "Test",
            }
        )

    def chosen(self, file=None):
        """``(scenario, sentence)`` that the file shows."""
        file = file or self.file
        file.invalidate_recordset()
        return file.scenario_id, file.scenario_why

    def test_the_grade_narrows_the_segment(self):
        self.make_invoice(self.debtor, 5)
        self.assertEqual(self.chosen(), (self.plain, "Payment segment"))
        self.grade(self.file, "C")
        self.assertEqual(self.chosen()[0], self.plain)
        self.grade(self.file, "D")
        self.assertEqual(self.chosen(), (self.firm, "Payment segment and grade"))
        self.grade(self.file, "E", until=-1)
        self.assertEqual(self.chosen()[0], self.plain, "own grade is over")

    def test_the_last_score_counts_and_no_later_one(self):
        self.make_invoice(self.debtor, 5)
        Score = self.env["recouvrement.score"].sudo()
        for grade, day in (("D", TODAY - timedelta(2)), ("A", TODAY + timedelta(1))):
            Score.create(
                {
                    "customer_id": self.file.id,
                    "company_id": self.company.id,
                    "date": day,
                    "grade": grade,
                }
            )
        self.assertEqual(self.chosen()[0], self.firm)
        self.file.action_contest_score()
        self.assertEqual(self.chosen()[0], self.plain, "contested: not used")

    def test_the_night_says_it_and_uses_a_frozen_version(self):
        self.grade(self.file, "D")
        self.make_invoice(self.debtor, 5)
        run = self.plan()
        reminder = self.reminder_of(run, self.debtor)
        self.assertEqual(
            (reminder.scenario_id, reminder.state, reminder.why_label),
            (self.firm, "queued", "Payment segment and grade"),
        )
        frozen = reminder.version_id.snapshot["scenario"]
        self.assertEqual((frozen["grade_from"], frozen["grade_to"]), ("D", "E"))
        plain = run.version_ids.filtered(lambda v: v.scenario_id == self.plain)
        self.assertNotIn("grade_from", plain.snapshot["scenario"])
        self.firm.grade_from = "E"
        self.assertEqual(self.send().taken[0][0], self.debtor.email)
        later = self.env["recouvrement.scenario"]._freeze_versions(self.company)
        later = later.filtered(lambda v: v.scenario_id == self.firm)
        self.assertNotEqual(later, reminder.version_id)
        self.assertIn("D → E", later.difference)

    def test_a_grade_that_moves_a_ladder_waits_for_a_person_once(self):
        self.make_invoice(self.debtor, 5)
        self.plan()
        self.send()
        self.grade(self.file, "D")
        self.travel(TODAY + timedelta(7))
        scenario, why = self.chosen()
        self.assertEqual(scenario, self.firm)
        self.assertIn("the grade changed the scenario on the way", why)
        run = self.plan(TODAY + timedelta(7))
        reminder = self.reminder_of(run, self.debtor)
        self.assertEqual(
            (reminder.step_code, reminder.state), ("reminder_2", "to_confirm")
        )
        self.assertIn("the grade changed the scenario", reminder.why_label)
        reminder.action_confirm()
        self.assertEqual(len(self.send().taken), 1)
        self.assertEqual(self.chosen()[1], "Payment segment and grade")

    def test_back_to_a_better_grade_is_said_too(self):
        self.grade(self.file, "D")
        self.make_invoice(self.debtor, 5)
        self.plan()
        self.send()
        self.grade(self.file, "A")
        scenario, why = self.chosen()
        self.assertEqual(scenario, self.plain)
        self.assertIn("Payment segment; the grade changed", why)

    def test_another_segment_is_no_change_by_the_grade(self):
        self.make_invoice(self.debtor, 5)
        self.plan()
        self.send()
        good = self.env.ref("recouvrement_auto.segment_good")
        other = self.make_scenario(
            "Good", "good_one", STEPS, segment_ids=[(6, 0, good.ids)]
        )
        self.file.segment_override_id = good
        self.assertEqual(self.chosen(), (other, "Payment segment"))

    def test_a_grade_between_plan_and_claim_is_planned_again(self):
        self.make_invoice(self.debtor, 5)
        self.plan()
        self.send()
        run = self.plan(TODAY + timedelta(7))
        self.travel(TODAY + timedelta(7))
        self.assertEqual(self.reminder_of(run, self.debtor).state, "queued")
        self.grade(self.file, "D")
        self.assertFalse(self.send().taken)
        self.assertEqual(self.outcome_of(run, self.debtor), ("skipped", "plan_changed"))

    def test_a_natural_person_is_confirmed_message_by_message(self):
        person = self.make_debtor("Sole Trader", is_company=False)
        file = self.env["recouvrement.customer"]._get_or_create(
            self.company, person.ids
        )
        self.judge(file)
        self.make_invoice(person, 5)
        self.assertEqual(self.chosen(file)[0], self.plain)
        self.grade(file, "E")
        run = self.plan()
        reminder = self.reminder_of(run, person)
        self.assertEqual(
            (reminder.scenario_id, reminder.state), (self.firm, "to_confirm")
        )
        self.assertIn("natural person", reminder.why_label)

    def test_the_simulation_says_why(self):
        self.grade(self.file, "D")
        self.make_invoice(self.debtor, 5)
        dry = self.env["recouvrement.simulation"].create(
            {"partner_ids": [(6, 0, self.debtor.ids)]}
        )
        dry.action_simulate()
        self.assertEqual(dry.line_ids.scenario_id, self.firm)
        self.assertEqual(set(dry.line_ids.mapped("why")), {"Payment segment and grade"})

    def test_no_query_more_where_no_scenario_asks(self):
        self.make_invoice(self.debtor, 5)
        Facts = self.env["recouvrement.planner.facts"].sudo()

        def queries():
            versions = Facts._current_versions(self.company)
            context = Facts._context(self.company, TODAY, versions)
            Facts._load(context, self.debtor.ids)
            before = self.env.cr.sql_log_count
            Facts._load(context, self.debtor.ids)
            return self.env.cr.sql_log_count - before

        asked = queries()
        self.firm.write({"grade_from": False, "grade_to": False})
        self.assertEqual(asked - queries(), 2)

    def test_customers_of_the_scenario(self):
        self.assertEqual(self.firm.customer_count, 0)
        self.grade(self.file, "E")
        self.firm.invalidate_recordset()
        domain = self.firm.action_open_customers()["domain"]
        found = self.env["recouvrement.customer"].search(domain)
        self.assertEqual((found, self.firm.customer_count), (self.file, 1))
        self.assertEqual(self.segment.scenario_id.grade_from, False)

    def test_a_grade_alone_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "never decides alone"):
            self.firm.segment_ids = False

    def test_grades_come_in_order_and_together(self):
        for values in ({"grade_to": "C"}, {"grade_to": False}):
            with (
                self.subTest(**values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                self.firm.write(values)
                self.env.flush_all()
