"""Promises to pay: the pause, the limits, and the outcome found in the ledger."""

import base64
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .common import TODAY, OneDebtorCommon

SOON = TODAY + timedelta(7)  # a Tuesday


class PromiseCommon(OneDebtorCommon):
    """A customer with an overdue invoice."""

    def promise(self, amount=None, day=SOON, moves=None, source="call", **values):
        """A promise about every open instalment of ``moves``."""
        lines = (moves or self.move)._recouvrement_open_lines()
        return self.env["recouvrement.promise"]._record(
            self.customer, lines, amount, day, source, **values
        )


@tagged("post_install", "-at_install")
class TestPromise(PromiseCommon):
    """Recording and the pause."""

    def test_the_items_are_not_chased_until_the_tolerance_passed(self):
        promise = self.promise()
        self.assertEqual(promise.amount, 500.0)
        self.assertEqual(promise.hold_until, TODAY + timedelta(10))  # 3 working days
        run = self.plan()
        self.assertEqual(self.outcome_of(run, self.partner), ("held", "promise"))
        self.assertEqual(self.reminder_of(run, self.partner).until, promise.hold_until)

    def test_it_stops_a_message_between_plan_and_claim(self):
        reminder = self.reminder_of(self.plan(), self.partner)
        self.promise()
        self.assertFalse(self.send().taken)
        self.assertEqual((reminder.state, reminder.reason_code), ("held", "promise"))

    def test_other_invoices_are_chased(self):
        other = self.make_invoice(self.partner, late=4, amount=70.0)
        self.promise()
        reminder = self.reminder_of(self.plan(), self.partner)
        self.assertEqual(reminder.total_overdue, 70.0)
        self.assertEqual(reminder.leader_move_name, other.name)

    def test_items_by_key_and_by_id(self):
        line = self.move._recouvrement_open_lines()
        for items in (line.ids, [(self.move.id, line.date_maturity)]):
            promise = self.env["recouvrement.promise"]._record(
                self.customer, items, 100.0, SOON, "mail"
            )
            self.assertEqual(promise.item_ids.move_id, self.move)

    def test_a_newer_promise_takes_the_place_of_the_older(self):
        first = self.promise()
        second = self.promise(day=SOON + timedelta(1))
        self.assertEqual((first.state, second.state), ("cancelled", "running"))

    def test_given_up_it_holds_no_more(self):
        self.promise().action_cancel()
        self.assertEqual(self.outcome_of(self.plan(), self.partner)[0], "queued")

    def test_a_foreign_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 2.0,
                "currency_id": dollar.id,
                "company_id": self.company.id,
            }
        )
        other = (
            self.company.currency_id == dollar and self.env.ref("base.EUR") or dollar
        )
        other.active = True
        move = self.make_invoice(
            self.partner, late=3, amount=90.0, currency_id=other.id
        )
        promise = self.promise(moves=move)
        self.assertEqual((promise.currency_id, promise.amount), (other, 90.0))


@tagged("post_install", "-at_install")
class TestPromiseLimits(PromiseCommon):
    """Everything that is refused."""

    def test_refused_promises(self):
        paid = self.make_invoice(self.partner, late=3)
        lines = paid._recouvrement_open_lines()
        self.pay(paid)
        Promise = self.env["recouvrement.promise"]
        for items, amount, day in (
            (self.move._recouvrement_open_lines(), None, TODAY - timedelta(1)),
            (self.move._recouvrement_open_lines(), 500.01, SOON),
            (lines, None, SOON),
            (lines | self.move._recouvrement_open_lines(), None, SOON),
            ([], None, SOON),
        ):
            with self.subTest(amount=amount, day=day), self.assertRaises(UserError):
                Promise._record(self.customer, items, amount, day, "call")
        with self.assertRaises(ValidationError):
            self.promise(day=TODAY + timedelta(46))

    def test_refused_amounts_and_days(self):
        promise = self.promise()
        for values in ({"amount": 0}, {"hold_until": TODAY - timedelta(1)}):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                promise.sudo().write(values)
                self.env.flush_all()

    def test_a_settled_promise_is_not_cancelled(self):
        promise = self.promise()
        promise.action_cancel()
        with self.assertRaises(UserError):
            promise.action_cancel()

    def test_nobody_deletes_or_rewrites_it(self):
        promise = self.promise()
        with self.assertRaises(AccessError):
            promise.unlink()

    def test_limits_of_the_customers_page(self):
        Promise = self.env["recouvrement.promise"]
        limits = Promise._portal_limits(self.customer)
        self.assertTrue(limits["allowed"])
        self.assertEqual(limits["max_date"], TODAY + timedelta(15))
        with self.assertRaises(UserError):
            self.promise(source="portal", day=TODAY + timedelta(16))
        first = self.promise(source="portal")
        self.assertEqual(Promise._portal_limits(self.customer)["reason"], "running")
        with self.assertRaises(UserError):
            self.promise(source="portal")
        first._update_state("broken", TODAY)
        self.assertTrue(Promise._portal_limits(self.customer)["allowed"])
        self.promise()._update_state("broken", TODAY)
        limits = Promise._portal_limits(self.customer)
        self.assertEqual((limits["allowed"], limits["reason"]), (False, "broken"))
        self.assertTrue(limits["message"])
        self.company.recouvrement_promise_portal_broken = 0
        self.company.recouvrement_promise_portal_year = 1
        self.assertEqual(Promise._portal_limits(self.customer)["reason"], "year")
        self.company.recouvrement_promise_portal_days = 0
        self.assertEqual(Promise._portal_limits(self.customer)["reason"], "closed")

    def test_settings_are_checked(self):
        for values in (
            {"recouvrement_promise_portal_days": -1},
            {"recouvrement_promise_tolerance_days": 31},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.company.write(values)


@tagged("post_install", "-at_install")
class TestPromiseSettled(PromiseCommon):
    """Kept, partly kept or broken: from cash in the ledger."""

    AFTER = TODAY + timedelta(13)  # the Monday after the tolerance

    def night(self, day=None):
        """The night of ``day``: settles, then plans."""
        day = day or self.AFTER
        self.travel(day)
        return self.plan(day)

    def credit(self, amount):
        """A credit note matched with the invoice."""
        note = self.make_invoice(
            self.partner, late=0, amount=amount, move_type="out_refund"
        )
        lines = (note | self.move).line_ids.filtered(
            lambda x: x.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()

    def test_kept(self):
        promise = self.promise()
        self.pay(self.move, day=SOON)
        self.night(SOON + timedelta(1))
        self.assertEqual(
            (promise.state, promise.received, promise.settled_on),
            ("kept", 500.0, SOON + timedelta(1)),
        )

    def test_kept_with_a_part_the_rest_is_chased(self):
        promise = self.promise(200.0)
        self.pay(self.move, 200.0, day=SOON)
        run = self.night(SOON + timedelta(1))
        self.assertEqual(promise.state, "kept")
        self.assertEqual(self.reminder_of(run, self.partner).total_overdue, 300.0)

    def test_before_its_day_nothing_is_broken(self):
        promise = self.promise()
        self.pay(self.move, 100.0)
        run = self.night(promise.hold_until)
        self.assertEqual(promise.state, "running")
        self.assertEqual(self.outcome_of(run, self.partner), ("held", "promise"))

    def test_broken_raises_the_next_step_once_and_tells_the_agent(self):
        self.plan()
        self.send()  # reminder_1 left
        self.travel(TODAY + timedelta(1))
        promise = self.promise(day=TODAY + timedelta(2), note="By transfer")
        day = TODAY + timedelta(8)  # a Wednesday, 13 days late: reminder_2 due at 10
        run = self.night(day)
        self.assertEqual((promise.state, promise.received), ("broken", 0.0))
        activity = promise.activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertEqual(
            activity.activity_type_id,
            self.env.ref("mail.mail_activity_data_call"),
        )
        message = self.env["mail.message"].search(
            [
                ("model", "=", "recouvrement.promise"),
                ("res_id", "=", promise.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertIn(self.agent.partner_id, message.notified_partner_ids)
        self.assertEqual(self.reminder_of(run, self.partner).step_code, "reminder_2")
        self.send()
        # The call is due at 20 days late only: nothing is raised a second time.
        run = self.night(day + timedelta(6))
        self.assertIsNone(self.outcome_of(run, self.partner))
        self.assertEqual(len(promise.activity_ids), 1)

    def test_broken_before_the_step_was_due_raises_it(self):
        promise = self.promise(day=TODAY + timedelta(1))
        self.plan()
        partner_item = self.move._recouvrement_open_lines()
        self.assertTrue(partner_item)
        self.company.recouvrement_promise_tolerance_days = 0
        other = self.make_debtor("Early")
        move = self.make_invoice(other, late=1)  # its first step comes at 3 days late
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, other.ids
        )
        early = self.env["recouvrement.promise"]._record(
            customer, move._recouvrement_open_lines(), None, TODAY, "call"
        )
        run = self.night(TODAY + timedelta(1))
        self.assertEqual(early.state, "broken")
        self.assertEqual(promise.state, "running")
        self.assertEqual(self.reminder_of(run, other).step_code, "reminder_1")

    def test_partly_kept(self):
        promise = self.promise()
        self.pay(self.move, 150.0, day=SOON)
        self.night()
        self.assertEqual((promise.state, promise.received), ("partly_kept", 150.0))
        self.assertTrue(promise.activity_ids)

    def test_cash_of_before_does_not_count(self):
        self.pay(self.move, 150.0)
        promise = self.promise()
        self.assertEqual(promise.amount, 350.0)
        self.night()
        self.assertEqual(promise.state, "broken")

    def test_a_credit_note_is_no_payment_but_lowers_what_is_asked(self):
        promise = self.promise()
        self.credit(200.0)
        self.pay(self.move, 300.0, day=SOON)
        self.night()
        self.assertEqual((promise.state, promise.received), ("kept", 300.0))

    def test_credited_in_full_it_has_no_object(self):
        promise = self.promise()
        self.credit(500.0)
        self.night(SOON)
        self.assertEqual(promise.state, "cancelled")

    def test_contested_meanwhile_it_is_not_broken(self):
        promise = self.promise()
        reason = self.env.ref("recouvrement_auto.recouvrement_dispute_reason_quality")
        self.env["recouvrement.dispute"]._open(self.customer, self.move, reason)
        self.night()
        self.assertEqual(promise.state, "cancelled")

    def test_too_late_is_broken_though_it_was_paid(self):
        promise = self.promise()
        self.pay(self.move, day=promise.hold_until + timedelta(1))
        self.night()
        self.assertEqual((promise.state, promise.received), ("broken", 0.0))

    def test_a_payment_not_matched_yet_makes_it_wait(self):
        promise = self.promise()
        journal = self.company_data["default_journal_bank"]
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner.id,
                "amount": 500.0,
                "date": SOON,
                "journal_id": journal.id,
            }
        )
        payment.action_post()
        self.assertTrue(payment.move_id, "the journal of the tests writes entries")
        self.night()
        self.assertEqual((promise.state, promise.extended), ("running", 1))
        self.assertGreater(promise.wait_until, self.AFTER)
        lines = (payment.move_id | self.move).line_ids.filtered(
            lambda x: x.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.night(self.AFTER + timedelta(1))
        self.assertEqual(promise.state, "kept")

    def test_in_time_but_matched_late_corrects_it(self):
        promise = self.promise()
        self.night()
        self.assertEqual(promise.state, "broken")
        self.pay(self.move, day=SOON)
        self.night(self.AFTER + timedelta(1))
        self.assertEqual((promise.state, promise.received), ("kept", 500.0))

    def test_while_the_bank_is_late_nothing_is_broken(self):
        promise = self.promise()
        self.pay(self.make_invoice(self.partner, late=1), day=TODAY)
        self.company.recouvrement_bank_stale_days = 2
        self.night()
        self.assertEqual(promise.state, "running")

    def test_an_invoice_in_draft_waits(self):
        promise = self.promise()
        self.move.button_draft()
        self.night()
        self.assertEqual(promise.state, "running")
        self.move.action_post()
        self.night(self.AFTER + timedelta(1))
        self.assertEqual(promise.state, "broken")

    def test_broken_tonight_it_counts_tonight(self):
        """The night settles before it reads what the score is made of."""
        promise = self.promise(day=TODAY)
        late = promise.hold_until + timedelta(1)
        self.travel(late)
        self.env["recouvrement.run"].sudo()._refresh_facts(self.company, late)
        self.assertEqual(promise.state, "broken")

    def test_it_counts_in_the_facts_of_the_score(self):
        self.promise()._update_state("broken", TODAY)
        self.promise()._update_state("kept", TODAY)
        self.promise()._update_state("cancelled", TODAY)
        facts = self.env["recouvrement.payment.facts"]._load(self.company, TODAY)
        mine = facts[self.partner.id]
        self.assertEqual((mine.promises_broken, mine.promises_kept), (1, 1))
        late = TODAY + timedelta(366)
        facts = self.env["recouvrement.payment.facts"]._load(self.company, late)
        self.assertEqual(facts[self.partner.id].promises_broken, 0)

    def test_a_failure_costs_neither_night_nor_screen(self):
        self.promise()
        self.make_invoice(self.make_debtor("Somebody"), late=5)

        def fail(this, company, day):
            raise ValueError("broken row")

        self.patch(self.registry["recouvrement.promise"], "_settle_all", fail)
        with mute_logger(
            "odoo.addons.recouvrement_auto.models.recouvrement_run_excuse"
        ):
            run = self.night(TODAY)
        self.assertTrue(run.reminder_ids)
        self.assertIn("broken row", run.problem_ids.message)

    def test_the_number_of_queries_does_not_grow(self):
        def settled(count):
            promises = self.env["recouvrement.promise"]
            for index in range(count):
                partner = self.make_debtor(f"Many {count} {index}")
                move = self.make_invoice(partner, late=5)
                customer = self.env["recouvrement.customer"]._get_or_create(
                    self.company, partner.ids
                )
                promises |= promises._record(
                    customer, move._recouvrement_open_lines(), None, SOON, "call"
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            promises._settle_all(self.company, TODAY)
            return self.env.cr.sql_log_count - before

        settled(1)  # fills the caches
        few = settled(2)
        self.assertEqual(settled(10), few)

    def test_cash_is_looked_up_invoice_by_invoice(self):
        """Whatever PostgreSQL believes of the tables: even when it is told to join in any
        other way it looks the entries up for each item. A condition of a scan names its own
        column without the table, that of a join of whole tables names both."""
        self.env.flush_all()
        items = SQL(
            "(SELECT id, move_id, due_date, NULL::date FROM recouvrement_promise_item)"
        )
        query = self.env["recouvrement.excuse.cash"]._query(self.company, items)
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query))
        plan = "\n".join(row[0] for row in rows)
        self.assertRegex(plan, r"\(move_id = recouvrement_promise_item\.move_id")
        self.assertRegex(plan, r"\(id = account_partial_reconcile\w*\.credit_move_id")


@tagged("post_install", "-at_install")
class TestPromiseDialog(PromiseCommon):
    """A promise from the file of the customer or from an invoice."""

    def dialog(self, action):
        """The dialog as the browser opens it."""
        Dialog = self.env[action["res_model"]].with_context(**action["context"])
        return Form(Dialog)

    def test_from_the_file_with_everything_proposed(self):
        other = self.make_invoice(self.partner, late=2, amount=70.0)
        self.make_invoice(self.partner, late=-20, amount=30.0)
        form = self.dialog(self.customer.action_new_promise())
        self.assertEqual(form.amount, 570.0)
        self.assertGreater(form.date, TODAY)
        form.save().action_record()
        promise = self.env["recouvrement.promise"].search(
            [("customer_id", "=", self.customer.id)]
        )
        self.assertEqual(promise.amount, 570.0)
        self.assertEqual(promise.item_ids.move_id, self.move | other)
        self.assertEqual(promise.source, "mail")
        self.assertEqual(self.outcome_of(self.plan(), self.partner)[1], "promise")

    def test_from_an_invoice_with_the_mail_that_said_it(self):
        self.make_invoice(self.partner, late=2, amount=70.0)
        form = self.dialog(self.move.action_recouvrement_promise())
        form.amount = 200.0
        form.source = "meeting"
        form.date = SOON
        dialog = form.save()
        dialog.write({"proof": base64.b64encode(b"said so"), "proof_name": "mail.eml"})
        dialog.action_record()
        promise = self.env["recouvrement.promise"].search(
            [("customer_id", "=", self.customer.id)]
        )
        self.assertEqual((promise.amount, promise.date), (200.0, SOON))
        self.assertEqual(promise.item_ids.move_id, self.move)
        paper = self.env["ir.attachment"].search(
            [("res_model", "=", promise._name), ("res_id", "=", promise.id)]
        )
        self.assertEqual((paper.name, paper.raw), ("mail.eml", b"said so"))

    def test_a_new_promise_about_what_was_promised(self):
        self.promise()
        form = self.dialog(self.customer.action_new_promise())
        self.assertEqual(form.amount, 500.0)

    def test_refused(self):
        foreign = self.make_invoice(self.make_debtor("Foreign"), late=3)
        dialog = self.dialog(self.customer.action_new_promise()).save()
        dialog.line_ids |= foreign._recouvrement_open_lines()
        with self.assertRaises(UserError):
            dialog.action_record()
        dialog.line_ids = False
        with self.assertRaises(UserError):
            dialog.action_record()
        self.pay(self.move, 500.0)
        with self.assertRaises(UserError):
            self.move.action_recouvrement_promise()
