"""The screens of scenarios and texts: what the time-line and the preview are told."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user

from .common import TODAY, RecouvrementCommon


class TestScenarioScreen(RecouvrementCommon):
    """Time-line, counts, preview, versions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Screen Debtor")
        cls.invoice = cls.make_invoice(cls.debtor, late=4, amount=250.0)
        Customer = cls.env["recouvrement.customer"]
        cls.file = Customer._get_or_create(cls.company, cls.debtor.ids)
        cls.file.scenario_override_id = cls.scenario
        cls.auditor = new_test_user(
            cls.env,
            "screen_auditor",
            groups="recouvrement_auto.recouvrement_auto_group_auditor",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.salesperson = new_test_user(
            cls.env,
            "screen_salesperson",
            groups="recouvrement_auto.recouvrement_auto_group_salesperson",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def line(self, code):
        """A step of the scenario."""
        return self.scenario.line_ids.filtered(lambda line: line.code == code)

    def night(self):
        """Tonight's run, whose message arrives."""
        reminder = self.reminder_of(self.plan(), self.debtor)
        for state in ("claimed", "sent"):
            reminder._update_state(state)

    def preview(self, code, customer=None, lang=False, **changes):
        """What the panel shows of a step."""
        line = self.line(code)
        customer = customer or self.file
        return line.get_preview(
            {"id": line.id, **changes}, customer.id, lang, self.scenario.id
        )

    # === COUNTS === #

    def test_counts_follow_the_night(self):
        counts = self.scenario.get_step_counts()
        self.assertEqual(counts["at"], {"not_started": 1})
        self.assertEqual(counts["due"], {"reminder_1": 1})
        self.night()
        counts = self.scenario.get_step_counts()
        self.assertEqual(counts["at"], {"reminder_1": 1})
        self.assertFalse(counts["due"])

    def test_a_number_opens_its_list(self):
        action = self.scenario.action_open_step_customers("reminder_1", due=True)
        found = self.env["recouvrement.customer"].search(action["domain"])
        self.assertEqual(found, self.file)
        action = self.scenario.action_open_step_customers("reminder_1")
        self.assertFalse(self.env["recouvrement.customer"].search(action["domain"]))

    def test_another_scenario_does_not_count_the_customer(self):
        other = self.make_scenario("Other", "test_other")
        self.assertEqual(other.get_step_counts(), {"at": {}, "due": {}})

    def test_counts_hide_customers_that_the_reader_may_not_see(self):
        scenario = self.scenario.with_user(self.auditor)
        self.assertEqual(scenario.get_step_counts()["at"], {"not_started": 1})
        scenario = self.scenario.with_user(self.salesperson)
        self.assertFalse(scenario.get_step_counts()["at"])
        self.debtor.user_id = self.salesperson
        self.assertEqual(scenario.get_step_counts()["at"], {"not_started": 1})

    # === PREVIEW === #

    def test_timeline_proposes_an_overdue_customer(self):
        self.make_debtor("Owes Nothing")
        info = self.scenario.get_timeline()
        self.assertEqual(info["customer_id"], self.file.id)
        self.assertTrue(info["can_edit"])
        self.assertFalse(
            self.scenario.with_user(self.auditor).get_timeline()["can_edit"]
        )

    def test_preview_is_the_message_of_the_customer(self):
        shown = self.preview("reminder_1")
        self.assertNotIn("error", shown)
        self.assertIn(self.invoice.name, shown["subject"])
        self.assertIn(self.invoice.name, shown["body"])
        self.assertIn(self.debtor.email, shown["to"])
        self.assertIn(self.invoice.name, shown["sentences"][0])

    def test_preview_shows_what_is_not_saved(self):
        text = self.env["recouvrement.template"].create(
            {
                "name": "Other words",
                "code": "other_words",
                "channel": "email",
                "tone": "courteous",
                "subject": "Other words {{ leader_number }}",
                "body": "<p>Other words</p>",
            }
        )
        shown = self.preview("reminder_1", template_id=text.id, attach_invoices=True)
        self.assertEqual(shown["subject"], f"Other words {self.invoice.name}")
        self.assertEqual(len(shown["joined"]), 1)
        self.assertNotEqual(self.line("reminder_1").template_id, text)

    def test_preview_of_a_new_step_without_text_says_so(self):
        values = {"name": "New", "code": "new", "channel": "email", "tone": "courteous"}
        Line = self.env["recouvrement.scenario.line"]
        shown = Line.get_preview(values, self.file.id, False, self.scenario.id)
        self.assertTrue(shown["error"])

    def test_preview_names_the_day_of_the_step(self):
        sentence = self.preview("reminder_2")["sentences"][0]
        self.assertIn("Monday, March 23, 2026", sentence)  # due on the 13th, 10 days
        self.night()
        sentence = self.preview("reminder_1")["sentences"][0]
        self.assertIn("left on Tuesday, March 17, 2026", sentence)
        self.assertIn("behind", self.preview("pre_due")["sentences"][0])

    def test_preview_tells_the_scenario_really_followed(self):
        other = self.make_scenario("Really followed", "really_followed")
        self.file.scenario_override_id = other
        self.assertIn("Really followed", self.preview("reminder_1")["sentences"][1])

    def test_preview_in_each_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        text = self.line("reminder_1").template_id
        text.with_context(lang="fr_FR").subject = "Facture {{ leader_number }}"
        self.assertIn("invoice", self.preview("reminder_1", lang="en_US")["subject"])
        self.assertIn("Facture", self.preview("reminder_1", lang="fr_FR")["subject"])

    def test_preview_without_open_invoice_says_so(self):
        file = self.file._get_or_create(self.company, self.make_debtor("Idle").ids)
        self.assertIn("nothing open", self.preview("reminder_1", file)["error"])

    def test_preview_is_for_readers_of_steps_and_customers(self):
        line = self.line("reminder_1")
        args = ({"id": line.id}, self.file.id, False, self.scenario.id)
        self.assertTrue(line.with_user(self.auditor).get_preview(*args)["body"])
        with self.assertRaises(AccessError):
            line.with_user(self.salesperson).get_preview(*args)

    def test_preview_writes_nothing(self):
        before = self.env["recouvrement.scenario.line"].search_count([])
        self.preview("reminder_1", delay=99, name="Changed")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.line("reminder_1").delay, 3)
        self.assertEqual(
            self.env["recouvrement.scenario.line"].search_count([]), before
        )

    # === EDITING === #

    def test_formal_tone_asks_for_a_person(self):
        with Form(self.scenario) as form:
            with form.line_ids.edit(3) as line:
                line.tone = "formal"
                self.assertEqual(line.mode, "confirm")

    def test_channel_change_lets_the_text_go(self):
        with Form(self.scenario) as form:
            with form.line_ids.edit(1) as line:
                self.assertTrue(line.template_id)
                line.channel = "call"
                self.assertFalse(line.template_id)

    def test_a_step_that_goes_backwards_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before the due date"):
            self.line("formal_notice").delay = -10

    def test_auditor_cannot_move_a_step(self):
        with self.assertRaises(AccessError):
            self.line("call").with_user(self.auditor).delay = 21

    def test_duplicate_opens_a_copy_with_its_steps(self):
        action = self.scenario.action_duplicate()
        copy = self.env["recouvrement.scenario"].browse(action["res_id"])
        self.assertNotEqual(copy, self.scenario)
        self.assertEqual(
            copy.line_ids.mapped("code"), self.scenario.line_ids.mapped("code")
        )

    # === LEGAL STEPS === #

    def test_checklist_of_a_formal_notice(self):
        line = self.line("formal_notice")
        missing = {p["label"] for p in line.legal_checklist if not p["ok"]}
        self.assertIn("Calculation of the claim", missing)
        self.assertFalse(self.line("reminder_1").legal_checklist)
        line.template_id.write(
            {
                "subject": "Formal notice",
                "regime": "business",
                "body": "<p>{{ parties }}</p><p>{{ items_table }}</p>"
                "<p>{{ claim_statement }}</p><p>{{ previous_messages }}</p>"
                "<p>{{ deadline_date }}</p><p>{{ payment_block }}</p>"
                "<p>{{ signature }}</p>",
            }
        )
        line.invalidate_recordset(["legal_checklist"])
        missing = {p["label"] for p in line.legal_checklist if not p["ok"]}
        self.assertFalse(missing)

    # === VERSIONS === #

    def test_versions_in_words(self):
        self.assertIn("Never used", self.scenario.version_note)
        self.scenario._freeze_versions(self.company)
        self.scenario.invalidate_recordset()
        self.assertIn("Version 1, in use", self.scenario.version_note)
        self.line("reminder_2").write({"delay": 12, "min_amount": 50})
        self.line("call").unlink()
        self.scenario.min_gap_days = 5
        self.scenario.invalidate_recordset()
        self.assertIn("become version 2", self.scenario.version_note)
        self.scenario._freeze_versions(self.company)
        last = self.scenario.version_ids.sorted("version")[-1]
        self.assertIn("moved from D+10 to D+12", last.difference)
        self.assertIn("0.00 → 50.00", last.difference)
        self.assertIn("Step removed: D+20 call", last.difference)
        self.assertIn("4 → 5", last.difference)
        first = self.scenario.version_ids.sorted("version")[0]
        self.assertIn("5 steps", first.difference)

    def test_reworded_text_is_named(self):
        self.scenario._freeze_versions(self.company)
        self.line("reminder_1").template_id.body = "<p>Other words</p>"
        self.scenario._freeze_versions(self.company)
        last = self.scenario.version_ids.sorted("version")[-1]
        self.assertIn("text reworded", last.difference)

    # === TEXTS === #

    def test_placeholders_are_all_explained(self):
        groups = self.env["recouvrement.template"].get_placeholder_groups()
        shown = [field["name"] for group in groups for field in group["fields"]]
        self.assertEqual(len(shown), len(set(shown)))
        known = self.env["recouvrement.template"]._placeholder_help()
        self.assertEqual(len(shown), len(known))
        self.assertNotIn("other", [group["key"] for group in groups])
        self.assertTrue(all(f["label"] for group in groups for f in group["fields"]))

    def test_problems_are_shown_while_writing(self):
        form = Form(self.line("reminder_1").template_id)
        self.assertFalse(form.live_problems)
        form.subject = "Invoice {{ leader_numbr }}"
        self.assertIn("leader_number", form.live_problems[0])

    def test_text_preview_shows_what_is_not_saved(self):
        text = self.line("reminder_1").template_id
        values = {"id": text.id, "subject": "Draft {{ partner_name }}"}
        shown = text.get_text_preview(values, self.file.id, "en_US")
        self.assertEqual(shown["subject"], "Draft Screen Debtor")
        values = {
            "name": "Unsaved",
            "channel": "email",
            "tone": "courteous",
            "regime": "any",
            "subject": "Unsaved",
            "body": "<p>For {{ partner_name }}</p>",
        }
        shown = text.get_text_preview(values, self.file.id, "en_US")
        self.assertIn("Screen Debtor", shown["body"])

    def test_segment_opens_its_customers(self):
        segment = self.env["recouvrement.segment"].search([], limit=1)
        before = segment.customer_count
        self.file.segment_id = segment
        segment.invalidate_recordset()
        self.assertEqual(segment.customer_count, before + 1)
        domain = segment.action_open_customers()["domain"]
        self.assertIn(self.file, self.env["recouvrement.customer"].search(domain))

    def test_views_load_for_each_role(self):
        for name in ("scenario", "template", "segment", "score", "legal.rate"):
            for user in (self.env.user, self.auditor):
                model = self.env[f"recouvrement.{name}"].with_user(user)
                with self.subTest(model=name, user=user.login):
                    self.assertTrue(model.get_views([(False, "list"), (False, "form")]))
        self.assertEqual(TODAY, self.company._recouvrement_today())
