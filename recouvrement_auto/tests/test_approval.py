"""Limits of delegation: who decides what alone, and the second person (practice.md P20)."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .test_access import MODULE, AccessCommon


@tagged("post_install", "-at_install")
class TestApproval(AccessCommon):
    """An agent with small limits, two managers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = new_test_user(
            cls.env,
            "second_manager",
            groups=f"{MODULE}.{MODULE}_group_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.move = cls.moves[0]
        cls.file = cls.files.filtered(lambda f: f.partner_id == cls.named)
        cls.env["recouvrement.delegation"].search([]).unlink()

    def limit(self, kind, maximum, role="agent", **values):
        return self.env["recouvrement.delegation"].create(
            {"kind": kind, "role": role, "maximum": maximum, **values}
        )

    def ask(self, subject, role="agent", **values):
        """Asked in the dialog of the customer's file."""
        user = self.users[role]
        action = self.file.with_user(user).action_ask_approval()
        form = Form(
            self.env["recouvrement.approval.ask"]
            .with_user(user)
            .with_context(**action["context"])
        )
        form.subject = subject
        form.reason = "The site is closed until then"
        if subject != "irrecoverable":
            form.until = TODAY + timedelta(90)
        dialog = form.save()
        dialog.write(values)
        found = dialog.action_ask()
        return self.env["recouvrement.approval"].browse(found["res_id"])

    def plan_draft(self, amount=100.0, **values):
        """A draft of the agent about the whole debt."""
        user = self.users["agent"]
        Plan = self.env["recouvrement.payment.plan"].with_user(user)
        action = self.file.with_user(user).action_new_plan()
        plan = Plan.browse(action["res_id"])
        if values:
            plan.write(values)
        return plan

    # === LIMITS === #

    def test_the_closest_limit_wins(self):
        Delegation = self.env["recouvrement.delegation"]
        agent, company = self.users["agent"], self.company

        def limit():
            return Delegation._limit(agent, company, "plan")

        self.assertIsNone(limit())
        self.limit("plan", 1000)
        self.assertEqual(limit(), 1000)
        self.limit("plan", 2000, company_id=company.id)
        self.assertEqual(limit(), 2000)
        self.limit("plan", 500, user_id=agent.id)
        self.assertEqual(limit(), 500)
        self.assertIsNone(Delegation._limit(self.boss, company, "plan"))

    def test_wrong_limits_are_refused(self):
        self.limit("plan", 1000)
        for change, error in (
            (lambda: self.limit("plan", 2000), IntegrityError),
            (lambda: self.limit("pause", -1), IntegrityError),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                change()
        with self.assertRaises(ValidationError):
            self.limit("plan", 5, role="manager", user_id=self.users["agent"].id)

    # === PLANS === #

    def test_a_plan_within_the_limit_needs_nobody(self):
        self.limit("plan", 100)
        plan = self.plan_draft()
        plan.action_propose()
        self.assertEqual(plan.state, "proposed")
        self.assertFalse(plan.sudo().approval_ids)

    def test_a_plan_beyond_the_limit_waits_for_a_second_person(self):
        self.limit("plan", 99)
        plan = self.plan_draft()
        plan.action_propose()
        self.assertEqual((plan.state, plan.approval_state), ("draft", "open"))
        with self.assertRaises(UserError):
            plan.action_propose()
        with self.assertRaises(ValidationError):
            plan._set_proposed()
        approval = plan.sudo().approval_ids
        self.assertEqual(approval.measured, {"plan": 100.0})
        self.assertTrue(approval.sudo().activity_ids)
        approval.with_user(self.boss).action_approve()
        self.assertEqual((plan.state, approval.state), ("proposed", "approved"))
        self.assertEqual(approval.decided_by_id, self.boss)
        events = self.env["recouvrement.log"].search([("event", "=like", "approval.%")])
        self.assertEqual(
            sorted(events.mapped("event")), ["approval.approved", "approval.asked"]
        )
        asked = events.filtered(lambda entry: entry.event == "approval.asked")
        self.assertIn("beyond Payment plan, debt", asked.detail)
        self.assertIn("asked 100.00", asked.detail)

    def test_terms_that_changed_are_asked_again(self):
        self.limit("plan", 99)
        plan = self.plan_draft()
        plan.action_propose()
        plan.write({"penalties": "waive_if_kept"})
        with self.assertRaises(UserError):
            plan.sudo().approval_ids.with_user(self.boss).action_approve()

    def test_interest_given_up_has_its_own_limit(self):
        self.limit("waive", 0)
        plan = self.plan_draft(penalties="waive_if_kept")
        plan.action_propose()
        self.assertEqual(plan.sudo().approval_ids.measured, {"waive": 100.0})

    def test_days_of_a_plan_have_a_limit(self):
        self.limit("plan_days", 30)
        plan = self.plan_draft()
        plan.action_propose()
        self.assertEqual(list(plan.sudo().approval_ids.measured), ["plan_days"])

    # === WHO DECIDES === #

    def test_who_proposes_never_decides(self):
        approval = self.ask(
            "irrecoverable", role="manager", move_ids=[Command.set(self.move.ids)]
        )
        with self.assertRaises(AccessError):
            approval.with_user(self.users["manager"]).action_approve()
        self.assertFalse(approval.with_user(self.users["manager"]).may_decide)
        self.assertTrue(approval.with_user(self.boss).may_decide)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            approval.sudo().write(
                {"state": "approved", "decided_by_id": approval.user_id.id}
            )
            approval.flush_recordset()

    def test_the_limit_of_the_second_person_counts_too(self):
        self.limit("irrecoverable", 50, role="manager")
        self.limit("irrecoverable", 500, role="manager", user_id=self.boss.id)
        approval = self.ask("irrecoverable", move_ids=[Command.set(self.move.ids)])
        with self.assertRaises(AccessError):
            approval.with_user(self.users["manager"]).action_approve()
        approval.with_user(self.boss).action_approve()
        self.assertEqual(approval.state, "approved")

    def test_an_agent_decides_only_with_a_limit_of_his_own(self):
        other = new_test_user(
            self.env,
            "second_agent",
            groups=f"{MODULE}.{MODULE}_group_agent",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        approval = self.ask("pause")
        with self.assertRaises(AccessError):
            approval.with_user(other).action_approve()
        self.limit("pause", 120, user_id=other.id)
        approval.with_user(other).action_approve()
        self.assertEqual(approval.state, "approved")

    def test_a_refusal_says_why_and_a_decision_stands(self):
        approval = self.ask("pause").with_user(self.boss)
        with self.assertRaises(UserError):
            approval.action_refuse()
        approval.decision_note = "Two weeks are enough"
        approval.action_refuse()
        self.assertEqual(approval.state, "refused")
        with self.assertRaises(UserError):
            approval.action_approve()
        with self.assertRaises(UserError):
            approval.decision_note = "Something else"
        self.assertFalse(self.file.pause_ids)

    def test_only_who_asked_takes_it_back(self):
        approval = self.ask("pause")
        with self.assertRaises(AccessError):
            approval.with_user(self.boss).action_withdraw()
        approval.with_user(self.users["agent"]).action_withdraw()
        self.assertEqual(approval.state, "withdrawn")

    def test_nobody_writes_a_decision(self):
        approval = self.ask("pause")
        with self.assertRaises(AccessError):
            approval.with_user(self.users["agent"]).decision_note = "Granted"
        with self.assertRaises(AccessError):
            approval.with_user(self.boss).write({"state": "approved"})
        with self.assertRaises(AccessError):
            approval.with_user(self.boss).unlink()

    def test_it_is_in_the_day_of_a_manager(self):
        self.ask("pause")
        Day = self.env["recouvrement.day"]
        models = [one["res_model"] for one in Day.with_user(self.boss)._lists()]
        self.assertIn("recouvrement.approval", models)
        agent = Day.with_user(self.users["agent"])
        models = [one["res_model"] for one in agent._lists()]
        self.assertNotIn("recouvrement.approval", models)

    # === WHAT AN APPROVAL DOES === #

    def test_a_longer_pause(self):
        values = {
            "customer_id": self.file.id,
            "reason": "Closed for works",
            "date_end": TODAY + timedelta(90),
        }
        Pause = self.env["recouvrement.pause"].with_user(self.users["agent"])
        with self.assertRaises(ValidationError):
            Pause.create(values)
        approval = self.ask("pause")
        with self.assertRaises(ValidationError):
            Pause.create({**values, "approval_id": approval.id})
        approval.with_user(self.boss).action_approve()
        pause = self.file.pause_ids
        self.assertEqual(pause.date_end, TODAY + timedelta(90))
        self.assertEqual(pause.user_id, self.users["agent"])
        longer = {**values, "date_end": TODAY + timedelta(91)}
        with self.assertRaises(ValidationError):
            Pause.create({**longer, "approval_id": approval.id})

    def test_a_limit_of_pauses_replaces_that_of_the_scenario(self):
        self.limit("pause", 3)
        Pause = self.env["recouvrement.pause"].with_user(self.users["agent"])
        values = {"customer_id": self.file.id, "reason": "A week asked for"}
        with self.assertRaises(ValidationError):
            Pause.create({**values, "date_end": TODAY + timedelta(4)})
        self.assertTrue(Pause.create({**values, "date_end": TODAY + timedelta(3)}))

    def test_a_later_promise(self):
        Promise = self.env["recouvrement.promise"].with_user(self.users["agent"])
        lines = self.move._recouvrement_open_lines()
        day = TODAY + timedelta(90)
        with self.assertRaises(ValidationError):
            Promise._record(self.file, lines, None, day, "call")
        approval = self.ask("promise", move_ids=[Command.set(self.move.ids)])
        approval.with_user(self.boss).action_approve()
        promise = Promise.search([("customer_id", "=", self.file.id)])
        self.assertEqual((promise.date, promise.state), (day, "running"))

    def test_a_limit_of_promises(self):
        self.limit("promise", 0)
        Promise = self.env["recouvrement.promise"].with_user(self.users["agent"])
        lines = self.move._recouvrement_open_lines()
        with self.assertRaises(ValidationError):
            Promise._record(self.file, lines, None, TODAY + timedelta(1), "call")

    def test_an_irrecoverable_is_chased_no_more_and_goes_to_the_accountant(self):
        approval = self.ask("irrecoverable", move_ids=[Command.set(self.move.ids)])
        self.assertEqual(approval.amount, 100.0)
        approval.with_user(self.boss).action_approve()
        outcome = self.outcome_of(self.plan(), self.named)
        self.assertEqual(outcome, ("held", "item_paused"))
        self.assertEqual(approval.left, 100.0)
        self.assertIn("booked", approval.sudo().activity_ids.summary)
        self.pay(self.move)
        approval.invalidate_recordset()  # the screen is opened again
        self.assertEqual(approval.left, 0.0)

    def test_invoices_of_somebody_else_are_refused(self):
        with self.assertRaises(UserError):
            self.ask("irrecoverable", move_ids=[Command.set(self.moves[1].ids)])
        with self.assertRaises(UserError):
            self.ask("promise")
