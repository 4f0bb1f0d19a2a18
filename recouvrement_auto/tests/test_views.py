"""The screens: they load for each role, filters tell the truth, numbers open their list."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from ..models.recouvrement_log_words import EVENTS
from .common import TODAY
from .test_access import AccessCommon

# Settings, and lists that are never empty because the add-on ships their rows.
SHIPPED = ("res.config.settings", "recouvrement.settings", "recouvrement.segment")


@tagged("post_install", "-at_install")
class TestScreens(AccessCommon):
    """Views, menus, empty states."""

    def test_every_action_has_help_and_views_for_its_readers(self):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "recouvrement_auto"),
                ("model", "=", "ir.actions.act_window"),
            ]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        self.assertTrue(actions)
        for action in actions:
            if action.target == "new" or action.res_model in SHIPPED:
                continue
            with self.subTest(action=action.xml_id):
                self.assertTrue(action.help, action.xml_id)

    def test_views_load_for_each_role(self):
        models = {
            "recouvrement.customer": ("salesperson", "agent", "manager", "auditor"),
            "recouvrement.reminder": ("salesperson", "agent", "manager", "auditor"),
            "recouvrement.delivery": ("salesperson", "agent", "manager", "auditor"),
            "recouvrement.run": ("agent", "manager", "auditor"),
            "recouvrement.log": ("agent", "manager", "auditor"),
            "recouvrement.pause": ("agent", "manager", "auditor"),
            "res.partner": ("salesperson", "agent", "manager", "auditor"),
            "account.move": ("agent", "manager", "auditor"),
        }
        for name, roles in models.items():
            for role in roles:
                model = self.env[name].with_user(self.users[role])
                with self.subTest(model=name, role=role):
                    model.get_views(
                        [(False, "list"), (False, "form"), (False, "search")]
                    )

    def test_menus_of_each_role(self):
        Menu = self.env["ir.ui.menu"]
        root = self.env.ref("recouvrement_auto.recouvrement_menu_root")
        expected = {
            "salesperson": {"customers", "messages", "reminders", "deliveries"},
            "agent": {"today", "to_confirm", "customers", "simulation", "scenarios"},
            "manager": {"today", "to_confirm", "log_export", "settings"},
            "auditor": {"today", "history", "log_export"},
        }
        hidden = {
            "salesperson": {"today", "to_confirm", "control", "configuration"},
            "agent": {"log_export", "settings"},
            "auditor": {"to_confirm", "simulation"},
        }
        for role, user in self.users.items():
            visible = Menu.with_user(user)._visible_menu_ids()
            self.assertIn(root.id, visible, role)

            def menu(name):
                return self.env.ref(f"recouvrement_auto.recouvrement_menu_{name}").id

            for name in expected[role]:
                self.assertIn(menu(name), visible, f"{role} {name}")
            for name in hidden.get(role, ()):
                self.assertNotIn(menu(name), visible, f"{role} {name}")


@tagged("post_install", "-at_install")
class TestRunPage(AccessCommon):
    """The bookkeeping: each number opens a list of that length."""

    def assert_opens(self, action, count):
        """The list of ``action`` holds ``count`` records."""
        self.assertEqual(
            self.env[action["res_model"]].search_count(action["domain"]), count
        )

    def test_each_number_opens_its_list(self):
        self.other.email = False
        run = self.plan()
        for bucket in (
            "selected",
            "sent",
            "failed",
            "unknown",
            "held",
            "skipped",
            "waiting",
        ):
            action = run.with_context(
                recouvrement_bucket=bucket
            ).action_open_reminders()
            self.assert_opens(action, run[f"{bucket}_count"])
        self.assertEqual(run.selected_count, 2)
        self.assertEqual(run.held_count, 1)

    def test_reasons_add_up_and_open(self):
        self.other.email = False
        run = self.plan()
        rows = run.reason_ids
        self.assertEqual(sum(rows.mapped("message_count")), run.selected_count)
        held = rows.filtered(lambda r: r.state == "held")
        self.assertEqual(held.reason_code, "missing_address")
        self.assert_opens(held.action_open(), 1)
        self.assertTrue(all(rows.mapped("reason_label")))

    def test_today_opens_the_last_night(self):
        Run = self.env["recouvrement.run"].with_user(self.users["agent"])
        Run = Run.with_company(self.company)
        self.assertFalse(Run.action_open_today()["res_id"])
        run = self.plan()
        self.assertEqual(Run.action_open_today()["res_id"], run.id)


@tagged("post_install", "-at_install")
class TestCustomerFilters(AccessCommon):
    """Filters and order of the list of customers."""

    def found(self, *domain):
        """Customers found among the two of this test."""
        domain = [("id", "in", self.files.ids), *domain]
        return self.env["recouvrement.customer"].search(domain).partner_id

    def file_of(self, partner):
        """The collection file of a customer."""
        return self.files.filtered(lambda f: f.partner_id == partner)

    def test_overdue_and_order(self):
        self.make_invoice(self.other, late=40, amount=900)
        quiet = self.make_debtor("Quiet Debtor")
        self.make_invoice(quiet, late=-20)
        Customer = self.env["recouvrement.customer"]
        self.files |= Customer._get_or_create(self.company, quiet.ids)
        overdue = [("total_overdue", ">", 0)]
        self.assertEqual(self.found(*overdue), self.named | self.other)
        self.assertEqual(self.found(("oldest_days_late", ">", 30)), self.other)
        rows = Customer.search(
            [("id", "in", self.files.ids)], order="total_overdue desc"
        )
        self.assertEqual(rows.partner_id.ids, (self.other | self.named | quiet).ids)
        self.assertTrue(
            Customer.fields_get(["total_overdue"])["total_overdue"]["sortable"]
        )

    def test_held_and_waiting(self):
        self.other.email = False
        self.plan()
        self.assertEqual(self.found(("is_held", "=", True)), self.other)
        self.assertEqual(self.found(("is_held", "=", False)), self.named)
        self.file_of(self.named).invalidate_recordset()
        self.assertEqual(self.file_of(self.named).waiting_state, "queued")

    def test_paused(self):
        self.env["recouvrement.pause"].create(
            {
                "customer_id": self.file_of(self.other).id,
                "reason": "Asked for a week",
                "date_end": TODAY + timedelta(7),
            }
        )
        self.assertEqual(self.found(("pause_until", "!=", False)), self.other)
        self.assertEqual(self.found(("pause_until", "=", False)), self.named)
        self.assertEqual(self.file_of(self.other).pause_until, TODAY + timedelta(7))

    def test_my_portfolio(self):
        agent = self.users["agent"]
        self.file_of(self.other).agent_id = agent
        Customer = self.env["recouvrement.customer"].with_user(agent)
        mine = Customer.search([("is_mine", "=", True), ("id", "in", self.files.ids)])
        self.assertEqual(mine.partner_id, self.other)

    def test_excluded_items_are_shown_and_included_in_bulk(self):
        line = self.moves[1]._recouvrement_open_lines()
        self.moves[1].no_followup = True
        Line = self.env["account.move.line"]
        excluded = [("recouvrement_excluded", "=", True), ("id", "in", line.ids)]
        self.assertEqual(Line.search(excluded), line)
        self.assertEqual(line.recouvrement_why_excluded, "invoice")
        self.assertEqual(self.found(("has_excluded", "=", True)), self.other)
        self.assertEqual(self.found(("is_orphan", "=", True)), self.other)
        line.with_user(self.users["agent"]).action_recouvrement_include()
        self.assertFalse(Line.search(excluded))
        self.assertEqual(self.found(("is_orphan", "=", True)), self.env["res.partner"])
        entry = self.env["recouvrement.log"].search(
            [("event", "=", "item.included"), ("move_id", "=", self.moves[1].id)]
        )
        self.assertEqual(entry.customer_id, self.file_of(self.other))

    def test_a_pause_is_an_excuse(self):
        line = self.moves[1]._recouvrement_open_lines()
        self.moves[1].no_followup = True
        action = line.with_user(self.users["agent"]).action_recouvrement_pause()
        wizard = (
            self.env["recouvrement.pause.items"]
            .with_user(self.users["agent"])
            .with_context(**action["context"])
            .create({"reason": "Waits for the delivery note"})
        )
        wizard.action_pause()
        pause = self.env["recouvrement.pause"].search(
            [("move_res_id", "=", self.moves[1].id)]
        )
        self.assertFalse(pause.due_date, "Every instalment of the invoice is paused")
        self.assertEqual(pause.user_id, self.users["agent"])
        self.assertFalse(self.found(("is_orphan", "=", True)))
        self.assertFalse(self.found(("has_excluded", "=", True)))
        self.assertEqual(self.moves[1].recouvrement_pause_reason, pause.reason)


@tagged("post_install", "-at_install")
class TestMessages(AccessCommon):
    """What the screens show of a message, and its buttons."""

    def test_message_as_received(self):
        run = self.plan()
        reminder = self.reminder_of(run, self.named)
        self.assertIn(self.moves[0].name, reminder.display_subject)
        self.assertIn(self.moves[0].name, reminder.display_body)
        self.send()
        self.assertEqual(reminder.display_body, reminder.body)

    def test_sample_goes_to_who_asks_only(self):
        reminder = self.reminder_of(self.plan(), self.named)
        agent = self.users["agent"]
        agent.partner_id.email = "sophie@negoce.example"
        before = self.env["mail.mail"].sudo().search([])
        reminder.with_user(agent).action_send_sample()
        mail = self.env["mail.mail"].sudo().search([]) - before
        self.assertIn("sophie@negoce.example", mail.email_to)
        self.assertNotIn(self.named.email, mail.email_to)
        self.assertEqual(reminder.state, "queued")
        self.assertFalse(reminder.delivery_ids)
        agent.partner_id.email = False
        with self.assertRaises(UserError):
            reminder.with_user(agent).action_send_sample()

    def test_paid_since_is_marked(self):
        reminder = self.reminder_of(self.plan(), self.named)
        self.assertFalse(reminder.settled_since)
        self.pay(self.moves[0])
        reminder.invalidate_recordset()
        self.assertTrue(reminder.settled_since)

    def test_last_contact(self):
        self.night()
        self.make_invoice(self.named, late=12, amount=50)
        run = self.plan(TODAY + timedelta(14))
        reminder = self.reminder_of(run, self.named)
        self.assertIn("reminder_1", reminder.last_contact)

    def test_history_in_words(self):
        self.night()
        entries = self.env["recouvrement.log"].search(
            [("move_id", "=", self.moves[0].id)]
        )
        labels = entries.mapped("event_label")
        self.assertIn("Message planned", labels)
        self.assertIn("Delivery accepted", labels)
        self.assertEqual(set(entries.mapped("customer_label")), {self.named.name})
        by_name = self.env["recouvrement.log"].search(
            [("customer_id", "ilike", "Named Debtor")]
        )
        self.assertLessEqual(entries, by_name)

    def test_every_event_of_the_code_has_words(self):
        self.night()
        for entry in self.env["recouvrement.log"].search([]):
            with self.subTest(event=entry.event):
                self.assertNotEqual(entry.event_label, entry.event)

    def test_own_scenario_of_an_invoice(self):
        move = self.moves[0].with_user(self.users["agent"])
        move.recouvrement_scenario_id = self.scenario
        move.invalidate_recordset()
        self.assertEqual(move.recouvrement_scenario_id, self.scenario)
        option = self.env["recouvrement.invoice.option"].search(
            [("move_res_id", "=", move.id)]
        )
        self.assertEqual(option.scenario_id, self.scenario)
        move.recouvrement_scenario_id = False
        self.assertFalse(option.scenario_id)


@tagged("post_install", "-at_install")
class TestLetters(AccessCommon):
    """Letters of the day in one file, then what the post says."""

    def setUp(self):
        super().setUp()
        self.night()
        self.letters = self.env["recouvrement.delivery"].search(
            [("customer_id", "in", self.files.ids)]
        )
        page = PdfFileWriter()
        page.addBlankPage(100, 100)
        buffer = BytesIO()
        page.write(buffer)
        for letter in self.letters:
            letter.sudo().proof_id = self.env["ir.attachment"].create(
                {"name": "letter.pdf", "raw": buffer.getvalue()}
            )

    def test_one_file_for_the_batch(self):
        action = self.letters.with_user(self.users["agent"]).action_print()
        attachment = self.env["ir.attachment"].browse(
            int(action["url"].split("/")[3].split("?")[0])
        )
        self.assertEqual(len(PdfFileReader(BytesIO(attachment.raw)).pages), 2)

    def test_deposit_is_entered_once_and_logged(self):
        agent = self.users["agent"]
        action = self.letters.with_user(agent).action_deposit()
        dialog = (
            self.env["recouvrement.deposit"]
            .with_user(agent)
            .with_context(**action["context"])
            .create({"deposit_number": "1A 000 000 0001 2"})
        )
        dialog.action_confirm()
        self.assertEqual(set(self.letters.mapped("deposit_date")), {TODAY})
        self.assertFalse(any(self.letters.mapped("deposit_number")))
        logged = self.env["recouvrement.log"].search_count(
            [("event", "=", "delivery.post")]
        )
        self.assertEqual(logged, 2)


@tagged("post_install", "-at_install")
class TestSimulationDialog(AccessCommon):
    """The dry run of the coming days and the comparison of two versions."""

    def simulate(self, **values):
        """Lines of a dry run made by an agent."""
        dialog = (
            self.env["recouvrement.simulation"]
            .with_user(self.users["agent"])
            .with_company(self.company)
            .create({"date_from": TODAY, "date_to": TODAY + timedelta(30), **values})
        )
        action = dialog.action_simulate()
        return self.env[action["res_model"]].search(action["domain"])

    def test_thirty_days_by_day_and_customer(self):
        self.other.email = False
        lines = self.simulate()
        leaving = lines.filtered(lambda row: row.customer_id.partner_id == self.named)
        self.assertEqual(leaving[:1].date, TODAY)
        self.assertEqual(leaving[:1].step_name, "reminder_1")
        self.assertGreater(len(leaving), 2)
        held = lines.filtered(
            lambda row: row.customer_id.partner_id == self.other and row.state == "held"
        )
        self.assertEqual(held.mapped("reason_code"), ["missing_address"])
        self.assertGreater(held.day_count, 5, "The same reason is one line")
        self.assertFalse(self.env["recouvrement.reminder"].sudo().search([]))

    def test_a_payment_takes_the_line_away(self):
        before = self.simulate().customer_id.partner_id
        self.assertIn(self.named, before)
        self.pay(self.moves[0])
        self.assertNotIn(self.named, self.simulate().customer_id.partner_id)

    def test_comparison_of_two_versions(self):
        Scenario = self.env["recouvrement.scenario"].sudo()
        versions = Scenario._freeze_versions(self.company)
        version = versions.filtered(lambda v: v.scenario_id == self.scenario)
        second = self.scenario.line_ids.filtered(lambda row: row.code == "reminder_2")
        second.delay = 17
        lines = self.simulate(
            compare=True, scenario_id=self.scenario.id, version_a_id=version.id
        )
        moved = lines.filtered(lambda row: row.change == "moved")
        self.assertIn("reminder_2", moved.mapped("step_name"))
        row = moved.filtered(lambda row: row.step_name == "reminder_2")[:1]
        self.assertGreater(row.date, row.date_before)

    def test_too_long_a_period_is_refused(self):
        with self.assertRaises(UserError):
            self.simulate(date_to=TODAY + timedelta(200))


@tagged("post_install", "-at_install")
class TestWords(AccessCommon):
    """No code is left where a person reads."""

    def test_steps_on_an_invoice_have_names(self):
        line = self.scenario.line_ids.filtered(lambda step: step.code == "reminder_1")
        line.name = "First reminder"
        self.night()
        items = self.moves[0].recouvrement_item_ids
        self.assertEqual(items.mapped("step_label"), ["First reminder"])
        self.assertEqual(items.mapped("channel_label"), ["E-mail"])

    def test_a_step_without_message_has_its_name_in_the_history(self):
        line = self.scenario.line_ids.filtered(lambda step: step.code == "reminder_1")
        line.name = "First reminder"
        Log = self.env["recouvrement.log"]
        for code, name in (
            ("reminder_1", "First reminder"),
            ("end_of_scenario", "End of the scenario"),
        ):
            [log_id] = Log._append_many(
                [{"event": "item.cycle", "company": self.company, "step_code": code}]
            )
            with self.subTest(code=code):
                self.assertIn(name, Log.browse(log_id).step_label)

    def test_facts_are_words(self):
        self.night()
        entries = self.env["recouvrement.log"].search(
            [("reminder_res_id", "!=", False)]
        )
        sent = entries.filtered(lambda e: e.event == "delivery.sent")[:1]
        self.assertIn("Accepted by the server", sent.detail)
        planned = entries.filtered(lambda e: e.event == "reminder.planned")[:1]
        self.assertIn("Default of the company", planned.detail)

    def test_every_event_written_by_the_code_is_named(self):
        """Reads the sources: a new event needs its words in recouvrement_log_words."""
        folder = Path(__file__).parents[1]
        pattern = re.compile(
            r'(?:_append\(|_log_screen\(|_log_recouvrement\(|_log\(|"event":)\s*'
            r'"([a-z_]+\.[a-z_]+)"'
        )
        found = set()
        for path in folder.rglob("*.py"):
            if "tests" not in path.parts:
                found |= set(pattern.findall(path.read_text(encoding="utf-8")))
        self.assertIn("run.reopened", found)
        self.assertEqual(found - set(EVENTS), set())

    def test_reason_of_the_scenario_of_an_invoice(self):
        """An invoice with a scenario of its own says so, and only that one."""
        own = self.make_scenario("Own", "own_scenario")
        move = self.moves.filtered(lambda m: m.partner_id == self.other)
        move.recouvrement_scenario_id = own
        run = self.plan()
        reminder = self.reminder_of(run, self.other)
        self.assertEqual(reminder.scenario_id, own)
        self.assertEqual(reminder.scenario_why, "invoice")
        self.assertEqual(reminder.why_label, "Chosen for this invoice")
        self.assertEqual(self.reminder_of(run, self.named).scenario_why, "default")
        self.send()  # the claim plans again: the reason stays
        self.assertEqual(reminder.scenario_why, "invoice")
