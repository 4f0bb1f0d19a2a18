"""Who may do what: roles x models x operations, own and foreign company, salespersons.

Both tables are compared with the registry, so that a new model or a new button without a
row here fails.
"""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .access_rights import LETTERS, ROLES, own_models, rights_on
from .common import TODAY, RecouvrementCommon

MODULE = "recouvrement_auto"

# model: salesperson, agent, manager, auditor
MATRIX = {
    "recouvrement.customer": ("r", "rwc", "rwcd", "r"),
    "recouvrement.pause": ("r", "rwc", "rwc", "r"),
    "recouvrement.invoice.option": ("", "rwcd", "rwcd", "r"),
    "recouvrement.item.cycle": ("", "r", "r", "r"),
    "recouvrement.segment": ("r", "r", "rwcd", "r"),
    "recouvrement.score": ("r", "r", "r", "r"),
    "recouvrement.call": ("r", "rc", "rc", "r"),
    "recouvrement.call.result": ("", "rwcd", "rwcd", ""),
    "recouvrement.call.result.line": ("", "rwcd", "rwcd", ""),
    "recouvrement.dispute": ("r", "rwc", "rwc", "r"),
    "recouvrement.dispute.reason": ("r", "r", "rwcd", "r"),
    "recouvrement.portal.request": ("r", "rw", "rw", "r"),
    # Counts of the debtor's page: written and read by the server alone.
    "recouvrement.portal.visit": ("", "", "", ""),
    "recouvrement.promise": ("r", "rwc", "rwc", "r"),
    "recouvrement.promise.record": ("", "rwcd", "rwcd", ""),
    "recouvrement.promise.item": ("r", "rc", "rc", "r"),
    "recouvrement.payment.plan": ("r", "rwc", "rwc", "r"),
    "recouvrement.payment.plan.item": ("r", "rwcd", "rwcd", "r"),
    "recouvrement.payment.plan.line": ("r", "rwcd", "rwcd", "r"),
    "recouvrement.dispute.report": ("", "r", "r", "r"),
    "recouvrement.dispute.close": ("", "rwcd", "rwcd", ""),
    "recouvrement.payment.plan.sign": ("", "rwcd", "rwcd", ""),
    "recouvrement.score.card": ("", "r", "rwcd", "r"),
    "recouvrement.signal": ("r", "rwc", "rwcd", "r"),
    "recouvrement.signal.import": ("", "rwcd", "rwcd", ""),
    "recouvrement.score.model": ("", "r", "r", "r"),
    "recouvrement.score.model.target": ("", "r", "r", "r"),
    "recouvrement.prediction": ("r", "r", "r", "r"),
    "recouvrement.scenario": ("r", "r", "rwcd", "r"),
    "recouvrement.scenario.line": ("", "r", "rwcd", "r"),
    "recouvrement.scenario.version": ("", "r", "r", "r"),
    "recouvrement.template": ("", "r", "rwcd", "r"),
    "recouvrement.legal.rate": ("", "r", "rwcd", "r"),
    "recouvrement.legal.text": ("", "r", "rwcd", "r"),
    "recouvrement.run": ("", "r", "rw", "r"),
    "recouvrement.run.problem": ("", "r", "r", "r"),
    "recouvrement.run.reason": ("", "r", "r", "r"),
    "recouvrement.reminder": ("r", "rw", "rw", "r"),
    "recouvrement.reminder.item": ("r", "r", "r", "r"),
    "recouvrement.delivery": ("r", "rw", "rw", "r"),
    "recouvrement.log": ("", "r", "r", "r"),
    "recouvrement.log.seal": ("", "", "r", "r"),
    "recouvrement.log.secret": ("", "", "r", "r"),
    "recouvrement.reminder.refuse": ("", "rwcd", "rwcd", ""),
    "recouvrement.statement.mailing": ("", "rwcd", "rwcd", ""),
    "recouvrement.complaint": ("r", "rwc", "rwc", "r"),
    "recouvrement.delegation": ("", "r", "rwcd", "r"),
    "recouvrement.approval": ("", "rw", "rw", "r"),
    "recouvrement.approval.ask": ("", "rwcd", "rwcd", ""),
    "recouvrement.pause.items": ("", "rwcd", "rwcd", ""),
    "recouvrement.deposit": ("", "rwcd", "rwcd", ""),
    "recouvrement.simulation": ("", "rwcd", "rwcd", ""),
    "recouvrement.simulation.line": ("", "rwcd", "rwcd", ""),
    "recouvrement.settings": ("", "", "rwcd", ""),
    "recouvrement.alarm": ("", "r", "r", "r"),
    "recouvrement.absence": ("", "rwc", "rwcd", "r"),
    "recouvrement.day": ("", "rwcd", "rwcd", ""),
    "recouvrement.portfolio.transfer": ("", "", "rwcd", ""),
    "recouvrement.portfolio.rule": ("r", "r", "rwcd", "r"),
    # Writes a file for the reader, nothing of the chase.
    "recouvrement.log.export": ("", "", "rwcd", "rwcd"),
}
WITHOUT_COMPANY_RULE = {
    # Somebody who is away is away for every company.
    "recouvrement.absence",
    # Nobody reads it; an address that knocks knocks at every company.
    "recouvrement.portal.visit",
    # The same for every company: laws and payment behaviour.
    "recouvrement.segment",
    "recouvrement.template",
    "recouvrement.legal.rate",
    "recouvrement.legal.text",
    "recouvrement.dispute.reason",
}

# Buttons that change something: refused to auditors and salespersons.
DECISIONS = {
    "account.move": {
        "action_recouvrement_dispute",
        "action_recouvrement_lift",
        "action_recouvrement_pause",
        "action_recouvrement_promise",
    },
    "account.move.line": {"action_recouvrement_include", "action_recouvrement_pause"},
    "mail.activity": {"action_recouvrement_call_result"},
    "recouvrement.call.result": {"action_record", "action_record_next"},
    "recouvrement.customer": {
        "action_call_result",
        "action_confirm_score",
        "action_contest_score",
        "action_new_plan",
        "action_new_promise",
        "action_revoke_portal_links",
        "action_send_now",
        "action_ask_approval",
        "action_complaint",
    },
    "recouvrement.dispute": {
        "action_accept",
        "action_answer",
        "action_ask_credit_note",
        "action_close",
        "action_reopen",
    },
    "recouvrement.portal.request": {"action_done"},
    "recouvrement.promise": {"action_cancel"},
    "recouvrement.promise.record": {"action_record"},
    "recouvrement.payment.plan": {
        "action_cancel",
        "action_draft",
        "action_propose",
        "action_resume",
        "action_sign",
    },
    "recouvrement.delivery": {
        "action_address_checked",
        "action_deposit",
        "action_mark_arrived",
        "action_mark_not_arrived",
        "action_retry",
    },
    "recouvrement.reminder": {
        "action_call_result",
        "action_complaint",
        "action_confirm",
        "action_edit_text",
        "action_mark_arrived",
        "action_mark_not_arrived",
        "action_refuse",
        "action_retry",
        "action_send_sample",
    },
    "recouvrement.run": {"action_release"},
    "recouvrement.signal.import": {"action_import"},
    "recouvrement.score.model": {"action_use", "action_train"},
    "res.config.settings": {"action_confirm_database"},
    "recouvrement.settings": {"action_confirm_database"},
    "recouvrement.portfolio.transfer": {"action_transfer"},
    "recouvrement.portfolio.rule": {"action_apply"},
    "recouvrement.settings.mixin": {"action_confirm_database"},
    "recouvrement.answer.mixin": {"action_done"},
    "recouvrement.pause": {"action_lift"},
    # Whoever may not create the dialog cannot press its button.
    "recouvrement.deposit": {"action_confirm"},
    "recouvrement.dispute.close": {"action_decide"},
    "recouvrement.payment.plan.sign": {"action_accept"},
    "recouvrement.pause.items": {"action_pause"},
    "recouvrement.reminder.refuse": {"action_refuse"},
    "recouvrement.simulation": {"action_simulate"},
    "recouvrement.statement.mailing": {"action_prepare"},
    "recouvrement.approval.ask": {"action_ask"},
    "recouvrement.complaint": {"action_done"},
    "recouvrement.approval": {"action_approve", "action_refuse", "action_withdraw"},
    "recouvrement.scenario": {"action_duplicate"},
}
# Buttons that show something that the reader may read anyway.
READING = {
    "account.move": {"action_recouvrement_history", "action_recouvrement_open"},
    "recouvrement.customer": {
        "action_open_complaints",
        "action_open_disputes",
        "action_open_history",
        "action_open_items",
        "action_open_partner",
        "action_open_plans",
        "action_open_promises",
        "action_open_portal",
        "action_open_reminders",
        "action_open_waiting",
        "action_pause",
        "action_print_notice",
    },
    "recouvrement.day": {"action_open_all", "action_open_day", "action_open_mine"},
    "recouvrement.delivery": {"action_open_reminder", "action_print"},
    "recouvrement.dispute": {"action_get_invoice", "action_open_invoice"},
    "recouvrement.dispute.report": {"action_open"},
    "recouvrement.log": {"action_open_customer"},
    "recouvrement.payment.plan": {"action_print"},
    "recouvrement.log.export": {"action_export"},
    "recouvrement.prediction": {"action_open_move"},
    "recouvrement.portfolio.rule": {"action_open_customers"},
    "recouvrement.reminder": {"action_open_customer", "action_open_history"},
    "recouvrement.run": {
        "action_open_excluded",
        "action_open_orphans",
        "action_open_reminders",
        "action_open_to_confirm",
        "action_open_today",
        "action_refresh",
    },
    "recouvrement.run.reason": {"action_open"},
    "recouvrement.scenario": {"action_open_customers", "action_open_step_customers"},
    "recouvrement.segment": {"action_open_customers"},
    "recouvrement.simulation.line": {"action_open_customer"},
    "res.partner": {"action_open_recouvrement"},
}


class AccessCommon(RecouvrementCommon):
    """One user for each role, two customers, a night with a sent message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env,
                f"role_{role}",
                groups=f"{MODULE}.{MODULE}_group_{role}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for role in ROLES
        }
        seller = cls.users["salesperson"]
        cls.named = cls.make_debtor("Named Debtor", user_id=seller.id)
        cls.other = cls.make_debtor("Other Debtor")
        cls.moves = cls.make_invoice(cls.named, late=5)
        cls.moves |= cls.make_invoice(cls.other, late=5)
        Customer = cls.env["recouvrement.customer"].sudo()
        cls.files = Customer._get_or_create(cls.company, (cls.named | cls.other).ids)
        cls.files.nature = "standard"

    def night(self):
        """Tonight's run, messages sent."""
        run = self.plan()
        self.send()
        return run


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessCommon):
    """Rights of each role on each model."""

    def test_every_model_has_a_row(self):
        self.assertEqual(own_models(self.registry, MODULE), set(MATRIX))

    def test_rights_of_each_role(self):
        for name, row in MATRIX.items():
            for role, expected in zip(ROLES, row, strict=True):
                found = rights_on(self.env[name].with_user(self.users[role]))
                with self.subTest(model=name, role=role):
                    self.assertEqual(found, expected)

    def test_a_stranger_has_no_right(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        for name in MATRIX:
            model = self.env[name].with_user(stranger).browse()
            for operation in LETTERS.values():
                with self.subTest(model=name, operation=operation):
                    self.assertFalse(model.has_access(operation))

    def test_every_table_of_a_company_has_a_company_rule(self):
        rules = self.env["ir.rule"].sudo().search([("groups", "=", False)])
        ruled = {
            rule.model_id.model
            for rule in rules
            if "company_ids" in (rule.domain_force or "")
        }
        for name in own_models(self.registry, MODULE) - WITHOUT_COMPANY_RULE:
            if self.env[name]._transient:
                continue  # a dialog belongs to who opened it
            with self.subTest(model=name):
                self.assertIn(name, ruled)

    def test_every_button_has_a_row(self):
        for name, model in self.registry.items():
            found = {
                attribute
                for attribute in dir(model)
                if attribute.startswith("action_")
                and f".{MODULE}."
                in getattr(getattr(model, attribute), "__module__", "")
            }
            known = DECISIONS.get(name, set()) | READING.get(name, set())
            with self.subTest(model=name):
                self.assertLessEqual(found, known)


@tagged("post_install", "-at_install")
class TestDecisions(AccessCommon):
    """Buttons refuse whoever may only read."""

    def record_of(self, name):
        """One record to press the button on."""
        if name == "account.move":
            return self.moves[0]
        if name == "account.move.line":
            return self.moves[0]._recouvrement_open_lines()
        if name == "recouvrement.customer":
            return self.files.filtered(lambda f: f.partner_id == self.named)
        file = self.files.filtered(lambda f: f.partner_id == self.named)
        if name == "mail.activity":
            return file.activity_schedule("mail.mail_activity_data_call")
        if name == "recouvrement.dispute":
            reason = self.env.ref("recouvrement_auto.recouvrement_dispute_reason_price")
            return self.env[name]._open(file, self.moves[0], reason)
        if name in ("recouvrement.promise", "recouvrement.payment.plan"):
            lines = self.moves[0]._recouvrement_open_lines()
            if name == "recouvrement.promise":
                return self.env[name]._record(file, lines, 10.0, TODAY, "call")
            return self.env[name]._propose(file, lines, [(TODAY, 100.0)])
        if name == "recouvrement.portal.request":
            return self.env[name].sudo()._ask(file, "other", self.moves[0])
        if name == "recouvrement.complaint":
            return self.env[name].create({"customer_id": file.id, "note": "Enough"})
        if name == "recouvrement.approval":
            values = {"until": TODAY.replace(day=24)}
            return self.env[name]._ask(file, "pause", {"pause": 7}, "Words", **values)
        if name == "recouvrement.pause":
            return self.env[name].create(
                {
                    "customer_id": self.record_of("recouvrement.customer").id,
                    "reason": "A week asked for",
                    "date_end": TODAY.replace(day=24),
                }
            )
        if name == "recouvrement.portfolio.rule":
            return self.env[name].create({"user_id": self.users["agent"].id})
        if name == "recouvrement.score.model":
            return self.env[name].sudo()._train(self.company, TODAY)
        domain = [("customer_id.partner_id", "=", self.named.id)]
        if name == "recouvrement.run":
            domain = []
        return self.env[name].sudo().search(domain, limit=1)

    def test_readers_cannot_decide(self):
        self.night()
        dialogs = [
            name
            for name in DECISIONS
            if (self.env[name]._transient or self.env[name]._abstract)
            and name != "res.config.settings"
        ]
        for name, methods in DECISIONS.items():
            if name in dialogs or name in (
                "res.config.settings",
                "recouvrement.scenario",
            ):
                continue
            record = self.record_of(name)
            self.assertTrue(record, name)
            for method in sorted(methods):
                for role in ("auditor", "salesperson"):
                    with (
                        self.subTest(model=name, method=method, role=role),
                        self.assertRaises(AccessError),
                    ):
                        getattr(record.with_user(self.users[role]), method)()

    def test_only_a_manager_releases_and_confirms_the_database(self):
        run = self.plan()
        agent = self.users["agent"]
        with self.assertRaises(AccessError):
            run.with_user(agent).action_release()
        with self.assertRaises(AccessError):
            self.env["recouvrement.fingerprint"].with_user(agent)._confirm()

    def test_an_agent_cannot_pause_longer_than_the_scenario_allows(self):
        values = {
            "customer_id": self.files[0].id,
            "reason": "A long holiday",
            "date_end": TODAY.replace(year=TODAY.year + 1),
        }
        Pause = self.env["recouvrement.pause"]
        with self.assertRaises(ValidationError):
            Pause.with_user(self.users["agent"]).create(values)
        self.assertTrue(Pause.with_user(self.users["manager"]).create(values))

    def test_the_log_refuses_everybody(self):
        self.night()
        for user in [*self.users.values(), self.env.ref("base.user_admin")]:
            Log = self.env["recouvrement.log"].with_user(user)
            for call in (
                lambda Log=Log: Log.create({"event": "x"}),
                lambda Log=Log: Log.sudo().search([], limit=1).write({"event": "x"}),
                lambda Log=Log: Log.sudo().search([], limit=1).unlink(),
            ):
                with self.assertRaises(UserError):
                    call()


@tagged("post_install", "-at_install")
class TestCompanies(AccessCommon):
    """Nothing of another company is ever seen."""

    def test_foreign_rows_are_invisible(self):
        self.other.email = False
        self.night()
        away = self.env["res.company"].create({"name": "Away"})
        for role in ("agent", "manager", "auditor"):
            user = new_test_user(
                self.env,
                f"away_{role}",
                groups=f"{MODULE}.{MODULE}_group_{role}",
                company_id=away.id,
                company_ids=[(6, 0, away.ids)],
            )
            for name in (
                "recouvrement.customer",
                "recouvrement.run",
                "recouvrement.run.reason",
                "recouvrement.reminder",
                "recouvrement.reminder.item",
                "recouvrement.delivery",
                "recouvrement.log",
            ):
                domain = [("company_id", "=", self.company.id)]
                with self.subTest(model=name, role=role):
                    self.assertTrue(self.env[name].sudo().search_count(domain), name)
                    self.assertFalse(self.env[name].with_user(user).search(domain))
            file = self.files[0].with_user(user)
            with self.assertRaises(AccessError):
                file.read(["partner_id"])


@tagged("post_install", "-at_install")
class TestSalespersons(AccessCommon):
    """A salesperson sees the customers that name him, and nothing else."""

    def seen(self, name, domain=()):
        """Customers behind what the salesperson sees of a model."""
        rows = self.env[name].with_user(self.users["salesperson"]).search(list(domain))
        if name == "recouvrement.customer":
            return rows.sudo().partner_id
        return rows.sudo().customer_id.partner_id

    def test_only_own_customers(self):
        self.night()
        for name in (
            "recouvrement.customer",
            "recouvrement.reminder",
            "recouvrement.reminder.item",
            "recouvrement.delivery",
        ):
            with self.subTest(model=name):
                self.assertEqual(self.seen(name), self.named)

    def test_an_open_invoice_or_an_invitation_shares_the_file(self):
        seller = self.users["salesperson"]
        self.assertNotIn(self.other, self.seen("recouvrement.customer"))
        invoice = self.make_invoice(self.other, late=1, invoice_user_id=seller.id)
        self.assertIn(self.other, self.seen("recouvrement.customer"))
        invoice.button_draft()
        invoice.button_cancel()
        self.env.flush_all()
        self.assertNotIn(self.other, self.seen("recouvrement.customer"))
        file = self.files.filtered(lambda f: f.partner_id == self.other)
        file.shared_user_ids = seller
        self.assertIn(self.other, self.seen("recouvrement.customer"))

    def test_figures_of_own_customers_can_be_read(self):
        seller = self.users["salesperson"]
        file = self.files.filtered(lambda f: f.partner_id == self.named)
        row = file.with_user(seller).read(
            ["total_overdue", "next_step_label", "hold_label", "waiting_state", "grade"]
        )[0]
        self.assertEqual(row["total_overdue"], 100.0)

    def test_pauses_of_others_are_invisible(self):
        other = self.files.filtered(lambda f: f.partner_id == self.other)
        self.env["recouvrement.pause"].create(
            {
                "customer_id": other.id,
                "reason": "Asked for a week",
                "date_end": TODAY.replace(day=24),
            }
        )
        self.assertFalse(self.seen("recouvrement.pause"))
