"""E-mails that reach nobody: the same day another channel or a person, once (C5)."""

from datetime import timedelta
from unittest import mock

from odoo.tests import tagged

from ..tools.smtp_phases import FAILED, PHASE_RCPT, Outcome
from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestUndeliverable(RecouvrementCommon):
    """One customer, one overdue invoice, an address that does not work."""

    def setUp(self):
        super().setUp()
        self.debtor = self.make_debtor("Lost Debtor")
        self.move = self.make_invoice(self.debtor, late=5)
        [self.customer] = self.env["recouvrement.customer"]._get_or_create(
            self.company, self.debtor.ids
        )
        renderer = self.registry["recouvrement.renderer"]
        self.patch(renderer, "_render_letter", lambda *a: b"%PDF-1.4 letter")

    def bounce(self):
        """The message of today was accepted, then came back."""
        self.plan()
        transport = self.send()
        self.assertEqual(len(transport.taken), 1)
        self.customer._message_receive_bounce(self.debtor.email, self.debtor)

    def refuse(self, answer):
        """The mail server answers the recipient with ``answer``."""
        self.plan()
        self.send(lambda _recipient: Outcome(FAILED, PHASE_RCPT, answer))

    def made(self):
        """Messages of the customer beside the one that came back."""
        return self.customer.reminder_ids.filtered(lambda r: r.channel != "email")

    def todo(self):
        return self.customer.activity_ids.filtered(
            lambda a: "check the address" in (a.summary or "")
        )

    def test_a_person_is_asked_once(self):
        self.bounce()
        self.customer._message_receive_bounce(self.debtor.email, self.debtor)
        self.send()
        self.assertEqual(len(self.todo()), 1)
        self.assertIn(self.debtor.email, self.todo().note)
        self.assertFalse(self.made())

    def test_a_letter_leaves_the_same_day(self):
        self.company.recouvrement_undeliverable = "letter"
        self.bounce()
        self.send()  # follows up
        self.send()  # sends the letter
        letter = self.made()
        self.assertEqual(
            (letter.channel, letter.step_code, letter.state, letter.date),
            ("letter", "reminder_1", "sent", TODAY),
        )
        self.assertEqual(letter.delivery_ids.state, "sent")
        self.assertFalse(self.todo())
        came_back = self.customer.reminder_ids - letter
        self.assertTrue(came_back.undelivered)
        self.assertTrue(
            self.env["recouvrement.log"].search_count(
                [
                    ("event", "=", "reminder.undelivered"),
                    ("reminder_res_id", "=", came_back.id),
                ]
            )
        )

    def test_it_happens_once(self):
        self.company.recouvrement_undeliverable = "letter"
        self.bounce()
        for _again in range(3):
            self.customer._message_receive_bounce(self.debtor.email, self.debtor)
            self.send()
        self.assertEqual(len(self.made()), 1)

    def test_a_refused_recipient_gets_a_call(self):
        self.company.recouvrement_undeliverable = "call"
        self.refuse("550 5.1.1 no such user")
        self.send()
        call = self.made()
        self.assertEqual((call.channel, call.state), ("call", "sent"))
        activity = self.customer.activity_ids
        self.assertEqual(
            activity.activity_type_id, self.env.ref("mail.mail_activity_data_call")
        )
        self.assertIn("no e-mail arrives", activity.summary)

    def test_a_refusal_by_policy_says_nothing_of_the_address(self):
        self.company.recouvrement_undeliverable = "call"
        self.refuse("550 5.7.1 blocked")
        self.send()
        self.assertFalse(self.made())
        self.assertFalse(self.customer.reminder_ids.delivery_ids.bounced_at)

    def test_without_postal_address_a_person_is_asked(self):
        self.company.recouvrement_undeliverable = "letter"
        self.debtor.street = False
        self.bounce()
        self.send()
        self.assertFalse(self.made())
        self.assertEqual(len(self.todo()), 1)
        self.assertFalse(self.customer.reminder_ids.undelivered)

    def test_one_of_two_recipients_got_it(self):
        """Nothing leaves twice when somebody has the message; the address is checked."""
        self.company.recouvrement_undeliverable = "letter"
        other = self.make_debtor("Second", parent_id=self.debtor.id, is_company=False)
        self.customer.collection_contact_ids = self.debtor | other
        self.plan()
        self.assertEqual(len(self.send().taken), 2)
        self.customer._message_receive_bounce(other.email_normalized, other)
        self.send()
        self.assertFalse(self.made())
        self.assertEqual(len(self.todo()), 1)

    def test_a_missing_address_is_replaced_at_night(self):
        self.debtor.email = False
        self.assertEqual(
            self.outcome_of(self.plan(), self.debtor), ("held", "missing_address")
        )
        self.company.recouvrement_undeliverable = "letter"
        day = TODAY + timedelta(1)
        self.travel(day)
        reminder = self.reminder_of(self.plan(day), self.debtor)
        self.assertEqual(
            (reminder.channel, reminder.step_code, reminder.state),
            ("letter", "reminder_1", "queued"),
        )
        self.send()
        self.assertEqual(reminder.state, "sent")

    def test_nothing_is_replaced_before_the_due_date(self):
        self.company.recouvrement_undeliverable = "letter"
        early = self.make_debtor("Early Debtor", email=False)
        self.make_invoice(early, late=-5)
        reminder = self.reminder_of(self.plan(), early)
        self.assertEqual(
            (reminder.channel, reminder.reason_code), ("email", "missing_address")
        )

    def test_the_step_goes_on_afterwards(self):
        """The letter used the step: the next one comes at its own date, once."""
        self.company.recouvrement_undeliverable = "letter"
        self.bounce()
        self.send()
        self.send()
        day = TODAY + timedelta(1)
        self.travel(day)
        self.assertIsNone(self.outcome_of(self.plan(day), self.debtor))
        day = TODAY + timedelta(6)
        self.travel(day)
        reminder = self.reminder_of(self.plan(day), self.debtor)
        self.assertEqual(
            (reminder.channel, reminder.step_code), ("letter", "reminder_2")
        )

    def test_one_that_fails_costs_itself(self):
        self.company.recouvrement_undeliverable = "letter"
        self.bounce()
        reminder = self.registry["recouvrement.reminder"]
        with (
            mock.patch.object(reminder, "_replace_undelivered", side_effect=ValueError),
            self.assertLogs("odoo.addons.recouvrement_auto", "ERROR"),
        ):
            self.send()
        self.assertFalse(self.customer.reminder_ids.delivery_ids.followed_up_at)
        self.send()
        self.assertEqual(len(self.made()), 1)
