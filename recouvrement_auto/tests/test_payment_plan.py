"""Payment plans: terms, signature, proof, and the chase that waits."""

import base64
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, OneDebtorCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


class PlanCommon(OneDebtorCommon):
    """A customer with two overdue invoices, 900 in all."""

    INVOICES = ((12, 500.0), (5, 400.0))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.moves[1]
        cls.dates = [TODAY + timedelta(days) for days in (14, 44, 75)]

    def propose(self, amounts=(300.0, 300.0, 300.0), **values):
        """A proposal about both invoices."""
        lines = self.moves._recouvrement_open_lines()
        return self.env["recouvrement.payment.plan"]._propose(
            self.customer, lines, list(zip(self.dates, amounts, strict=True)), **values
        )

    def accept(self, **values):
        """A plan that runs."""
        plan = self.propose(**values)
        plan._accept("Jeanne Martin", signature=PNG, ip="192.0.2.7")
        return plan


@tagged("post_install", "-at_install")
class TestPaymentPlan(PlanCommon):
    """From the proposal to the signature."""

    def test_proposed_the_chase_waits_for_the_signature(self):
        plan = self.propose()
        self.assertEqual((plan.state, plan.total), ("proposed", 900.0))
        self.assertEqual(plan.back_by, TODAY + timedelta(10))
        run = self.plan()
        self.assertEqual(self.outcome_of(run, self.partner), ("held", "payment_plan"))
        self.assertEqual(self.reminder_of(run, self.partner).until, plan.back_by)
        late = plan.back_by + timedelta(3)  # never signed
        self.travel(late)
        self.assertEqual(self.outcome_of(self.plan(late), self.partner)[0], "queued")

    def test_signed_it_runs_and_the_proof_is_kept(self):
        plan = self.propose()
        plan._accept(
            "Jeanne Martin",
            attachment=("signed.pdf", b"%PDF-1.4 signed"),
            ip="192.0.2.7",
        )
        self.assertEqual((plan.state, plan.accepted_on), ("running", TODAY))
        self.assertEqual(plan.proof_id.res_id, plan.id)
        entries = self.env["recouvrement.log"].search(
            [("customer_res_id", "=", self.customer.id), ("event", "like", "plan.")],
            order="id",
        )
        self.assertEqual(
            entries.mapped("event"), ["plan.proposed", "plan.accepted", "plan.signed"]
        )
        self.assertEqual(entries[-1].content_hash, plan.document_hash)
        self.assertNotIn("Jeanne", "".join(entries.mapped("payload")))
        self.assertEqual(
            self.move._recouvrement_open_lines().date_maturity, TODAY - timedelta(12)
        )

    def test_signature_drawn_on_screen(self):
        plan = self.accept()
        self.assertTrue(plan.signature)
        self.assertEqual(plan.signed_ip, "192.0.2.7")

    def test_the_hash_tells_other_terms_apart(self):
        first = self.propose()
        first.action_draft()
        first.line_ids[0].amount = 299.0
        first.line_ids[1].amount = 301.0
        before = first.document_hash
        first.action_propose()
        self.assertNotEqual(first.document_hash, before)

    def test_between_plan_and_claim(self):
        reminder = self.reminder_of(self.plan(), self.partner)
        self.accept()
        self.assertFalse(self.send().taken)
        self.assertEqual(reminder.reason_code, "payment_plan")

    def test_later_invoices_are_chased(self):
        self.accept()
        self.make_invoice(self.partner, late=4, amount=33.0)
        self.assertEqual(
            self.reminder_of(self.plan(), self.partner).total_overdue, 33.0
        )

    def test_a_draft_from_the_file(self):
        action = self.customer.action_new_plan()
        plan = self.env["recouvrement.payment.plan"].browse(action["res_id"])
        self.assertEqual((plan.total, plan.planned), (900.0, 900.0))
        plan.action_propose()
        self.assertEqual(plan.state, "proposed")
        plan.action_cancel()
        self.assertEqual(self.outcome_of(self.plan(), self.partner)[0], "queued")

    def test_the_plan_that_is_there_is_opened(self):
        """No second draft, no second plan about what the first one covers."""
        draft = self.customer.action_new_plan()["res_id"]
        self.assertEqual(self.customer.action_new_plan()["res_id"], draft)
        self.env["recouvrement.payment.plan"].browse(draft).action_cancel()
        plan = self.accept()
        self.assertEqual(self.customer.action_new_plan()["res_id"], plan.id)
        later = self.make_invoice(self.partner, late=4, amount=33.0)
        other = self.env["recouvrement.payment.plan"].browse(
            self.customer.action_new_plan()["res_id"]
        )
        self.assertEqual((other.item_ids.move_id, other.total), (later, 33.0))

    def test_the_file_says_what_holds_it(self):
        """A customer whose whole debt is in a plan is not "too small for the steps"."""
        self.accept()
        self.assertIn("plan", self.customer.hold_label.lower())
        self.make_invoice(self.partner, late=4, amount=33.0)
        self.customer.invalidate_recordset()
        self.assertFalse(self.customer.hold_label, "this one goes on")

    def test_the_letter_says_what_is_agreed(self):
        plan = self.accept()
        html = str(
            self.env["ir.actions.report"]._render_qweb_html(
                "recouvrement_auto.recouvrement_payment_plan_letter", plan.ids
            )[0]
        )
        for words in ("acknowledges owing", "900.00", "novation", "Jeanne Martin"):
            self.assertIn(words, html)
        self.assertIn(plan.document_hash, html)


@tagged("post_install", "-at_install")
class TestPaymentPlanLimits(PlanCommon):
    """Everything that is refused."""

    def test_instalments_add_up(self):
        with self.assertRaises(ValidationError):
            self.propose((300.0, 300.0, 299.99))

    def test_dates(self):
        lines = self.moves._recouvrement_open_lines()
        Plan = self.env["recouvrement.payment.plan"]
        for dates in ([TODAY - timedelta(1)], [TODAY, TODAY], []):
            parts = [(day, 900.0 / len(dates)) for day in dates]
            with self.subTest(dates=dates), self.assertRaises(UserError):
                Plan._propose(self.customer, lines, parts)
        with self.assertRaises(UserError):
            self.propose(back_by=TODAY - timedelta(1))

    def test_no_plan_without_name_and_proof(self):
        plan = self.propose()
        for values in (
            {"signer_name": " ", "ip": "192.0.2.7"},
            {"signer_name": "Jeanne Martin"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                plan._accept(**values)
        self.travel(plan.back_by + timedelta(1))
        with self.assertRaises(UserError):
            plan._accept("Jeanne Martin", ip="192.0.2.7")

    def test_terms_do_not_change_once_proposed(self):
        plan = self.propose().with_user(self.agent)
        with self.assertRaises(UserError):
            plan.write({"line_ids": [(5, 0, 0)]})
        with self.assertRaises(UserError):
            plan.line_ids[0].amount = 1.0
        with self.assertRaises(UserError):
            plan.line_ids[0].unlink()
        with self.assertRaises(UserError):
            plan.item_ids[0].residual = 1.0

    def test_constraints(self):
        plan = self.propose()
        for record, values in (
            (plan, {"state": "running"}),
            (plan.line_ids[0], {"amount": -1.0}),
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                record.sudo().write(values)
                self.env.flush_all()

    def test_a_kept_plan_is_not_cancelled(self):
        plan = self.accept()
        plan._update_state("kept", TODAY, settled_on=TODAY)
        with self.assertRaises(UserError):
            plan.action_cancel()


@tagged("post_install", "-at_install")
class TestPaymentPlanNight(PlanCommon):
    """Instalments kept or missed, and the reminder before each of them."""

    def night(self, day):
        """The night of ``day``."""
        self.travel(day)
        return self.plan(day)

    def test_kept_to_the_end(self):
        plan = self.accept()
        self.pay(self.move, 300.0, day=self.dates[0])
        self.night(self.dates[0] + timedelta(1))
        self.assertEqual(plan.state, "running")
        self.assertEqual(plan.line_ids.mapped("paid"), [300.0, 0.0, 0.0])
        self.assertEqual(plan.next_date, self.dates[1])
        self.pay(self.move, day=self.dates[1])
        self.pay(self.second, day=self.dates[1])
        self.night(self.dates[1] + timedelta(4))  # a holiday is between
        self.assertEqual((plan.state, plan.received), ("kept", 900.0))

    def test_the_first_date_missed_ends_it(self):
        self.plan()
        self.send()  # both had their first step
        plan = self.accept()
        last = plan.line_ids[0].last_day
        run = self.night(last)
        self.assertEqual(plan.state, "running")
        self.assertEqual(self.outcome_of(run, self.partner), ("held", "payment_plan"))
        day = last + timedelta(4)  # past Easter Monday
        run = self.night(day)
        self.assertEqual((plan.state, plan.settled_on), ("broken", day))
        reminder = self.reminder_of(run, self.partner)
        self.assertEqual((reminder.state, reminder.total_overdue), ("queued", 900.0))
        self.assertEqual(reminder.step_code, "reminder_2")
        self.assertEqual(plan.activity_ids.user_id, self.agent)
        self.assertIn("900", plan.activity_ids.note)

    def test_a_manager_may_resume_it(self):
        plan = self.accept()
        plan._update_state("broken", TODAY, settled_on=TODAY)
        self.assertEqual(self.outcome_of(self.plan(), self.partner)[0], "queued")
        plan.action_resume()
        self.assertEqual(plan.state, "running")

    def test_nobody_signed(self):
        plan = self.propose()
        self.night(plan.back_by + timedelta(3))
        self.assertEqual(plan.state, "cancelled")

    def test_a_payment_counts_from_the_proposal_on(self):
        plan = self.propose()
        self.pay(self.move, 300.0, day=TODAY)
        plan._accept("Jeanne Martin", ip="192.0.2.7")
        self.night(TODAY + timedelta(1))
        self.assertEqual(plan.line_ids[0].paid, 300.0)

    def notice(self, days=4):
        """The night ``days`` before the first instalment: its reminder."""
        run = self.night(self.dates[0] - timedelta(days))
        return self.reminder_of(run, self.partner)

    def test_a_reminder_before_each_date(self):
        plan = self.accept()
        reminder = self.notice(6)
        self.assertEqual(
            (reminder.state, reminder.reason_code), ("held", "payment_plan")
        )
        reminder = self.notice(4)
        line = plan.line_ids[0]
        self.assertEqual(reminder.step_code, f"plan:{line.id}")
        self.assertEqual((reminder.state, reminder.total_overdue), ("queued", 300.0))
        taken = self.send().taken
        self.assertEqual(len(taken), 1)
        self.assertEqual(reminder.state, "sent")
        for words in ("300.00", "900.00", "March 31, 2026"):
            self.assertIn(words, reminder.body)
        # Once, and the position of the invoices is not touched by it.
        reminder = self.notice(1)
        self.assertEqual(
            (reminder.state, reminder.reason_code), ("held", "payment_plan")
        )
        plan._update_state("broken", TODAY, settled_on=TODAY)
        run = self.night(self.dates[0] + timedelta(7))
        self.assertEqual(self.reminder_of(run, self.partner).step_code, "reminder_1")

    def test_paid_meanwhile_it_does_not_leave(self):
        self.accept()
        reminder = self.notice()
        self.pay(self.move, 300.0, day=TODAY)
        self.assertFalse(self.send().taken)
        self.assertIn(reminder.state, ("held", "skipped"))

    def test_paid_in_part_it_asks_the_rest(self):
        self.accept()
        reminder = self.notice()
        self.pay(self.move, 100.0, day=TODAY)
        self.send()
        self.assertEqual((reminder.state, reminder.total_overdue), ("sent", 200.0))
        self.assertIn("200.00", reminder.body)
        self.assertIn("800.00", reminder.body)

    def test_other_overdue_invoices_are_not_asked_in_it(self):
        self.accept()
        self.make_invoice(self.partner, late=1, amount=77.0)
        reminder = self.notice()
        self.assertTrue(reminder.step_code.startswith("plan:"))
        self.assertEqual(
            set(reminder.item_ids.mapped("move_name")), set(self.moves.mapped("name"))
        )

    def test_it_counts_as_a_contact(self):
        self.accept()
        self.notice()
        self.send()
        Facts = self.env["recouvrement.planner.facts"]
        context = Facts._context(
            self.company, self.dates[0], Facts._current_versions(self.company)
        )
        bundle = Facts._load(context, self.partner.ids)[0]
        self.assertIn(self.dates[0] - timedelta(4), bundle.contact_days)

    def test_no_other_text_may_name_the_plan(self):
        template = self.env["recouvrement.template"].search(
            [("code", "=like", "test_standard%")], limit=1
        )
        with self.assertRaises(ValidationError):
            template.body = "<p>{{ plan_amount }}</p>"

    def test_no_notice_when_switched_off(self):
        self.accept()
        self.company.recouvrement_plan_notice_days = 0
        self.assertEqual(self.notice().reason_code, "payment_plan")
