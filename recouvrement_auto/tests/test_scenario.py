from datetime import date
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.tools.ladder import version_from_snapshot

from .common import RecouvrementCommon

# Other add-ons put steps of their own channels into the library.
CHANNELS = ("email", "letter", "call", "task")
# practice.md section 4: code, delays by step, minima, contacts, gap, end, pause.
LIBRARY = {
    "good": ("pre_due-5 reminder_1+5 reminder_2+12 call+25 firm_notice+35 formal_notice+45",
             (1, 3), 4, 23, 30),
    "occasional_late": ("pre_due-5 reminder_1+3 reminder_2+10 call+20 formal_notice+30",
                        (2, 5), 4, 16, 30),
    "usual_late": ("pre_due-8 reminder_1+2 reminder_2+7 call+10 firm_notice+20 "
                   "formal_notice+40", (3, 8), 4, 16, 15),
    "difficult": ("reception_check+7 pre_due-8 pre_due_call-3 reminder_1+1 call+4 "
                  "firm_notice+8 call_2+10 formal_notice+15", (3, 10), 2, 9, 8),
    "new": ("reception_check+7 pre_due-5 reminder_1+3 reminder_2+8 call+12 "
            "firm_notice+18 formal_notice+25", (2, 6), 4, 16, 15),
    "key_account": ("reception_check+10 pre_due-10 reminder_1+5 reminder_2+12 call+15 "
                    "firm_notice+30 formal_notice+45", (2, 5), 4, 15, 30),
    "public": ("reception_check+5 pre_due-10 reminder_1+5 reminder_2+20 call+30 "
               "firm_notice+40 formal_notice+60", (1, 3), 4, 15, 45),
    "consumer": ("pre_due-5 reminder_1+5 reminder_2+15 call+25 firm_notice+35 "
                 "formal_notice+45", (1, 4), 4, 30, 30),
    "hardship": ("pre_due-5 reminder_1+7 call+15 reminder_2+30", (1, 3), 4, 15, 30),
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestScenarioChecks(RecouvrementCommon):
    """Each refusal is a sentence that says what to do."""

    def refuse(self, words, **values):
        """Writing ``values`` on the scenario is refused with ``words``."""
        with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
            self.scenario.write(values)

    def refuse_step(self, words, step, **values):
        """Writing ``values`` on the step with that code is refused with ``words``."""
        with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
            self.step(step).write(values)

    def step(self, code):
        """A step of the standard scenario."""
        return self.scenario.line_ids.filtered(lambda line: line.code == code)

    def test_no_step(self):
        """A scenario without step, on write, on removal and on creation."""
        self.refuse("has no step", line_ids=[Command.clear()])
        with (
            self.assertRaisesRegex(ValidationError, "has no step"),
            self.env.cr.savepoint(),
        ):
            self.scenario.line_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "has no step"):
            self.env["recouvrement.scenario"].create({"name": "Empty"})

    def test_order_goes_backwards(self):
        """A softer tone after a firmer one, or a step that goes back in time."""
        self.refuse_step("goes backwards", "reminder_1", delay=25)
        self.refuse_step("goes backwards", "call", tone="courteous")
        self.refuse_step("back in time", "formal_notice", anchor="previous", delay=-3)
        self.refuse_step("back in time", "pre_due", anchor="invoice_date")

    def test_duplicate_code(self):
        """Two steps with one code."""
        self.refuse_step("same code", "reminder_2", code="reminder_1")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE recouvrement_scenario_line SET code = 'reminder_1' WHERE id = %s",
                [self.step("reminder_2").id],
            )

    def test_negative_minimums(self):
        """Every amount and number of days."""
        for name in (
            "min_gap_days",
            "min_customer_total",
            "min_item_amount",
            "max_pause_days",
            "condition_min_total",
            "condition_min_relation_days",
        ):
            self.refuse("cannot be negative", **{name: -1})
        self.refuse_step("cannot be negative", "call", min_amount=-1)
        self.refuse_step("cannot be negative", "call", deadline_days=-1)

    def test_contacts(self):
        """No contact allowed at all, or fewer in a month than in a week."""
        self.refuse("at least one contact", max_contacts_7=0)
        self.refuse("at least one contact", max_contacts_7=9, max_contacts_30=8)

    def test_written_step_needs_its_text(self):
        """A written step without text, or with the text of another channel."""
        self.refuse_step("choose its text", "reminder_1", template_id=False)
        letter = self.step("formal_notice").template_id
        self.refuse_step("another channel", "reminder_1", template_id=letter.id)

    def test_before_due(self):
        """Firm tone or words of a reminder before the due date."""
        self.refuse_step("before the due date", "pre_due", tone="firm")
        text = self.step("pre_due").template_id.copy(
            {"body": "<p>Relance : votre facture est en retard</p>"}
        )
        self.refuse_step("before the due date", "pre_due", template_id=text.id)

    def test_formal_notice_is_always_confirmed(self):
        """Neither by tone nor by code does a formal notice leave by itself."""
        self.refuse_step("always confirms", "formal_notice", mode="auto")
        self.refuse_step("always confirms", "formal_notice", mode="auto", tone="firm")

    def test_end(self):
        """Something always follows the last step, and not before the delay given."""
        self.refuse("leads to nothing", end_action=False)
        self.refuse("wait at least as long", end_delay_days=7)

    def test_person_missing(self):
        """A step for a person names the person."""
        self.refuse_step("which person", "call", responsible="user")

    def test_regimes(self):
        """A text for businesses never stands in a scenario for consumers."""
        text = self.step("reminder_1").template_id
        text.regime = "business"
        self.refuse("another legal regime", nature="consumer")
        self.refuse("another legal regime", nature="public")
        text.regime = "any"
        text.body = "<p>{{ legal_notice }}</p>"
        self.refuse("never apply to consumers", nature="consumer")
        self.scenario.nature = "public"

    def test_text_changed_under_a_scenario(self):
        """Changing the regime of a text in use is refused by the scenarios that use it."""
        text = self.step("reminder_1").template_id
        with self.assertRaisesRegex(ValidationError, "another legal regime"):
            text.regime = "consumer"

    def test_duplicate_copies_everything(self):
        """Steps, limits and texts; not the versions."""
        self.env["recouvrement.scenario"]._freeze_versions(self.company)
        copy = self.scenario.copy()
        self.assertEqual(copy.name, "Standard (copy)")
        self.assertNotEqual(copy.code, self.scenario.code)
        self.assertEqual(copy.version, 0)
        for old, new in zip(self.scenario.line_ids, copy.line_ids, strict=True):
            for name in ("code", "delay", "tone", "mode", "template_id", "channel"):
                self.assertEqual(old[name], new[name])

    def test_order_of_the_steps(self):
        """Reception check first, then by day, then what is counted from the step before."""
        self.scenario.line_ids = [
            Command.create(
                {"name": code, "code": code, "anchor": anchor, "delay": delay,
                 "channel": "task", "tone": "courteous"}
            )
            for code, anchor, delay in (("after", "previous", 2), ("check", "invoice_date", 9))
        ]  # fmt: skip
        self.scenario.invalidate_recordset()
        codes = self.scenario.line_ids.mapped("code")
        self.assertEqual(codes[0], "check")
        self.assertEqual(codes[-1], "after")
        labels = dict(
            zip(codes, self.scenario.line_ids.mapped("day_label"), strict=True)
        )
        self.assertEqual(labels["reminder_1"], "D+3")
        self.assertEqual(labels["pre_due"], "D-5")


@tagged("post_install", "-at_install")
class TestScenarioVersions(RecouvrementCommon):
    """What a night uses is frozen, numbered and never changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Scenario = cls.env["recouvrement.scenario"]

    def freeze_one(self):
        """The version of the standard scenario."""
        versions = self.Scenario._freeze_versions(self.company)
        return versions.filtered(lambda v: v.scenario_id == self.scenario)

    def test_new_version_only_when_it_differs(self):
        """The same content is the same version; a changed text or delay is a new one."""
        first = self.freeze_one()
        self.assertEqual(first.version, 1)
        self.assertEqual(self.freeze_one(), first)
        self.scenario.line_ids[1].delay = 4
        second = self.freeze_one()
        self.assertEqual(second.version, 2)
        self.scenario.line_ids[1].template_id.body = "<p>Other words</p>{{ signature }}"
        third = self.freeze_one()
        self.assertEqual((third.version, self.scenario.version), (3, 3))
        body = second.snapshot["steps"][1]["template"]["texts"]["en_US"]["body"]
        self.assertNotIn("Other words", body)

    def test_language_of_the_planner_does_not_matter(self):
        """Who plans the night leaves no trace in the content."""
        self.env["res.lang"]._activate_lang("fr_FR")
        first = self.freeze_one()
        french = self.Scenario.with_context(lang="fr_FR")._freeze_versions(self.company)
        self.assertIn(first, french)

    def test_snapshots_write_nothing(self):
        """The same content in memory; the version id is 0 after a change."""
        version = self.freeze_one()
        self.scenario.min_gap_days = 7
        count = self.env["recouvrement.scenario.version"].search_count([])
        found = {
            s: (snap, vid) for s, snap, vid in self.Scenario._snapshots(self.company)
        }
        self.assertEqual(found[self.scenario][1], 0)
        self.assertEqual(found[self.scenario][0]["scenario"]["min_gap_days"], 7)
        self.assertEqual(
            self.env["recouvrement.scenario.version"].search_count([]), count
        )
        self.scenario.min_gap_days = 4
        found = {s: vid for s, _snap, vid in self.Scenario._snapshots(self.company)}
        self.assertEqual(found[self.scenario], version.id)

    def test_the_ladder_reads_it(self):
        """Keys are those of tools/ladder.py, amounts exact."""
        self.scenario.write({"min_customer_total": 15.1, "nature": "key_account"})
        version = self.freeze_one()
        read = version_from_snapshot(version.snapshot, version.id)
        self.assertEqual(read.nature, "key_account")
        self.assertEqual(read.ladder.min_total, Decimal("15.10"))
        self.assertEqual(
            [step.code for step in read.ladder.steps],
            ["pre_due", "reminder_1", "reminder_2", "call", "formal_notice"],
        )

    def test_versions_never_change(self):
        """Neither written nor deleted."""
        version = self.freeze_one()
        with self.assertRaises(UserError):
            version.version = 9
        with self.assertRaises(UserError):
            version.unlink()

    def test_companies(self):
        """A scenario of another company is not used; one without company is."""
        other = self.setup_other_company()["company"]
        private = self.make_scenario("Private", "private", company_id=other.id)
        mine = self.Scenario._freeze_versions(self.company).scenario_id
        self.assertNotIn(private, mine)
        self.assertIn(self.scenario, mine)
        self.assertIn(private, self.Scenario._freeze_versions(other).scenario_id)

    def test_customer_count_opens_its_list(self):
        """The number is the length of the list behind it."""
        partner = self.make_debtor("Count")
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        customer.scenario_override_id = self.scenario
        domain = self.scenario.action_open_customers()["domain"]
        self.assertEqual(self.scenario.customer_count, 1)
        self.assertEqual(self.env["recouvrement.customer"].search(domain), customer)


@tagged("post_install", "-at_install")
class TestLibraryScenarios(RecouvrementCommon):
    """The shipped scenarios are those of practice.md section 4."""

    def library(self, code):
        """A shipped scenario."""
        return self.env.ref(f"recouvrement_auto.scenario_{code}")

    def test_delays_and_limits(self):
        """Steps, delays, contacts, gaps, end and pauses, scenario by scenario."""
        for code, (steps, contacts, gap, end, pause) in LIBRARY.items():
            scenario = self.library(code).with_context(active_test=False)
            lines = scenario.line_ids.filtered(lambda ln: ln.channel in CHANNELS)
            found = " ".join(f"{ln.code}{ln.delay:+d}" for ln in lines)
            self.assertEqual(found, steps, code)
            self.assertEqual(
                (scenario.max_contacts_7, scenario.max_contacts_30), contacts, code
            )
            self.assertEqual(scenario.min_gap_days, gap, code)
            self.assertEqual(scenario.end_delay_days, end, code)
            self.assertEqual(scenario.max_pause_days, pause, code)

    def test_checks_pass_and_freeze(self):
        """All are valid, freeze in both languages and keep formal notices to confirm."""
        self.env["res.lang"]._activate_lang("fr_FR")
        scenarios = self.env["recouvrement.scenario"].browse(
            [self.library(code).id for code in LIBRARY]
        )
        scenarios.write({"active": True})
        scenarios._check_library()
        for _scenario, snapshot, _id in scenarios._snapshots(self.company):
            for step in snapshot["steps"]:
                if step["tone"] == "formal":
                    self.assertEqual(step["mode"], "confirm")
                if step["template"]:
                    texts = step["template"]["texts"]
                    self.assertTrue({"en_US", "fr_FR"} <= set(texts), step["code"])

    def test_minimums(self):
        """Message, call and registered letter, by scenario."""
        expected = {
            "good": (15, 300, 300),
            "occasional_late": (15, 150, 300),
            "difficult": (15, 100, 150),
            "key_account": (50, 1000, 5000),
            "public": (15, 300, 500),
            "consumer": (15, 100, 150),
        }
        for code, minimums in expected.items():
            scenario = self.library(code)
            amounts = {ln.code: ln.min_amount for ln in scenario.line_ids}
            self.assertEqual(
                (
                    scenario.min_customer_total,
                    amounts["call"],
                    amounts["formal_notice"],
                ),
                minimums,
                code,
            )

    def test_rates_known_today(self):
        """The library needs a legal rate only where a text quotes one."""
        scenario = self.library("occasional_late")
        needs = {
            ln.code: ln._snapshot("en_US")["needs_legal_rate"]
            for ln in scenario.line_ids
        }
        self.assertEqual(
            needs,
            {
                "pre_due": False,
                "reminder_1": False,
                "reminder_2": True,
                "call": False,
                "formal_notice": True,
            },
        )
        self.assertTrue(
            self.env["recouvrement.legal.rate"]._has_rate(
                "ecb_mro_plus_10", date(2026, 7, 1)
            )
        )
