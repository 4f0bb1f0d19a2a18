from collections import Counter
from datetime import date, timedelta
from unittest import mock

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

DAY = date(2026, 3, 17)  # a Tuesday, no holiday around


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo company in small: every case of the full one, fewer ordinary customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        patcher = mock.patch.object(
            cls.registry["res.company"], "_recouvrement_today", lambda self: DAY
        )
        patcher.start()
        cls.addClassCleanup(patcher.stop)
        cls.Demo = cls.env["recouvrement.demo"]
        cls.company = cls.Demo._build_company(today=DAY, scale=0.1)
        cls.env["ir.mail_server"].create(
            {
                "name": "none",
                "smtp_host": "mail.invalid",
                "smtp_authentication": "login",
            }
        )

    def customer(self, name):
        """The collection file of the customer whose name begins so."""
        return self.env["recouvrement.customer"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id.name", "=like", f"{name}%"),
            ]
        )

    def moves(self, name, *domain):
        """Posted entries of a customer."""
        partner = self.customer(name).partner_id
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.id),
                ("state", "=", "posted"),
                *domain,
            ]
        )

    def test_built_once(self):
        with self.assertRaisesRegex(UserError, str(DAY)):
            self.Demo._build_company(today=DAY, scale=0.1)

    def test_company_is_french_and_ready(self):
        company = self.company
        self.assertEqual(company.chart_template, "fr")
        self.assertEqual(company.currency_id.name, "EUR")
        self.assertEqual(company.partner_id.lang, "fr_FR")
        self.assertTrue(company.logo)
        self.assertTrue(company.bank_ids.allow_out_payment)
        self.assertEqual(company.recouvrement_mode, "auto")
        self.assertEqual(company.recouvrement_release, "immediate")
        self.assertFalse(company.recouvrement_closed_days)
        self.assertEqual(company.recouvrement_user_id.login, "agent")

    def test_people_have_their_role_and_no_more(self):
        prefix = "recouvrement_auto.recouvrement_auto_group_"
        roles = {
            "agent": "agent",
            "agent2": "agent",
            "manager": "manager",
            "adv": "solver",
            "auditor": "auditor",
            "commercial": "salesperson",
            "commercial2": "salesperson",
        }
        for login, role in roles.items():
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user.has_group(prefix + role), login)
            self.assertEqual(user.has_group(f"{prefix}manager"), role == "manager")
            self.assertEqual((user.lang, user.tz), ("fr_FR", "Europe/Paris"))
            self.assertEqual(user.company_ids, self.company)
        client = self.env["res.users"].search([("login", "=", "client")])
        self.assertTrue(client.share)
        self.assertEqual(
            client.partner_id.commercial_partner_id,
            self.customer("Charpentes du Grand Large").partner_id,
        )

    def test_open_items_are_the_receivables(self):
        """What the suite reads as open is account 411 of the general ledger."""
        query = self.env["recouvrement.open.item"]._query(self.company, DAY, live=True)
        self.env.flush_all()
        total = self.env.execute_query(SQL("SELECT SUM(amount) FROM (%s) item", query))
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
            ]
        )
        self.assertAlmostEqual(float(total[0][0]), sum(lines.mapped("balance")), 2)

    def test_nothing_is_dated_on_the_day_or_later(self):
        last = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("date", ">=", DAY)]
        )
        exchange = self.company.currency_exchange_journal_id  # dated by Odoo itself
        self.assertFalse(last.filtered(lambda m: m.journal_id != exchange))

    def test_numbers_follow_the_dates(self):
        invoices = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("move_type", "=", "out_invoice")],
            order="name",
        )
        days = invoices.mapped("invoice_date")
        self.assertEqual(days, sorted(days))
        self.assertTrue(invoices[0].name.startswith("FAC/"))

    def test_cases_in_the_books(self):
        self.assertEqual(
            self.moves("Rénov'Habitat 38", ("amount_residual", ">", 0)).mapped(
                "payment_state"
            ),
            ["blocked"],
        )
        self.assertTrue(
            self.moves("Chalets Belledonne", ("amount_residual", ">", 0)).no_followup
        )
        doubtful = self.env["account.chart.template"].with_company(self.company)
        lines = self.env["account.move.line"].search(
            [("account_id", "=", doubtful.ref("pcg_416").id)]
        )
        self.assertEqual(lines.partner_id, self.customer("Rhodabat").partner_id)
        tiny = self.moves(
            "Les Carreaux de la Dombes", ("amount_residual", ">", 0)
        ).mapped("amount_residual")
        self.assertTrue(all(0 < amount < 2 for amount in tiny))
        franc = self.moves("Rénovation Léman", ("move_type", "=", "out_invoice"))
        self.assertEqual(set(franc.currency_id.mapped("name")), {"CHF"})
        self.assertTrue(
            self.env["account.move"].search_count(
                [("journal_id", "=", self.company.currency_exchange_journal_id.id)]
            )
        )
        instalments = self.moves("Maisons Ossia", ("amount_residual", ">", 0))
        dues = instalments.line_ids.filtered("date_maturity").mapped("date_maturity")
        self.assertGreaterEqual(len(set(dues)), 3)

    def test_credit_notes_matched_and_open(self):
        notes = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("move_type", "=", "out_refund")]
        )
        states = Counter(notes.mapped("payment_state"))
        self.assertGreaterEqual(states["paid"], 2)
        self.assertGreaterEqual(states["not_paid"], 1)
        reversed_ones = notes.reversed_entry_id.mapped("payment_state")
        self.assertIn("reversed", reversed_ones)
        self.assertIn("paid", reversed_ones)

    def test_archived_contact_speaks_an_inactive_language(self):
        partner = self.customer("GAEC Ferme").partner_id
        archived = partner.with_context(active_test=False).child_ids.filtered(
            lambda c: not c.active
        )
        active = [code for code, _name in self.env["res.lang"].get_installed()]
        self.assertNotIn(archived.lang, active)

    def test_natures_segments_and_decisions(self):
        files = self.env["recouvrement.customer"].search(
            [("company_id", "=", self.company.id)]
        )
        natures = Counter(files.mapped("nature"))
        self.assertEqual(
            (natures["key_account"], natures["public"], natures["consumer"]), (3, 3, 1)
        )
        self.assertFalse(files.filtered(lambda f: not f.segment_id))
        self.assertGreaterEqual(len(files.segment_id), 4)
        self.assertTrue(self.customer("Rhodabat").litigation)
        pauses = self.env["recouvrement.pause"].search(
            [("customer_id", "in", files.ids), ("date_start", "=", DAY)]
        )
        self.assertEqual(len(pauses), 2)
        self.assertEqual(len(pauses.filtered("move_res_id")), 1)

    def test_history_is_marked_as_such(self):
        """Past messages are sent ones with their delivery, and the log calls them demo."""
        reminders = self.env["recouvrement.reminder"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertFalse(reminders.filtered(lambda r: r.date >= DAY))
        sent = reminders.filtered(lambda r: r.state == "sent")
        self.assertGreater(len(sent), 50)
        self.assertFalse(sent.filtered(lambda r: not r.delivery_ids))
        self.assertEqual(
            {"email", "call", "letter"} - set(sent.mapped("channel")), set()
        )
        self.assertTrue(sent.filtered("body"))
        entries = self.env["recouvrement.log"].search(
            [("reminder_res_id", "in", sent.ids)]
        )
        told = entries.filtered(lambda e: e.event == "demo.history")
        self.assertEqual(set(told.mapped("reminder_res_id")), set(sent.ids))
        self.assertFalse(
            entries.filtered(lambda e: e.event in ("delivery.sent", "reminder.sent"))
        )

    def test_tonight_shows_every_outcome(self):
        run = self.env["recouvrement.run"]._run(self.company, DAY)
        self.assertFalse(run.problem_ids)
        self.assertEqual(run.state, "released")
        states = Counter(run.reminder_ids.mapped("state"))
        for state in ("queued", "to_confirm", "held", "skipped"):
            self.assertGreater(states[state], 0, state)
        queued = run.reminder_ids.filtered(lambda r: r.state == "queued")
        mails = queued.filtered(lambda r: r.channel == "email")
        self.assertGreaterEqual(len(set(mails.mapped("tone"))), 2)
        self.assertIn("call", queued.mapped("channel"))
        letters = run.reminder_ids.filtered(
            lambda r: r.channel == "letter" and r.state == "to_confirm"
        )
        self.assertTrue(letters)
        reasons = set(run.reminder_ids.mapped("reason_code"))
        self.assertLessEqual(
            {
                "opening_entry",
                "missing_address",
                "invalid_address",
                "payment_blocked",
                "excluded_without_reason",
                "unallocated_credit",
                "address_bounced",
                "paused",
                "frozen",
                "too_old",
                "below_minimum",
                "item_below_minimum",
                "nothing_due",
            },
            reasons,
        )

    def test_customers_answered(self):
        """Disputes open, late and decided, promises of every ending, a signed plan."""
        disputes = self.env["recouvrement.dispute"].search(
            [("company_id", "=", self.company.id)]
        )
        outcomes = Counter(disputes.mapped("outcome"))
        states = Counter(disputes.mapped("state"))
        self.assertGreaterEqual(states["open"], 3)
        self.assertGreaterEqual(states["credit_note"], 1)
        self.assertGreaterEqual(outcomes["confirmed"], 1)
        self.assertGreaterEqual(outcomes["abandoned"], 1)
        self.assertTrue(disputes.filtered("is_late"))
        solver = self.env["res.users"].search([("login", "=", "adv")])
        mine = self.env["recouvrement.dispute"].with_user(solver).search([])
        self.assertTrue(mine.filtered(lambda d: d.state == "open"))
        self.assertEqual(mine.owner_id, solver)
        self.assertTrue(disputes.filtered(lambda d: not d.whole))
        promises = self.env["recouvrement.promise"].search(
            [("company_id", "=", self.company.id)]
        )
        states = Counter(promises.mapped("state"))
        for state in ("running", "kept", "broken"):
            self.assertGreaterEqual(states[state], 1, state)
        self.assertTrue(all(p.recorded_on < DAY for p in promises))
        plan = self.env["recouvrement.payment.plan"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((plan.state, len(plan.line_ids)), ("running", 3))
        self.assertTrue(plan.signature)
        self.assertTrue(plan.document_hash)
        calls = self.env["recouvrement.call"].search([])
        self.assertGreaterEqual(len(set(calls.mapped("outcome"))), 5)
        self.assertTrue(all(call.date < DAY for call in calls))
        alerts = self.env["mail.mail"].search([("state", "=", "outgoing")])
        told = {disputes._name, promises._name, plan._name}
        self.assertFalse(alerts.filtered(lambda mail: mail.model in told))

    def test_what_was_said_holds_tonight(self):
        run = self.env["recouvrement.run"]._run(self.company, DAY)
        leaving = run.reminder_ids.filtered(
            lambda r: r.state in ("queued", "to_confirm")
        )
        asked = {move_id for r in leaving for move_id in r._asked_move_ids()}
        whole = self.env["recouvrement.dispute"].search(
            [("whole", "=", True), ("state", "!=", "closed")]
        )
        promises = self.env["recouvrement.promise"].search([("state", "=", "running")])
        plans = self.env["recouvrement.payment.plan"].search([])
        pauses = self.env["recouvrement.pause"].search([("move_res_id", "!=", 0)])
        for said in (
            whole.move_id.ids,
            promises.item_ids.move_id.ids,
            plans.item_ids.move_id.ids,
            pauses.mapped("move_res_id"),
        ):
            self.assertTrue(said)
            self.assertFalse(asked & set(said))
        part = self.env["recouvrement.dispute"].search(
            [("company_id", "=", self.company.id), ("whole", "=", False)]
        )
        for dispute in part.filtered(lambda d: d.state != "closed"):
            customer = dispute.customer_id
            self.assertGreater(customer.total_disputed, 0)
            self.assertLess(customer.total_disputed, customer.total_overdue)

    def test_closed_day_is_worked(self):
        """A demo built on a Sunday has its night all the same."""
        sunday = DAY + timedelta(days=5)
        users = {"agent": self.env.user}
        self.Demo._set_company(self.company, sunday, users)
        calendar = self.env["recouvrement.planner"]._calendar(self.company)
        self.assertTrue(calendar.is_open(sunday))

    def test_demo_data_waits_for_the_chart(self):
        """Without the French chart the add-on still installs, with a word in the log."""
        module = self.env["ir.module.module"]
        with (
            mock.patch.object(type(module), "_get", lambda self, name: self.browse()),
            self.assertLogs(
                "odoo.addons.recouvrement_auto.demo.recouvrement_demo", "WARNING"
            ),
        ):
            self.Demo._load_demo_data()
