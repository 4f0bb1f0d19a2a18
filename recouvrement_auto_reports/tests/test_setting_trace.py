import json

from odoo.tests import tagged

from .export_common import ExportCommon


@tagged("post_install", "-at_install")
class TestSettingTrace(ExportCommon):
    """Who changed which setting, when, from what to what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        Log = cls.env["recouvrement.log"].sudo()
        cls.last = Log.search([], order="id desc", limit=1).id

    def changes(self, event="setting.changed"):
        domain = [("event", "=", event), ("id", ">", self.last)]
        entries = self.env["recouvrement.log"].sudo().search(domain)
        return [(e, json.loads(e.payload)["facts"]) for e in entries.sorted("id")]

    def as_manager(self, record):
        return record.with_user(self.users["manager"])

    def test_step_of_a_scenario(self):
        """Old and new value, the person, the step; what did not change is not said."""
        step = self.as_manager(self.scenario).line_ids[1]
        step.write({"delay": 4, "name": step.name})
        (entry, facts), *more = self.changes()
        self.assertFalse(more)
        self.assertEqual((facts["old"], facts["new"]), ("3", "4"))
        self.assertEqual(facts["field"], "recouvrement.scenario.line:delay")
        self.assertEqual(entry.actor_id, self.users["manager"].id)
        self.assertIn("4", entry.detail)
        self.assertNotIn("recouvrement.scenario.line", entry.detail)

    def test_portfolio_rule(self):
        """Who gets which customers by rule, and who said so."""
        rule = self.env["recouvrement.portfolio.rule"].create(
            {"user_id": self.users["agent"].id, "company_id": self.company.id}
        )
        self.as_manager(rule).zips = "69"
        (entry, facts), *more = self.changes()
        self.assertFalse(more)
        self.assertEqual((facts["old"], facts["new"]), ("", "69"))
        self.assertEqual(entry.company_id, self.company.id)
        self.assertEqual(entry.actor_id, self.users["manager"].id)

    def test_booleans_and_amounts_as_people_write_them(self):
        """Yes and no, in entries of before too; large amounts with all their digits."""
        step = self.as_manager(self.scenario).line_ids[1]
        step.write({"active": False, "min_amount": 1234567.5})
        found = {f["field"].rpartition(":")[2]: (e, f) for e, f in self.changes()}
        entry, facts = found["active"]
        self.assertEqual((facts["old"], facts["new"]), ("Yes", "No"))
        self.assertIn(step.name, entry.detail)
        self.assertTrue(entry.detail.endswith("from Yes to No"), entry.detail)
        self.assertEqual(found["min_amount"][1]["new"], "1234567.5")
        old = {**facts, "old": "1", "new": "0"}
        said = entry._setting_sentence(entry._fact_words(), {}, old)
        self.assertTrue(said.endswith("from Yes to No"), said)

    def test_relation_selection_and_text(self):
        """Names instead of ids, labels instead of codes, whole texts."""
        step = self.as_manager(self.scenario).line_ids[1]
        template = self.as_manager(step.template_id)
        template.body = "<p>Other words {{ items_table }}</p>"
        step.mode = "confirm"
        facts = [facts for _entry, facts in self.changes()]
        body = next(f for f in facts if f["field"].endswith(":body"))
        self.assertIn("Other words", body["new"])
        self.assertIn("Dear", body["old"])
        mode = next(f for f in facts if f["field"].endswith(":mode"))
        self.assertNotIn(mode["new"], ("confirm", ""))

    def test_translation(self):
        """The French text alone: the entry names the language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.as_manager(self.scenario.line_ids[1].template_id)
        template.update_field_translations("subject", {"fr_FR": "Facture échue"})
        facts = [f for _e, f in self.changes() if f.get("language")]
        self.assertEqual([f["language"] for f in facts], ["fr_FR"])
        self.assertEqual(facts[0]["new"], "Facture échue")

    def test_created_and_removed(self):
        """A text made and removed leaves two entries with its values."""
        Template = self.env(user=self.users["manager"])["recouvrement.template"]
        template = Template.create(
            {
                "name": "Trace me",
                "code": "trace_me",
                "channel": "email",
                "tone": "courteous",
                "subject": "Invoice {{ leader_number }}",
                "body": "<p>{{ items_table }}</p>",
            }
        )
        template.unlink()
        [(_entry, made)] = self.changes("setting.created")
        self.assertIn("Trace me", made["new"])
        label = Template.fields_get(["body"])["body"]["string"]
        self.assertIn(f"{label}: ", made["new"], "the words of the screen")
        self.assertNotIn("body: ", made["new"])
        [(_entry, gone)] = self.changes("setting.removed")
        self.assertIn("Trace me", gone["old"])

    def test_company(self):
        """The settings of the company, not what jobs write on it."""
        self.company.recouvrement_paused_reason = "test"
        self.assertFalse(self.changes())
        self.company.recouvrement_bank_stale_days = 9
        [(entry, facts)] = self.changes()
        self.assertEqual((facts["old"], facts["new"]), ("0", "9"))
        self.assertEqual(entry.company_id, self.company.id)
        self.company.recouvrement_bank_stale_days = 9
        self.assertEqual(len(self.changes()), 1)

    def test_rights(self):
        """A role given and taken; other rights of Odoo are not ours."""
        user = self.users["salesperson"].sudo()
        manager = self.env.ref("recouvrement_auto.recouvrement_auto_group_manager")
        before = len(self.changes("setting.rights"))
        user.group_ids |= manager
        user.group_ids -= manager
        user.group_ids |= self.env.ref("base.group_partner_manager")
        entries = self.changes("setting.rights")[before:]
        self.assertEqual(len(entries), 2)
        self.assertIn(manager.name, entries[0][1]["new"])
        self.assertNotIn(manager.name, entries[0][1]["old"])
        self.assertEqual(entries[0][1]["new"], entries[1][1]["old"])
        self.assertNotIn(user.name, entries[0][0].payload)
        self.assertIn(user.name, entries[0][0].detail, "the reader sees whose rights")

    def test_data_files_are_silent(self):
        """What an upgrade writes is no decision of a person."""
        self.scenario.with_context(install_mode=True).line_ids[1].delay = 5
        self.assertFalse(self.changes())

    def test_screen(self):
        """The list shows them to managers and auditors in words."""
        self.as_manager(self.scenario).line_ids[1].delay = 4
        action = self.env.ref(
            "recouvrement_auto_reports.recouvrement_setting_log_action"
        ).sudo()
        Log = self.env(user=self.users["auditor"])["recouvrement.log"]
        entry = Log.search([("event", "=like", "setting.%")], limit=1)
        self.assertTrue(entry.filtered_domain(eval(action.domain)))  # noqa: S307
        self.assertEqual(entry.event_label, "Setting changed")
