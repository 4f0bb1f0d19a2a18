"""Sending inside Odoo's test cursor: content, addressees, log. Locks: tests/scenario."""

from datetime import timedelta
from email import message_from_bytes, policy
from unittest import mock

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tools.smtp_phases import Outcome

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestSend(RecouvrementCommon):
    def test_sent_with_identity_thread_and_proof(self):
        partner = self.make_debtor("Alpha")
        move = self.make_invoice(partner, 3)
        run = self.plan()
        transport = self.send()
        reminder = self.reminder_of(run, partner)
        self.assertEqual((reminder.state, run.state), ("sent", "closed"))
        recipient, payload = transport.taken[0]
        message = message_from_bytes(payload, policy=policy.default)
        self.assertEqual(recipient, "alpha@debtor.example")
        self.assertEqual(message["Message-Id"], reminder._message_reference())
        self.assertIn(reminder.key, message["References"])
        self.assertIn(move.name, message["Subject"])
        thread = reminder.mail_message_id
        self.assertEqual(thread.message_id, reminder._message_reference())
        self.assertEqual(thread.notification_ids.res_partner_id, partner)
        self.assertEqual(thread.author_id, self.agent.partner_id)
        self.assertIn(self.agent.partner_id, reminder.customer_id.message_partner_ids)
        events = self.events(reminder)
        self.assertEqual(
            events,
            [
                "reminder.planned",
                "delivery.claimed",
                "reminder.claimed",
                "delivery.sent",
                "reminder.sent",
            ],
        )

    def events(self, reminder):
        return (
            self.env["recouvrement.log"]
            .search([("reminder_res_id", "=", reminder.id)], order="id")
            .mapped("event")
        )

    def test_answer_threads_back_and_reaches_the_responsible(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3)
        run = self.plan()
        self.send()
        reminder = self.reminder_of(run, partner)
        raw = (
            "From: Alpha <alpha@debtor.example>\r\nTo: catchall@x.example\r\n"
            f"Subject: Re: x\r\nMessage-Id: <answer@debtor.example>\r\n"
            f"In-Reply-To: {reminder._message_reference()}\r\n"
            f"References: {reminder._message_reference()}\r\n\r\nPaid tomorrow.\r\n"
        )
        self.env["mail.thread"].sudo().message_process(False, raw)
        answer = reminder.customer_id.message_ids[0]
        self.assertIn("Paid tomorrow", answer.body)
        self.assertIn(self.agent.partner_id, answer.notified_partner_ids)

    def test_every_collection_contact_gets_one_and_only_the_refused_one_fails(self):
        partner = self.make_debtor("Alpha")
        one = self.make_debtor("One", parent_id=partner.id, is_company=False)
        two = self.make_debtor("Two", parent_id=partner.id, is_company=False)
        self.make_invoice(partner, 3)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        customer.collection_contact_ids = one | two
        run = self.plan()

        def answer(recipient):
            if recipient.startswith("one"):
                return Outcome("failed", "rcpt", "550 unknown")
            return Outcome("sent", "done", "250 ok")

        transport = self.send(answer)
        self.assertEqual([r for r, _p in transport.taken], ["two@debtor.example"])
        reminder = self.reminder_of(run, partner)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(
            {d.address: d.state for d in reminder.delivery_ids},
            {"one@debtor.example": "failed", "two@debtor.example": "sent"},
        )

    def test_to_confirm_waits_and_refusal_needs_a_reason(self):
        self.company.recouvrement_mode = "confirm"
        one, two = self.make_debtor("One"), self.make_debtor("Two")
        for partner in (one, two):
            self.make_invoice(partner, 3)
        run = self.plan()
        self.assertEqual(self.send().taken, [])
        self.reminder_of(run, one).action_confirm()
        wizard = self.env["recouvrement.reminder.refuse"].create(
            {
                "reminder_ids": [(6, 0, self.reminder_of(run, two).ids)],
                "reason": "Called this morning",
            }
        )
        wizard.action_refuse()
        self.assertEqual(len(self.send().taken), 1)
        self.assertEqual(self.outcome_of(run, two), ("skipped", "refused"))
        self.assertEqual(run.state, "closed")

    def test_tone_follows_the_most_advanced_item_left(self):
        partner = self.make_debtor("Alpha")
        lead = self.make_invoice(partner, 10)
        self.make_invoice(partner, 3, 50)
        first = self.plan()
        self.send()
        later = TODAY + timedelta(7)
        self.travel(later)
        run = self.plan(later)
        reminder = self.reminder_of(run, partner)
        self.assertEqual(reminder.step_code, "reminder_2")
        self.assertTrue(first)
        self.pay(lead, day=later)
        self.send()
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.total_overdue, 50)

    def test_own_data_only(self):
        partners = [self.make_debtor(f"N{i}") for i in range(5)]
        names = {}
        for partner in partners:
            names[partner.email] = self.make_invoice(partner, 3).name
        self.plan()
        for recipient, payload in self.send().taken:
            text = message_from_bytes(payload, policy=policy.default).as_string()
            found = {name for name in names.values() if name in text}
            self.assertEqual(found, {names[recipient]})

    def test_text_that_does_not_render_is_held(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3)
        run = self.plan()
        renderer = self.registry["recouvrement.renderer"]
        with mock.patch.object(renderer, "_render", side_effect=UserError("no rate")):
            self.send()
        self.assertEqual(self.outcome_of(run, partner), ("held", "template_error"))

    def test_call_and_end_become_activities(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 20)
        self.scenario.line_ids.filtered(lambda x: x.delay < 20).unlink()
        run = self.plan()
        self.send()
        reminder = self.reminder_of(run, partner)
        self.assertEqual((reminder.channel, reminder.state), ("call", "sent"))
        activity = reminder.customer_id.activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertEqual(
            activity.activity_type_id, self.env.ref("mail.mail_activity_data_call")
        )

    def test_send_now_plans_the_next_step_and_says_why_not(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 1)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        answer = customer.action_send_now()
        self.assertEqual(answer["params"]["type"], "success")
        self.assertEqual(len(self.send().taken), 1)
        partner.email = False
        answer = customer.action_send_now()
        self.assertEqual(answer["params"]["type"], "warning")

    def test_another_night_does_not_repeat_the_step(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3)
        self.plan()
        self.assertEqual(len(self.send().taken), 1)
        for offset in range(1, 7):
            day = TODAY + timedelta(offset)
            self.travel(day)
            self.plan(day)
            self.assertEqual(self.send().taken, [])
