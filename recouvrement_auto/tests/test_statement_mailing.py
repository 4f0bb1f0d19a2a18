"""Statements of account by e-mail: in mass, each month, by the one way through."""

from datetime import timedelta
from email import message_from_bytes
from unittest import mock

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, RecouvrementCommon

PDF = b"%PDF-1.4 statement %%EOF"


@tagged("post_install", "-at_install")
class TestStatementMailing(RecouvrementCommon):
    """A late customer, one whose invoice is not due, and one who owes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late = cls.make_debtor("Late Payer")
        cls.early = cls.make_debtor("Not Due")
        cls.quiet = cls.make_debtor("Owes Nothing")
        cls.move = cls.make_invoice(cls.late, late=12, amount=1000.0)
        cls.make_invoice(cls.early, late=-10, amount=70.0)
        Customer = cls.env["recouvrement.customer"].sudo()
        cls.files = Customer._get_or_create(
            cls.company, (cls.late | cls.early | cls.quiet).ids
        )
        cls.file_late, cls.file_early, cls.file_quiet = cls.files

    def setUp(self):
        super().setUp()
        statement = self.registry["recouvrement.statement"]
        self.made = []  # a PDF needs a listening server; what goes into it is ours

        def pdf(model, customers, day=None, lang=None):
            self.made.append((customers.ids, day, lang))
            return PDF

        self.patch(statement, "_pdf", pdf)

    def mailing(self, **values):
        """The reminders of a mailing."""
        wizard = self.env["recouvrement.statement.mailing"].create(
            {
                "company_id": self.company.id,
                "only_overdue": False,
                "confirm": False,
                **values,
            }
        )
        action = wizard.action_prepare()
        return self.env["recouvrement.reminder"].search(action["domain"])

    def month(self, number, customers=None):
        """A monthly statement on day ``number``."""
        (customers or self.files).write(
            {"statement_rule": "own", "statement_day": number}
        )

    def statements(self, partner=None):
        found = self.env["recouvrement.reminder"].search(
            [("statement_day", "!=", False)]
        )
        return found.filtered(lambda r: not partner or r.partner_id == partner)

    # === IN MASS === #

    def test_they_leave_by_the_one_way_with_their_files(self):
        reminders = self.mailing(attach_xlsx=True)
        self.assertEqual(reminders.partner_id, self.late | self.early)
        self.assertEqual(set(reminders.mapped("state")), {"queued"})
        taken = dict(self.send().taken)
        self.assertEqual(set(taken), {self.late.email, self.early.email})
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        mail = message_from_bytes(taken[self.late.email])
        names = [part.get_filename() for part in mail.walk() if part.get_filename()]
        self.assertEqual([name.rpartition(".")[2] for name in names], ["pdf", "xlsx"])
        files = [p.get_payload(decode=True) for p in mail.walk() if p.get_filename()]
        self.assertEqual(files[0], PDF)
        self.assertEqual(files[1][:2], b"PK")
        self.assertIn("statement of account", reminders[0].subject)
        self.assertEqual({reminder.agent_id for reminder in reminders}, {self.env.user})
        self.assertTrue(all(reminders.mapped("mail_message_id")))
        self.assertEqual(reminders.run_id.state, "closed")

    def test_what_it_asks_is_what_is_overdue(self):
        reminders = self.mailing()
        amounts = {r.partner_id: (r.total_overdue, r.total_due) for r in reminders}
        self.assertEqual(amounts, {self.late: (1000, 1000), self.early: (0, 70)})
        roles = reminders.item_ids.grouped("customer_id")
        self.assertEqual(roles[self.file_early].role, "not_due")

    def test_only_the_late_ones(self):
        self.assertEqual(self.mailing(only_overdue=True).partner_id, self.late)

    def test_a_customer_gets_the_statement_of_a_day_once(self):
        first = self.mailing(customer_ids=[Command.set(self.file_late.ids)])
        with self.assertRaises(UserError):
            self.mailing(customer_ids=[Command.set(self.file_late.ids)])
        other = self.mailing(
            customer_ids=[Command.set(self.file_late.ids)],
            statement_day=TODAY - timedelta(1),
        )
        self.assertNotEqual(first.key, other.key)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                other.sudo().statement_day = TODAY
                other.flush_recordset()

    def test_the_mailing_counts_before_it_writes(self):
        self.mailing(customer_ids=[Command.set(self.file_early.ids)])
        form = Form(
            self.env["recouvrement.statement.mailing"].with_context(
                active_model="recouvrement.customer", active_ids=self.files.ids
            )
        )
        self.assertEqual((form.wanted_count, form.known_count), (1, 1))

    def test_to_confirm_in_bulk_and_it_stops_no_chase(self):
        reminders = self.mailing(confirm=True)
        self.assertEqual(set(reminders.mapped("state")), {"to_confirm"})
        self.assertFalse(self.send().taken)
        self.assertEqual(self.outcome_of(self.plan(), self.late), ("queued", False))
        reminders.action_confirm()
        self.send()
        self.assertEqual(set(reminders.mapped("state")), {"sent"})

    def test_a_pause_a_freeze_and_a_missing_address_hold_it(self):
        self.env["recouvrement.pause"].create(
            {
                "customer_id": self.file_early.id,
                "reason": "A week asked for",
                "date_start": TODAY,
                "date_end": TODAY + timedelta(7),
            }
        )
        self.late.email = False
        reasons = {r.partner_id: r.reason_code for r in self.mailing()}
        self.assertEqual(reasons, {self.early: "paused", self.late: "missing_address"})
        self.late.email = "late@debtor.example"
        self.file_late.insolvency = True
        again = self.mailing(customer_ids=[Command.set(self.file_late.ids)])
        self.assertEqual((again.state, again.reason_code), ("held", "frozen"))

    def test_a_file_that_cannot_be_made_is_said(self):
        def broken(*_args, **_options):
            raise ValueError("no renderer")

        self.patch(self.registry["recouvrement.statement"], "_pdf", broken)
        reminders = self.mailing(customer_ids=[Command.set(self.file_late.ids)])
        self.assertFalse(self.send().taken)
        self.assertEqual(
            (reminders.state, reminders.reason_code), ("held", "attachment_failed")
        )

    def test_figures_that_moved_are_printed_again(self):
        reminders = self.mailing(customer_ids=[Command.set(self.file_late.ids)])
        self.env["recouvrement.reminder"].sudo()._prepare_attachments()
        self.pay(self.move, amount=400.0)
        taken = self.send().taken
        self.assertEqual(len(self.made), 2)
        self.assertEqual((len(taken), reminders.state), (1, "sent"))
        self.assertEqual(len(reminders.attachment_ids), 1)
        self.assertEqual(reminders.total_overdue, 600)

    def test_paid_meanwhile_is_not_sent(self):
        reminders = self.mailing(customer_ids=[Command.set(self.file_late.ids)])
        self.pay(self.move)
        self.assertFalse(self.send().taken)
        self.assertEqual((reminders.state, reminders.reason_code), ("skipped", "paid"))

    def test_many_customers_cost_no_more_queries(self):
        Customer = self.env["recouvrement.customer"].sudo()
        debtors = self.env["res.partner"]
        for number in range(14):
            debtors |= self.make_debtor(f"Debtor {number}")
        for debtor in debtors:
            self.make_invoice(debtor, late=5)
        files = Customer._get_or_create(self.company, debtors.ids)

        def planned(chosen, day):
            values = {"statement_day": str(day), "attach_pdf": True}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run = self.env["recouvrement.run"]._plan_statements(
                self.company, chosen, values, confirm=True
            )
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(len(run.reminder_ids), len(chosen))
            return spent

        planned(files[:1], TODAY - timedelta(2))  # what is read once
        few = planned(files[:2], TODAY - timedelta(1))
        many = planned(files, TODAY)
        self.assertLessEqual(many, few + 4)

    def test_a_day_to_come_is_refused(self):
        with self.assertRaises(UserError):
            self.mailing(statement_day=TODAY + timedelta(1))

    def test_readers_may_not_write_to_customers(self):
        seller = new_test_user(
            self.env,
            "statement_seller",
            groups="recouvrement_auto.recouvrement_auto_group_salesperson",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.env["recouvrement.statement.mailing"].with_user(seller).create({})

    def test_customers_of_two_companies_are_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = (
            self.env["recouvrement.customer"]
            .sudo()
            ._get_or_create(other, self.late.ids)
        )
        with self.assertRaises(UserError):
            Form(
                self.env["recouvrement.statement.mailing"].with_context(
                    active_model="recouvrement.customer",
                    active_ids=[self.file_late.id, foreign.id],
                    allowed_company_ids=[self.company.id, other.id],
                )
            )

    # === EACH MONTH === #

    def test_the_night_plans_the_statement_of_the_month(self):
        self.company.recouvrement_statement_confirm = False
        self.month(TODAY.day, self.file_early)
        self.plan()
        reminder = self.statements(self.early)
        self.assertEqual((reminder.state, reminder.mode), ("queued", "auto"))
        self.assertEqual(reminder.statement_day, TODAY)
        self.send()
        self.assertEqual(reminder.state, "sent")
        self.travel(TODAY + timedelta(1))
        self.plan(TODAY + timedelta(1))
        self.assertEqual(self.statements(self.early), reminder)

    def test_a_segment_says_it_for_its_customers(self):
        segment = self.env["recouvrement.segment"].search([("code", "=", "good")])
        segment.statement_day = TODAY.day
        self.file_early.sudo().segment_id = segment
        self.file_quiet.sudo().segment_id = segment
        self.plan()
        self.assertEqual(self.statements().partner_id, self.early)
        self.assertEqual(self.statements().state, "to_confirm")
        self.file_early.statement_rule = "none"
        found = self.env["recouvrement.customer"]._by_statement_day(self.company)
        self.assertNotIn(self.file_early, found[TODAY.day])

    def test_one_message_a_day(self):
        self.month(TODAY.day, self.file_late)
        run = self.plan()
        self.assertEqual(self.outcome_of(run, self.late), ("queued", False))
        self.assertFalse(self.statements())
        self.send()
        tomorrow = TODAY + timedelta(1)
        self.travel(tomorrow)
        self.plan(tomorrow)
        self.assertEqual(self.statements(self.late).statement_day, TODAY)

    def test_it_waits_for_the_release_of_the_night(self):
        self.company.write(
            {
                "recouvrement_release": "manual",
                "recouvrement_statement_confirm": False,
            }
        )
        self.month(TODAY.day, self.file_early)
        self.plan()
        self.assertFalse(self.send().taken)
        self.assertEqual(self.statements().run_id.state, "planned")
        self.statements().run_id.action_release()
        self.assertEqual(len(self.send().taken), 1)

    def test_one_that_fails_never_costs_the_night(self):
        self.month(TODAY.day, self.file_early)
        run = self.registry["recouvrement.run"]
        with (
            mock.patch.object(run, "_plan_statements", side_effect=ValueError("no")),
            mute_logger("odoo.addons.recouvrement_auto.models.recouvrement_run_excuse"),
        ):
            night = self.plan()
        self.assertEqual(self.outcome_of(night, self.late), ("queued", False))
        self.assertIn("no", night.problem_ids.message)

    def test_the_dry_run_shows_it_and_writes_nothing(self):
        self.month((TODAY + timedelta(3)).day, self.file_early)
        rows = self.env["recouvrement.run"]._simulate(
            self.company, TODAY, TODAY + timedelta(6)
        )
        found = [r for r in rows if r["step_code"].startswith("statement:")]
        self.assertEqual(
            [(r["partner_id"], r["date"], r["state"]) for r in found],
            [(self.early.id, TODAY + timedelta(3), "to_confirm")],
        )
        self.assertFalse(self.statements())

    def test_days_that_do_not_exist_are_refused(self):
        with self.assertRaises(ValidationError):
            self.month(0)
        with self.assertRaises(ValidationError):
            self.month(32)
        segment = self.env["recouvrement.segment"].search([], limit=1)
        with self.assertRaises(ValidationError):
            segment.statement_day = 32
