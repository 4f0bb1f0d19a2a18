"""Disputes: what is contested is not chased, the rest is, and nothing is forgotten."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, RecouvrementCommon


class DisputeCommon(RecouvrementCommon):
    """A customer with an overdue invoice and what is needed to contest it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.make_debtor("Contesting")
        cls.move = cls.make_invoice(cls.partner, late=5, amount=500.0)
        cls.customer = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.partner.ids
        )
        cls.customer.nature = "standard"
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
