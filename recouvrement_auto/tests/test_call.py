"""After-call dialog: what was said takes effect, is confirmed, logged and counted."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestCall(RecouvrementCommon):
    """An agent speaks with a customer who owes two invoices and a third not due yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Spoken With")
        cls.old = cls.make_invoice(cls.debtor, late=25, amount=1000.0)
        cls.late = cls.make_invoice(cls.debtor, late=5, amount=200.0)
        cls.coming = cls.make_invoice(cls.debtor, late=-9, amount=50.0)
        Customer = cls.env["recouvrement.customer"].sudo()
        cls.file = Customer._get_or_create(cls.company, cls.debtor.ids)
        cls.caller = new_test_user(
            cls.env,
            "caller",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            email="caller@negoce.example",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.file = cls.file.with_user(cls.caller)
        cls.reason = cls.env.ref("recouvrement_auto.recouvrement_dispute_reason_price")

    def dialog(self, outcome, action=None, **values):
        """The dialog as the browser opens it, filled."""
        action = action or self.file.action_call_result()
        Result = self.env[action["res_model"]].with_user(self.caller)
        form = Form(
            Result.with_context(**action["context"]),
            "recouvrement_auto.recouvrement_call_result_view_form",
        )
        form.outcome = outcome
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def note(self, outcome, action=None, **values):
        """Note a call and return it."""
        self.dialog(outcome, action, **values).action_record()
        return self.calls()[:1]

    def calls(self):
        return self.env["recouvrement.call"].search([])

    def outcome_of_night(self, day=TODAY):
        self.travel(day)
        return self.outcome_of(self.plan(day), self.debtor)

    # === WHAT IS PROPOSED === #

    def test_everything_overdue_is_ticked(self):
        result = self.dialog("promise")
        ticked = {line.name: line.selected for line in result.line_ids}
        self.assertEqual(
            ticked,
            {self.old.name: True, self.late.name: True, self.coming.name: False},
        )
        self.assertEqual((result.amount, result.ticked), (1200.0, 2))
        self.assertEqual(result.date, TODAY + timedelta(7))
        self.assertTrue(result.send_mail)
        self.assertIn("1,200.00", result.mail_preview)
        self.assertIn("Spoken With", result.mail_preview)
        self.assertFalse(result.mail_problem)

    def test_amounts_follow_the_ticks(self):
        form = Form(
            self.env["recouvrement.call.result"]
            .with_user(self.caller)
            .with_context(default_customer_id=self.file.id),
            "recouvrement_auto.recouvrement_call_result_view_form",
        )
        with form.line_ids.edit(0) as line:
            line.selected = False
        self.assertEqual(form.amount, 200.0)
        self.assertNotIn(self.old.name, form.mail_preview)

    def test_what_is_excused_is_not_ticked_again(self):
        self.note("promise")
        result = self.dialog("promise")
        self.assertFalse(result.line_ids.filtered("selected"))
        self.assertEqual(set(result.line_ids.mapped("excuse")), {"Promised", ""})

    # === OUTCOMES === #

    def test_promise(self):
        call = self.note("promise", date=TODAY + timedelta(6), note="By transfer")
        promise = call.promise_id
        self.assertEqual(promise.amount, 1200.0)
        self.assertEqual(promise.item_ids.move_id, self.old | self.late)
        self.assertEqual((promise.source, promise.note), ("call", "By transfer"))
        notice = call.notice_id
        self.assertEqual((notice.notice, notice.state), ("promise", "queued"))
        ((recipient, _payload),) = self.send().taken
        self.assertEqual(recipient, self.debtor.email)
        self.assertIn("March 23, 2026", notice.subject)
        self.assertIn("1,200.00", notice.body)
        self.assertEqual(notice.agent_id, self.caller)
        self.assertEqual(self.outcome_of_night(), ("held", "promise"))

    def test_dispute_of_a_part(self):
        form_action = self.file.action_call_result()
        result = self.dialog("dispute", form_action, reason_id=self.reason)
        result.line_ids.filtered(lambda x: x.name != self.old.name).selected = False
        result.write({"amount": 640.0, "note": "Tiles of the second choice"})
        result.action_record()
        call = self.calls()
        dispute = call.dispute_ids
        self.assertEqual((dispute.amount, dispute.whole), (640.0, False))
        self.assertEqual(dispute.move_id, self.old)
        self.send()
        body = call.notice_id.body
        self.assertIn("640.00", body)
        self.assertIn("second choice", body)
        self.assertIn("March 24, 2026", body)  # five working days after the 17th

    def test_dispute_of_whole_invoices(self):
        call = self.note("dispute", reason_id=self.reason)
        self.assertEqual(call.dispute_ids.move_id, self.old | self.late)
        self.assertTrue(all(call.dispute_ids.mapped("whole")))

    def test_validation_and_transfer_use_the_pauses(self):
        for outcome, kind in (
            ("in_validation", "in_validation"),
            ("transfer", "transfer_announced"),
        ):
            self.note(outcome, note=f"Says {outcome}")
            pauses = self.file.pause_ids.filtered(lambda p, k=kind: p.kind == k)
            self.assertEqual(
                set(pauses.mapped("move_res_id")), {self.old.id, self.late.id}
            )
            self.assertIn(f"Says {outcome}", pauses[0].reason)
            pauses.action_lift()
        self.assertEqual(len(self.calls().notice_id), 2)

    def test_a_copy_leaves_at_once_with_the_invoice(self):
        call = self.note("invoice_missing")
        notice = call.notice_id
        self.assertEqual(notice.notice, "invoice_copy")
        self.assertFalse(notice.attachments_ready)
        self.assertTrue(notice._step_options()["attach_invoices"])
        self.assertEqual(set(notice._asked_move_ids()), {self.old.id, self.late.id})
        self.assertEqual(set(self.file.pause_ids.mapped("kind")), {"in_validation"})
        for move in self.old | self.late:
            self.env["ir.attachment"].create(
                {
                    "name": f"{move.id}.pdf",
                    "res_model": "account.move",
                    "res_field": "invoice_pdf_report_file",
                    "res_id": move.id,
                    "raw": b"%PDF-1.4 a copy %%EOF",
                    "mimetype": "application/pdf",
                }
            )
            move.invalidate_recordset()
        ((_recipient, payload),) = self.send().taken
        self.assertEqual(payload.count(b"application/pdf"), 2)

    def test_a_copy_without_an_address_is_for_a_person(self):
        self.debtor.email = False
        call = self.note("invoice_missing")
        self.assertFalse(call.notice_id)
        self.assertIn(
            "copy of the invoice", self.file.activity_ids.mapped("summary")[0]
        )

    def test_nobody_reached_then_another_channel(self):
        self.company.recouvrement_call_attempts = 2
        call = self.note("unreachable")
        self.assertFalse(call.notice_id)
        again = self.file.activity_ids
        self.assertEqual(again.date_deadline, TODAY + timedelta(1))
        self.assertEqual(again.activity_type_id.category, "phonecall")
        result = self.dialog("unreachable")
        self.assertEqual(result.attempt_label, "Attempt 2 of 2")
        self.assertEqual((result.next_action, result.send_mail), ("none", True))
        result.action_record()
        self.assertEqual(self.calls()[0].notice_id.notice, "unreachable")
        self.assertFalse(self.file.activity_ids)
        self.agent.partner_id.phone = self.caller.partner_id.phone = "+33 199000001"
        self.assertEqual(len(self.send().taken), 1)

    def test_attempts_start_again_once_somebody_was_reached(self):
        self.note("unreachable")
        self.note("other", note="He calls back")
        self.assertEqual(self.dialog("unreachable").attempt_label, "Attempt 1 of 3")

    def test_next_action(self):
        self.note(
            "other",
            note="Wants the delivery note",
            next_action="todo",
            next_date=TODAY + timedelta(2),
            next_user_id=self.agent,
        )
        task = self.file.activity_ids
        self.assertEqual(
            (task.user_id, task.date_deadline, task.summary),
            (self.agent, TODAY + timedelta(2), "Wants the delivery note"),
        )

    # === CONTACT, LOG, ACTIVITY === #

    def test_a_call_is_a_contact_unless_nobody_was_reached(self):
        Facts = self.env["recouvrement.planner.facts"].sudo()
        context = Facts._context(self.company, TODAY, ())
        self.note("unreachable", send_mail=False, next_action="none")
        self.assertFalse(Facts._pressure(context, self.file.ids, ())[self.file.id])
        self.note("other", note="Spoke")
        days = Facts._pressure(context, self.file.ids, ())
        self.assertEqual(days[self.file.id], {TODAY})

    def test_the_log_and_the_history_tell_it(self):
        call = self.note("promise", note="On Friday")
        entry = self.env["recouvrement.log"].search([("event", "=", "call.made")])
        self.assertEqual(entry.customer_res_id, self.file.id)
        self.assertEqual(sorted(entry.moves), sorted((self.old | self.late).ids))
        self.assertNotIn("Friday", entry.payload)  # personal values are committed to
        Timeline = self.env["recouvrement.timeline"]
        found = Timeline.get_page("recouvrement.customer", self.file.id)["events"]
        titles = {event["title"]: event["side"] for event in found}
        self.assertEqual(titles.get("Call: Promise to pay"), "ours")
        self.assertEqual(titles.get("Promise for 03/24/2026"), "debtor")
        about = Timeline.get_page("account.move", self.coming.id)["events"]
        self.assertNotIn("call", {event["source"] for event in about})
        self.assertEqual(call.user_id, self.caller)

    def test_the_call_of_the_scenario_is_done(self):
        self.scenario.line_ids.filtered(lambda x: x.channel == "email").unlink()
        self.plan()
        self.send()
        activity = self.file.activity_ids
        self.assertEqual(len(activity), 1)
        reminder = self.env["recouvrement.reminder"].search([("channel", "=", "call")])
        call = self.note(
            "promise",
            reminder.with_user(self.caller).action_call_result(),
            note="Pays on Tuesday",
        )
        self.assertFalse(activity.exists().filtered("active"))
        self.assertEqual(call.reminder_id, reminder)
        bodies = " ".join(self.file.message_ids.mapped("body"))
        self.assertIn("Pays on Tuesday", bodies)

    def test_a_call_made_before_its_approval_is_not_asked_again(self):
        self.company.recouvrement_mode = "confirm"
        self.scenario.line_ids.filtered(lambda x: x.channel == "email").unlink()
        reminder = self.reminder_of(self.plan(), self.debtor)
        self.assertEqual(reminder.state, "to_confirm")
        action = reminder.with_user(self.caller).action_call_result()
        self.note("other", action, note="Spoke already")
        self.send()
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(self.file.activity_ids)

    def test_the_next_call_opens(self):
        other = self.make_debtor("Next One")
        self.make_invoice(other, late=30)
        file = self.env["recouvrement.customer"].sudo()
        file = file._get_or_create(self.company, other.ids)
        file.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=TODAY,
            user_id=self.caller.id,
        )
        answer = self.dialog("promise").action_record_next()
        following = answer["params"]["next"]
        self.assertEqual(following["context"]["default_customer_id"], file.id)

    # === REFUSALS === #

    def test_what_is_missing_is_said_before_anything_is_noted(self):
        cases = (
            ({"outcome": "promise", "date": False}, "day that was named"),
            ({"outcome": "dispute", "reason_id": False}, "why the customer contests"),
            ({"outcome": "other", "note": " "}, "what was said"),
            (
                {"outcome": "promise", "mail_body": "<p>{{ wrong }}</p>"},
                "does not exist",
            ),
            (
                {"outcome": "unreachable", "next_action": "call", "next_date": False},
                "day",
            ),
        )
        for values, words in cases:
            result = self.dialog("promise", note="Said")
            result.write(values)
            with self.subTest(values=values), self.assertRaisesRegex(UserError, words):
                result.action_record()
        result = self.dialog("promise")
        result.line_ids.selected = False
        with self.assertRaisesRegex(UserError, "Tick the invoices"):
            result.action_record()
        self.assertFalse(self.calls())
        self.assertFalse(self.env["recouvrement.promise"].search([]))

    def test_an_email_that_cannot_leave_is_said(self):
        self.file.sudo().insolvency = True
        answer = self.dialog("promise").action_record()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertIn("Frozen", answer["params"]["message"])
        self.assertTrue(self.calls().promise_id)

    def test_a_call_is_never_changed(self):
        call = self.note("other", note="Said").with_user(self.caller)
        with self.assertRaises(AccessError):
            call.note = "Something else"
        with self.assertRaises(AccessError):
            call.sudo().unlink()

    def test_readers_note_no_call(self):
        for role in ("salesperson", "auditor"):
            user = new_test_user(
                self.env,
                f"call_{role}",
                groups=f"recouvrement_auto.recouvrement_auto_group_{role}",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            self.debtor.user_id = user
            self.env.invalidate_all()
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.file.with_user(user).action_call_result()

    def test_attempts_have_a_range(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.company.recouvrement_call_attempts = 0
            self.env.flush_all()
