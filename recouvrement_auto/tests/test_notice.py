"""Notices: decided by a person, outside the ladder, by the one way through."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestNotice(RecouvrementCommon):
    """A customer with one invoice that the night would not chase today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Told Us")
        cls.move = cls.make_invoice(cls.debtor, late=5, amount=1000.0)
        Customer = cls.env["recouvrement.customer"].sudo()
        cls.file = Customer._get_or_create(cls.company, cls.debtor.ids)

    def notice(self, notice="promise", moves=None, **values):
        """A planned notice with the text of the library."""
        keys = [(m.id, m.invoice_date_due) for m in moves or self.move]
        subject, body = self.env["recouvrement.template"]._notice_text(notice, "en_US")
        agreed = {
            "agreed_date": str(TODAY + timedelta(5)),
            "agreed_amount": "1,000.00 €",
            "agreed_reason": "the price",
            "answer_date": str(TODAY + timedelta(9)),
        }
        return self.env["recouvrement.reminder"]._plan_notice(
            self.file, notice, keys, subject, body, {**agreed, **values}
        )

    def test_it_leaves_by_the_one_way_and_counts_as_a_contact(self):
        reminder = self.notice()
        self.assertEqual(reminder.state, "queued")
        ((recipient, payload),) = self.send().taken
        self.assertEqual(recipient, self.debtor.email)
        self.assertEqual(reminder.state, "sent")
        self.assertIn("March 22, 2026", reminder.subject)
        self.assertIn("1,000.00 €", reminder.body)
        events = self.env["recouvrement.log"].search(
            [("reminder_res_id", "=", reminder.id)]
        )
        self.assertLessEqual(
            {"reminder.planned", "reminder.claimed", "reminder.sent"},
            set(events.mapped("event")),
        )
        Facts = self.env["recouvrement.planner.facts"].sudo()
        context = Facts._context(self.company, TODAY, ())
        days = Facts._pressure(context, self.file.ids, ())
        self.assertEqual(days[self.file.id], {TODAY})
        self.assertTrue(payload)

    def test_every_text_of_the_library_renders_in_both_languages(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        codes = dict(self.env["recouvrement.template"]._fields["notice"].selection)
        codes.pop("thanks")  # about what is settled, see test_thanks
        for lang in ("en_US", "fr_FR"):
            self.debtor.lang = lang
            for code in codes:
                text = self.env["recouvrement.template"]._notice_text(code, lang)
                with self.subTest(notice=code, lang=lang):
                    self.assertTrue(all(text))
                    self.agent.partner_id.phone = "+33 1 99 00 00 01"
                    reminder = self.notice(code)
                    body = self.env["recouvrement.renderer"]._render(reminder)["body"]
                    self.assertNotIn("{{", body)
                    reminder._refuse("Only looked at")

    def test_it_moves_no_item_on_its_ladder(self):
        self.notice()
        self.send()
        outcome = self.outcome_of(self.plan(), self.debtor)
        self.assertEqual(outcome, ("held", "recent_contact"))
        later = TODAY + timedelta(6)
        self.travel(later)
        reminder = self.reminder_of(self.plan(later), self.debtor)
        self.assertEqual((reminder.state, reminder.step_code), ("queued", "reminder_1"))

    def test_the_limit_of_contacts_and_a_pause_do_not_hold_it(self):
        self.scenario.write({"max_contacts_7": 1, "max_contacts_30": 1})
        self.plan()
        self.send()
        self.env["recouvrement.pause"].create(
            {
                "customer_id": self.file.id,
                "reason": "A week asked for",
                "date_start": TODAY,
                "date_end": TODAY + timedelta(7),
            }
        )
        reminder = self.notice()
        self.assertEqual(len(self.send().taken), 1)
        self.assertEqual(reminder.state, "sent")

    def test_a_freeze_or_a_missing_address_holds_it(self):
        self.file.insolvency = True
        reminder = self.notice()
        self.assertEqual((reminder.state, reminder.reason_code), ("held", "frozen"))
        self.file.insolvency = False
        self.debtor.email = False
        reminder = self.notice()
        self.assertEqual(
            (reminder.state, reminder.reason_code), ("held", "missing_address")
        )
        self.assertFalse(self.send().taken)

    def test_the_claim_reads_again(self):
        for change, outcome in (
            (lambda: self.pay(self.move), ("skipped", "paid")),
            (lambda: self.file.write({"insolvency": True}), ("held", "frozen")),
        ):
            reminder = self.notice()
            change()
            self.assertFalse(self.send().taken)
            self.assertEqual((reminder.state, reminder.reason_code), outcome)
            self.move = self.make_invoice(self.debtor, late=5, amount=70.0)

    def test_shadow_mode_sends_nothing(self):
        reminder = self.notice()
        self.company.recouvrement_mode = "shadow"
        self.assertFalse(self.send().taken)
        self.assertEqual((reminder.state, reminder.reason_code), ("skipped", "shadow"))
        self.assertEqual(self.notice().state, "skipped")

    def test_it_goes_to_the_person_spoken_with(self):
        person = self.env["res.partner"].create(
            {
                "name": "Ms Account",
                "parent_id": self.debtor.id,
                "email": "account@debtor.example",
            }
        )
        self.notice(addressee=person.id)
        ((recipient, _payload),) = self.send().taken
        self.assertEqual(recipient, "account@debtor.example")

    def test_every_collection_contact_gets_it(self):
        people = self.env["res.partner"].create(
            [
                {
                    "name": f"Person {n}",
                    "parent_id": self.debtor.id,
                    "email": f"person{n}@debtor.example",
                }
                for n in range(2)
            ]
        )
        self.file.collection_contact_ids = people
        self.notice()
        taken = self.send().taken + self.send().taken
        self.assertEqual({r for r, _p in taken}, set(people.mapped("email")))

    def test_it_is_no_earlier_reminder(self):
        self.notice()
        self.send()
        self.travel(TODAY + timedelta(1))
        message = self.env["recouvrement.renderer"]._message(self.notice())
        renderer = self.env["recouvrement.renderer"]
        self.assertFalse(renderer._value_previous_messages(message))

    def test_nothing_open_is_refused(self):
        self.pay(self.move)
        with self.assertRaises(UserError):
            self.notice()

    def test_what_was_never_agreed_is_not_sent(self):
        reminder = self.notice(agreed_date=False)
        self.assertFalse(self.send().taken)
        self.assertEqual(
            (reminder.state, reminder.reason_code), ("held", "template_error")
        )

    def test_readers_may_not_write_to_the_debtor(self):
        seller = new_test_user(
            self.env,
            "notice_seller",
            groups="recouvrement_auto.recouvrement_auto_group_salesperson",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.debtor.user_id = seller
        Reminder = self.env["recouvrement.reminder"].with_user(seller)
        with self.assertRaises(AccessError):
            Reminder._plan_notice(
                self.file.with_user(seller), "other", [], "Subject", "<p>Words</p>"
            )

    def test_words_of_a_notice_stay_in_notices(self):
        values = {
            "name": "Wrong",
            "code": "wrong_notice",
            "channel": "email",
            "subject": "Your payment",
            "body": "<p>You pay on {{ agreed_date }}</p>",
        }
        Template = self.env["recouvrement.template"]
        with self.assertRaises(ValidationError):
            Template.create(values)
        text = Template.create({**values, "notice": "promise"})
        with self.assertRaises(ValidationError):
            text.notice = False
        with self.assertRaises(ValidationError):
            self.scenario.line_ids[0].template_id = text
        used = self.scenario.line_ids[1].template_id
        with self.assertRaises(ValidationError):
            used.notice = "other"
