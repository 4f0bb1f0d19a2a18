"""Disputes: what is contested is not chased, the rest is, and nothing is forgotten."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, OneDebtorCommon


class DisputeCommon(OneDebtorCommon):
    """A customer with an overdue invoice and what is needed to contest it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("recouvrement_auto.recouvrement_dispute_reason_price")

    def dispute(self, move=None, reason=None, **values):
        """Open a dispute on ``move``."""
        return self.env["recouvrement.dispute"]._open(
            self.customer, move or self.move, reason or self.reason, **values
        )

    def credit(self, move, amount):
        """Post a credit note and match it with the invoice."""
        note = self.make_invoice(
            move.partner_id, late=0, amount=amount, move_type="out_refund"
        )
        lines = (note | move).line_ids.filtered(
            lambda x: x.account_id.account_type == "asset_receivable"
        )
        lines.filtered(lambda x: not x.reconciled).reconcile()
        return note


@tagged("post_install", "-at_install")
class TestDispute(DisputeCommon):
    """Opening, holding, closing."""

    def test_a_whole_invoice_leaves_the_chase(self):
        dispute = self.dispute()
        self.assertEqual((dispute.amount, dispute.whole), (500.0, True))
        self.assertEqual(dispute.state, "open")
        run = self.plan()
        self.assertEqual(self.outcome_of(run, self.partner), ("held", "disputed"))
        reminder = self.reminder_of(run, self.partner)
        self.assertEqual(reminder.until, dispute.deadline)

    def test_a_part_is_deducted_and_the_rest_chased(self):
        self.dispute(amount=120.0)
        run = self.plan()
        reminder = self.reminder_of(run, self.partner)
        self.assertEqual(reminder.state, "queued")
        self.assertEqual(reminder.total_overdue, 380.0)
        self.assertEqual(reminder.item_ids.disputed_amount, 120.0)
        self.send()
        self.assertEqual(reminder.state, "sent")
        self.assertIn("380", reminder.body)
        self.assertIn("120", reminder.body)
        self.assertIn("Disputed", reminder.body)

    def test_it_stops_a_message_between_plan_and_claim(self):
        run = self.plan()
        reminder = self.reminder_of(run, self.partner)
        self.assertEqual(reminder.state, "queued")
        self.dispute()
        transport = self.send()
        self.assertFalse(transport.taken)
        self.assertEqual((reminder.state, reminder.reason_code), ("held", "disputed"))

    def test_from_the_invoice_and_counted_on_the_file(self):
        action = self.move.action_recouvrement_dispute()
        values = {"move_id": action["context"]["default_move_id"]}
        dispute = self.env["recouvrement.dispute"].create(
            {**values, "reason_id": self.reason.id, "amount": 80.0}
        )
        self.assertEqual(self.move.recouvrement_disputed, 80.0)
        self.assertEqual(self.customer.dispute_count, 1)
        found = self.env["recouvrement.dispute"].search(
            self.customer.action_open_disputes()["domain"]
        )
        self.assertEqual(found, dispute)
        self.assertEqual(self.customer.total_disputed, 80.0)

    def test_lines_make_the_amount(self):
        move = self.make_invoice(
            self.partner,
            late=4,
            invoice_line_ids=[
                Command.create({"name": n, "price_unit": p, "tax_ids": False})
                for n, p in (("Tiles", 300.0), ("Pallets", 45.5))
            ],
        )
        line = move.invoice_line_ids.filtered(lambda x: x.name == "Pallets")
        dispute = self.dispute(move, lines=line)
        self.assertEqual((dispute.amount, dispute.whole), (45.5, False))

    def test_the_last_instalments_are_held_back_first(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 x 50 %",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (10, 40)
                ],
            }
        )
        partner = self.make_debtor("Instalments")
        move = self.make_invoice(
            partner,
            late=0,
            amount=1000.0,
            invoice_date=TODAY - timedelta(45),
            invoice_date_due=False,
            invoice_payment_term_id=term.id,
        )
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        self.env["recouvrement.dispute"]._open(
            customer, move, self.reason, amount=600.0
        )
        run = self.plan()
        items = self.reminder_of(run, partner).item_ids.sorted("due_date")
        self.assertEqual(items.mapped("disputed_amount"), [100.0, 500.0])
        self.assertEqual(self.reminder_of(run, partner).total_overdue, 400.0)

    def test_owner_is_told_by_activity_and_message(self):
        seller = new_test_user(self.env, "dispute_seller", email="s@negoce.example")
        self.move.invoice_user_id = seller
        dispute = self.dispute(note="Wrong price agreed", source="portal")
        self.assertEqual(dispute.owner_id, seller)
        activity = dispute.activity_ids
        self.assertEqual(activity.user_id, seller)
        self.assertEqual(activity.date_deadline, dispute.deadline)
        notified = self.env["mail.message"].search(
            [("model", "=", dispute._name), ("res_id", "=", dispute.id)]
        )
        mails = notified.filtered(lambda m: seller.partner_id in m.notified_partner_ids)
        self.assertEqual(len(mails), 1)
        self.assertIn("Wrong price agreed", mails.body)

    def test_repeated_disputes_of_the_customer_hold_nothing_by_themselves(self):
        for _again in range(2):
            self.dispute(source="portal", amount=10.0)._close("confirmed", "No ground")
        third = self.dispute(source="portal")
        self.assertEqual(third.state, "to_review")
        run = self.plan()
        self.assertNotEqual(self.outcome_of(run, self.partner)[1], "disputed")
        third.action_accept()
        self.send()
        self.assertEqual(self.outcome_of(run, self.partner), ("held", "disputed"))
        # A colleague who writes it down is believed at once.
        self.assertEqual(self.dispute(source="call").state, "open")

    def test_past_its_deadline_it_is_on_the_list_of_orphans(self):
        dispute = self.dispute()
        self.assertFalse(self.customer.is_orphan)
        self.travel(dispute.deadline + timedelta(1))
        self.customer.invalidate_recordset()
        self.assertTrue(self.customer.is_orphan)
        self.assertEqual(self.customer.orphan_amount, 500.0)

    def test_confirmed_goes_on_after_the_step_that_was_reached(self):
        self.plan()
        self.send()
        self.travel(TODAY + timedelta(1))
        dispute = self.dispute()
        later = TODAY + timedelta(8)
        self.travel(later)
        self.assertEqual(
            self.outcome_of(self.plan(later), self.partner), ("held", "disputed")
        )
        dispute._close("confirmed", "The order says so")
        self.assertEqual(dispute.days_to_solve, 7)
        cycle = self.env["recouvrement.item.cycle"].search(
            [("move_res_id", "=", self.move.id)]
        )
        self.assertEqual(
            (cycle.reason, cycle.cycle, cycle.entry_step_code),
            ("dispute_closed", 2, "reminder_1"),
        )
        # A new payment date is left to him: the gap counts from the decision.
        self.travel(later + timedelta(1))
        self.assertIsNone(
            self.outcome_of(self.plan(later + timedelta(1)), self.partner)
        )
        self.travel(later + timedelta(6))
        run = self.plan(later + timedelta(6))
        self.assertEqual(self.reminder_of(run, self.partner).step_code, "reminder_2")

    def test_the_step_of_the_re_entry_can_be_chosen(self):
        dispute = self.dispute()
        step = {"code": "reminder_2", "tone": "precise", "delay": 10}
        dispute._close("abandoned", "He gave up", step=step)
        cycle = self.env["recouvrement.item.cycle"].search(
            [("move_res_id", "=", self.move.id)]
        )
        self.assertEqual(cycle.entry_step_code, "reminder_2")

    def test_a_credit_note_to_make_still_holds(self):
        dispute = self.dispute(amount=200.0)
        dispute._close("credit_note", "Price of the offer")
        self.assertEqual(dispute.state, "credit_note")
        run = self.plan()
        self.assertEqual(self.reminder_of(run, self.partner).total_overdue, 300.0)
        self.credit(self.move, 200.0)
        closed = dispute._close_settled(self.company, TODAY)
        self.assertEqual(closed, dispute)
        self.assertEqual((dispute.state, dispute.outcome), ("closed", "credit_note"))

    def test_split_credits_a_part_and_chases_the_rest(self):
        dispute = self.dispute(amount=200.0)
        for wrong in (None, 0.0, 200.0):
            with self.assertRaises(UserError):
                dispute._close("split", "Half", amount=wrong)
        dispute._close("split", "Half of it", amount=80.0)
        run = self.plan()
        self.assertEqual(self.reminder_of(run, self.partner).total_overdue, 420.0)
        self.assertEqual(dispute.contested_now, 80.0)

    def test_credited_in_part_only_the_rest_is_contested(self):
        dispute = self.dispute(amount=200.0)
        self.credit(self.move, 50.0)
        dispute.invalidate_recordset()
        self.assertEqual((dispute.contested_now, dispute.undisputed), (150.0, 300.0))
        run = self.plan()
        self.assertEqual(self.reminder_of(run, self.partner).total_overdue, 300.0)
        self.assertFalse(dispute._close_settled(self.company, TODAY))

    def test_paid_cancelled_and_draft_invoices(self):
        paid, cancelled, draft = (
            self.make_invoice(self.partner, late=3) for _each in range(3)
        )
        disputes = [self.dispute(move) for move in (paid, cancelled, draft)]
        self.pay(paid)
        cancelled.button_draft()
        cancelled.button_cancel()
        draft.button_draft()
        self.env["recouvrement.dispute"]._close_settled(self.company, TODAY)
        self.assertEqual(
            [(d.state, d.outcome) for d in disputes],
            [("closed", "paid"), ("closed", "cancelled"), ("open", False)],
        )
        draft.action_post()
        self.env["recouvrement.dispute"]._close_settled(self.company, TODAY)
        self.assertEqual(disputes[2].state, "open")

    def test_a_closed_dispute_stays_closed(self):
        dispute = self.dispute()
        dispute._close("confirmed", "Right")
        for action in (
            lambda: dispute._close("confirmed", "Again"),
            dispute.action_answer,
            dispute.action_reopen,
        ):
            with self.assertRaises(UserError):
                action()

    def test_words_are_needed(self):
        with self.assertRaises(UserError):
            self.dispute()._close("confirmed", "  ")
        with self.assertRaises(UserError):
            self.dispute().action_answer()


@tagged("post_install", "-at_install")
class TestDisputeLimits(DisputeCommon):
    """Everything that is refused."""

    def test_refused_invoices(self):
        other = self.make_debtor("Somebody Else")
        paid = self.make_invoice(self.partner, late=3)
        self.pay(paid)
        draft = self.make_invoice(self.partner, late=3, post=False)
        refund = self.make_invoice(self.partner, late=3, move_type="out_refund")
        for move in (paid, draft, refund):
            with self.subTest(move=move.name), self.assertRaises(UserError):
                self.dispute(move)
        with self.assertRaises(ValidationError):
            self.dispute(self.make_invoice(other, late=3))

    def test_refused_amounts_and_lines(self):
        foreign = self.make_invoice(self.partner, late=3).invoice_line_ids
        with self.assertRaises(ValidationError):
            self.dispute(amount=500.01)
        with self.assertRaises(ValidationError):
            self.dispute(lines=foreign)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.dispute(amount=-5.0)

    def test_refused_dates_and_outcomes(self):
        dispute = self.dispute()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            dispute.deadline = TODAY - timedelta(1)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            dispute.sudo().write({"state": "closed"})
            self.env.flush_all()

    def test_reasons_are_checked(self):
        Reason = self.env["recouvrement.dispute.reason"]
        with self.assertRaises(ValidationError):
            Reason.create({"name": "X", "code": "x", "owner_kind": "user"})
        for values in ({"deadline_days": 0}, {"code": "price"}):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                Reason.create({"name": "X", "code": "x", **values})
                self.env.flush_all()

    def test_fields_are_changed_by_buttons_only(self):
        agent = new_test_user(
            self.env,
            "dispute_agent",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        dispute = self.dispute().with_user(agent)
        dispute.answer = "We looked at it"
        for values in ({"state": "closed"}, {"amount": 1.0}, {"move_id": False}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                dispute.write(values)
        with self.assertRaises(AccessError):
            dispute.unlink()

    def test_a_new_record_cannot_come_decided(self):
        dispute = self.env["recouvrement.dispute"].create(
            {
                "move_id": self.move.id,
                "reason_id": self.reason.id,
                "state": "closed",
                "outcome": "confirmed",
                "closed_on": TODAY,
            }
        )
        self.assertEqual((dispute.state, dispute.outcome), ("open", False))
        self.assertEqual(dispute.customer_id, self.customer)


@tagged("post_install", "-at_install")
class TestDisputeNight(DisputeCommon):
    """What the night does, and the figures."""

    def test_the_night_closes_what_is_paid(self):
        dispute = self.dispute()
        self.pay(self.move)
        day = TODAY + timedelta(2)
        self.travel(day)
        self.plan(day)
        self.assertEqual(
            (dispute.state, dispute.outcome, dispute.days_to_solve),
            ("closed", "paid", 2),
        )
        self.assertFalse(dispute.activity_ids)

    def test_the_manager_is_told_once_for_each_deadline(self):
        manager = new_test_user(
            self.env,
            "dispute_manager",
            groups="recouvrement_auto.recouvrement_auto_group_manager",
            email="m@negoce.example",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.company.recouvrement_manager_id = manager
        second = self.make_invoice(self.partner, late=3)
        disputes = self.dispute() | self.dispute(second)
        Dispute = self.env["recouvrement.dispute"]
        self.assertFalse(Dispute._alert_overdue(self.company, disputes[0].deadline))
        day = disputes[0].deadline + timedelta(1)
        self.assertEqual(Dispute._alert_overdue(self.company, day), disputes)
        self.assertFalse(Dispute._alert_overdue(self.company, day + timedelta(1)))
        told = disputes.activity_ids.filtered(lambda a: a.user_id == manager)
        self.assertEqual(len(told), 2)
        mails = self.env["mail.message"].search(
            [
                ("model", "=", "recouvrement.dispute"),
                ("res_id", "in", disputes.ids),
                ("notified_partner_ids", "in", manager.partner_id.ids),
            ]
        )
        self.assertEqual(len(mails), 1)
        self.assertIn(second.name, mails.body)
        disputes[0].deadline = day
        self.assertEqual(
            Dispute._alert_overdue(self.company, day + timedelta(1)), disputes[0]
        )

    def test_figures_by_reason(self):
        self.dispute(amount=50.0)._close("confirmed", "Right")
        self.travel(TODAY + timedelta(4))
        other = self.dispute(amount=100.0)
        self.travel(TODAY + timedelta(10))
        other._close("abandoned", "Given up")
        self.env.flush_all()
        row = self.env["recouvrement.dispute.report"].search(
            [("company_id", "=", self.company.id), ("reason_id", "=", self.reason.id)]
        )
        self.assertEqual((row.count, row.amount, row.mean_days), (2, 150.0, 3.0))
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("invoice_date", ">=", "2026-01-01"),
                ("invoice_date", "<=", "2026-12-31"),
            ]
        )
        sales = sum(moves.mapped("amount_total_signed"))
        self.assertAlmostEqual(row.share, 150.0 / sales, 6)
        action = row.action_open()
        found = self.env["recouvrement.dispute"].search(action["domain"])
        self.assertEqual(len(found), 2)

    def test_it_counts_in_the_facts_of_the_score(self):
        self.dispute(amount=10.0)._close("confirmed", "Right")
        won = self.dispute(amount=20.0)
        won._close("credit_note", "Granted")
        self.credit(self.move, 20.0)
        won._close_settled(self.company, TODAY)
        facts = self.env["recouvrement.payment.facts"]._load(self.company, TODAY)
        mine = facts[self.partner.id]
        self.assertEqual((mine.disputes_lost, mine.disputes_won), (1, 1))

    def test_a_contested_invoice_does_not_age_the_customer(self):
        old = self.make_invoice(self.partner, late=80)
        Facts = self.env["recouvrement.payment.facts"]
        before = Facts._load(self.company, TODAY)[self.partner.id]
        self.assertGreater(before.oldest_open_days, 70)
        self.dispute(old)
        after = Facts._load(self.company, TODAY)[self.partner.id]
        self.assertLess(after.oldest_open_days, 10)

    def test_merged_customers_keep_everything(self):
        other = self.make_debtor("Twin")
        move = self.make_invoice(other, late=4)
        twin = self.env["recouvrement.customer"]._get_or_create(self.company, other.ids)
        dispute = self.env["recouvrement.dispute"]._open(twin, move, self.reason)
        third = self.make_invoice(other, late=4)
        lines = third._recouvrement_open_lines()
        promise = self.env["recouvrement.promise"]._record(
            twin, lines, None, TODAY + timedelta(3), "call"
        )
        fourth = self.make_invoice(other, late=4)
        plan = self.env["recouvrement.payment.plan"]._propose(
            twin, fourth._recouvrement_open_lines(), [(TODAY, 100.0)]
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((other | self.partner).ids, self.partner)
        self.env.invalidate_all()
        for record in (dispute, promise, plan):
            self.assertEqual(record.customer_id, self.customer)
        self.assertEqual(promise.item_ids.customer_id, self.customer)
        self.assertEqual(plan.line_ids.customer_id, self.customer)
        run = self.plan()
        reminder = self.reminder_of(run, self.partner)
        self.assertEqual(reminder.total_overdue, 500.0)

    def test_draft_and_posted_again_it_still_holds(self):
        dispute = self.dispute()
        self.move.button_draft()
        self.move.action_post()
        self.assertEqual(
            self.outcome_of(self.plan(), self.partner), ("held", "disputed")
        )
        self.assertEqual(dispute.state, "open")

    def test_a_deleted_invoice_leaves_the_dispute_behind(self):
        move = self.make_invoice(self.partner, late=3)
        dispute = self.dispute(move)
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        self.env.invalidate_all()
        self.assertTrue(dispute.move_name)
        self.env["recouvrement.dispute"]._close_settled(self.company, TODAY)
        self.assertEqual(dispute.outcome, "cancelled")


@tagged("post_install", "-at_install")
class TestDisputeSolver(DisputeCommon):
    """Whoever solves disputes has no collection right and needs none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {
            "groups": "recouvrement_auto.recouvrement_auto_group_solver",
            "company_id": cls.company.id,
            "company_ids": [(6, 0, cls.company.ids)],
        }
        cls.solver = new_test_user(
            cls.env, "dispute_solver", email="adv@n.example", **values
        )
        cls.colleague = new_test_user(cls.env, "dispute_colleague", **values)

    def test_sees_his_own_with_invoice_and_papers(self):
        mine = self.dispute(attachments=[("bl.txt", b"signed")])
        mine.owner_id = self.solver
        other = self.dispute(amount=10.0)
        other.owner_id = self.colleague
        Dispute = self.env["recouvrement.dispute"].with_user(self.solver)
        self.assertEqual(Dispute.search([]), mine)
        form = Dispute.get_view(
            self.env.ref("recouvrement_auto.recouvrement_dispute_view_form").id, "form"
        )
        self.assertIn("action_answer", form["arch"])
        spec = {
            name: {"fields": {"display_name": {}}}
            if name in ("move_id", "owner_id")
            else {}
            for name in (
                "move_name",
                "move_id",
                "owner_id",
                "invoice_lines",
                "papers",
                "contested_now",
                "undisputed",
                "partner_id",
                "amount",
                "age",
            )
        }
        row = mine.with_user(self.solver).web_read(spec)[0]
        self.assertIn("Tiles", row["invoice_lines"])
        self.assertEqual(row["contested_now"], 500.0)
        papers = (
            self.env["ir.attachment"]
            .with_user(self.solver)
            .search(
                [("res_model", "=", "recouvrement.dispute"), ("res_id", "=", mine.id)]
            )
        )
        self.assertEqual(papers.raw, b"signed")
        with self.assertRaises(AccessError):
            other.with_user(self.solver).read(["amount"])

    def test_no_other_right(self):
        solver = self.env(user=self.solver)
        for name in (
            "recouvrement.customer",
            "recouvrement.reminder",
            "recouvrement.promise",
            "recouvrement.payment.plan",
            "recouvrement.log",
            "account.move",
        ):
            with self.subTest(model=name):
                self.assertFalse(solver[name].browse().has_access("read"))

    def test_answers_and_asks_for_a_credit_note(self):
        dispute = self.dispute()
        dispute.owner_id = self.solver
        mine = dispute.with_user(self.solver)
        mine.answer = "The goods left complete, note signed"
        mine.action_ask_credit_note()
        mine.action_answer()
        self.assertEqual(dispute.state, "answered")
        told = dispute.activity_ids.filtered(lambda a: a.user_id == self.agent)
        self.assertEqual(len(told), 2)

    def test_decides_nothing(self):
        dispute = self.dispute()
        dispute.owner_id = self.solver
        mine = dispute.with_user(self.solver)
        for action in (mine.action_close, mine.action_accept, mine.action_reopen):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            mine.write({"state": "closed"})

    def test_the_invoice_is_kept_once_among_the_papers(self):
        dispute = self.dispute()
        dispute.owner_id = self.solver
        rendered = []

        def fake(this, move):
            rendered.append(move.id)
            return b"%PDF-1.4 invoice"

        self.patch(self.registry["recouvrement.dispute"], "_render_invoice", fake)
        first = dispute.with_user(self.solver).action_get_invoice()
        again = dispute.with_user(self.solver).action_get_invoice()
        self.assertEqual(first["url"], again["url"])
        self.assertEqual(rendered, self.move.ids)
        dispute.owner_id = self.colleague
        with self.assertRaises(AccessError):
            dispute.with_user(self.solver).action_get_invoice()

    def test_words_of_the_debtor_run_no_script(self):
        evil = "<img src=x onerror=alert(1)>"
        line = self.move.invoice_line_ids
        self.assertTrue(line)
        self.move.button_draft()
        line.name = evil
        self.move.action_post()
        dispute = self.dispute(note=evil)
        self.assertNotIn("<img", dispute.invoice_lines)
        self.assertNotIn("<img", dispute.activity_ids.note)
