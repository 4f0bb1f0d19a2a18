"""How a customer answers, learnt from what followed the contacts; never from the future."""

from datetime import datetime, timedelta
from unittest import mock

from odoo.tests import tagged

from .common import TODAY, OneDebtorCommon

TUESDAY = datetime(2026, 1, 6, 9, 0)  # 10:00 in Paris


@tagged("post_install", "-at_install")
class TestMoment(OneDebtorCommon):
    """A debtor who answers the telephone on Tuesday mornings, and another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls.make_debtor("Silent Debtor")
        Customer = cls.env["recouvrement.customer"].sudo()
        cls.customer = cls.customer.sudo()
        cls.silent = Customer._get_or_create(cls.company, cls.other_partner.ids)
        (cls.partner | cls.other_partner).is_company = True
        cls.now = TUESDAY

    def call(self, customer, at, outcome="other"):
        return (
            self.env["recouvrement.call"]
            .sudo()
            .create(
                {
                    "customer_id": customer.id,
                    "at": at,
                    "date": at.date(),
                    "outcome": outcome,
                }
            )
        )

    def message(self, customer, at, channel="email", **values):
        return (
            self.env["recouvrement.reminder"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "customer_id": customer.id,
                    "date": at.date(),
                    "step_code": "reminder_1",
                    "channel": channel,
                    "state": "sent",
                    "sent_at": at,
                    **values,
                }
            )
        )

    def answer(self, customer, at, **values):
        return customer.message_post(
            body="We pay on Friday",
            message_type="email",
            author_id=customer.partner_id.id,
            date=at,
            **values,
        )

    def habit(self):
        """Five answered calls on Tuesday mornings, three lost on Thursday afternoons."""
        for week in range(5):
            self.call(self.customer, TUESDAY + timedelta(weeks=week))
        for week in range(3):
            thursday = TUESDAY + timedelta(weeks=week, days=2, hours=6)
            self.call(self.customer, thursday, "unreachable")
        for day in range(12):
            at = TUESDAY + timedelta(days=day)
            self.call(self.silent, at, "unreachable")

    def refresh(self, day=TODAY):
        return self.env["recouvrement.moment"].sudo()._refresh(self.company, day)

    def counts(self, day=TODAY):
        """``{(customer, channel): (contacts, answers)}`` as the night reads them."""
        Moment = self.env["recouvrement.moment"].sudo()
        self.env.flush_all()
        found = {}
        for customer, channel, _slot, contacts, answers in self.env.execute_query(
            Moment._sql(self.company, day)
        ):
            before = found.get((customer, channel), (0, 0))
            found[customer, channel] = (before[0] + contacts, before[1] + answers)
        return found

    # === WHAT IS LEARNT === #

    def test_the_habit_is_said(self):
        self.habit()
        self.refresh()
        self.assertEqual(self.customer.answer_channel, "call")
        self.assertEqual(self.customer.call_slot, "1am")
        self.assertEqual(
            self.customer.answer_label,
            "Answers best by telephone: 5 of 8 calls. "
            "To call on Tuesday morning: 5 of 5 calls.",
        )
        self.assertFalse(self.silent.answer_label)

    def test_too_little_says_nothing_and_empties_what_was_said(self):
        self.habit()
        self.refresh()
        written = self.refresh(TODAY + timedelta(days=900))  # all of it too old
        self.assertEqual(written, 1)
        self.assertFalse(self.customer.call_slot or self.customer.answer_facts)
        self.assertFalse(self.customer.answer_label)

    def test_a_second_night_writes_nothing(self):
        self.habit()
        self.assertEqual(self.refresh(), 1)
        self.assertEqual(self.refresh(), 0)

    def test_half_days_are_those_of_the_company(self):
        """11:30 in UTC is past noon in Paris."""
        for week in range(5):
            self.call(self.customer, TUESDAY + timedelta(weeks=week, hours=2.5))
        rows = self.env.execute_query(
            self.env["recouvrement.moment"].sudo()._sql(self.company, TODAY)
        )
        self.assertEqual([row[1:] for row in rows], [("call", "1pm", 5, 5)])

    def test_a_natural_person_is_left_out(self):
        self.habit()
        self.partner.is_company = False
        self.refresh()
        self.assertFalse(self.customer.call_slot)
        self.company.recouvrement_score_persons = True
        self.refresh()
        self.assertEqual(self.customer.call_slot, "1am")

    # === WHAT IS AN ANSWER === #

    def test_answers_to_a_message(self):
        """An e-mail, a request of the page, a payment: each answers the last message."""
        self.message(self.customer, TUESDAY)
        self.answer(self.customer, TUESDAY + timedelta(days=2))
        self.answer(self.customer, TUESDAY + timedelta(days=3))
        self.message(self.customer, TUESDAY + timedelta(days=10), "letter")
        self.env["recouvrement.portal.request"].sudo().create(
            {
                "company_id": self.company.id,
                "customer_id": self.customer.id,
                "kind": "other",
                "asked_on": (TUESDAY + timedelta(days=17)).date(),
            }
        )
        self.message(self.customer, TUESDAY + timedelta(days=30))
        paid = (TUESDAY + timedelta(days=32)).date()
        self.pay(self.move, day=paid)
        key = self.customer.id
        self.assertEqual(
            self.counts(), {(key, "email"): (2, 2), (key, "letter"): (1, 1)}
        )

    def test_what_is_no_answer(self):
        """Too late, before, by a colleague, the same day's payment, to a notice."""
        self.answer(self.customer, TUESDAY - timedelta(hours=1))
        self.message(self.customer, TUESDAY)
        self.answer(self.customer, TUESDAY + timedelta(days=8))
        second = TUESDAY + timedelta(days=20)
        self.message(self.customer, second)
        self.customer.message_post(
            body="Note", message_type="comment", date=second + timedelta(days=1)
        )
        self.pay(self.move, day=second.date())
        self.message(self.customer, second + timedelta(days=9), notice="thanks")
        self.assertEqual(self.counts(), {(self.customer.id, "email"): (2, 0)})

    def test_an_attempt_takes_no_answer_from_the_message(self):
        self.message(self.customer, TUESDAY)
        self.call(self.customer, TUESDAY + timedelta(days=1), "unreachable")
        self.answer(self.customer, TUESDAY + timedelta(days=2))
        key = self.customer.id
        self.assertEqual(self.counts(), {(key, "email"): (1, 1), (key, "call"): (1, 0)})

    # === NO LOOK AHEAD === #

    def test_the_future_changes_nothing(self):
        """The same words whether or not what came after the day is there."""
        self.habit()
        day = (TUESDAY + timedelta(weeks=4, days=3)).date()
        without = self.counts(day)
        self.refresh(day)
        said = self.customer.answer_facts
        for later in range(5):
            at = datetime.combine(day, TUESDAY.time()) + timedelta(days=later)
            self.call(self.customer, at)
            self.message(self.silent, at + timedelta(hours=1))
            self.answer(self.silent, at + timedelta(hours=2))
        self.pay(self.move, day=day)
        self.assertEqual(self.counts(day), without)
        self.refresh(day)
        self.assertEqual(self.customer.answer_facts, said)

    def test_a_contact_counts_once_its_days_are_over(self):
        self.message(self.customer, TUESDAY)
        self.answer(self.customer, TUESDAY + timedelta(days=1))
        self.assertFalse(self.counts((TUESDAY + timedelta(days=7)).date()))
        over = self.counts((TUESDAY + timedelta(days=8)).date())
        self.assertEqual(over, {(self.customer.id, "email"): (1, 1)})

    # === WHERE IT IS USED === #

    def at(self, moment):
        company = self.registry["res.company"]
        return mock.patch.object(company, "_recouvrement_now", lambda this: moment)

    def test_the_list_of_calls_starts_with_them(self):
        self.habit()
        self.refresh()
        files = self.silent | self.customer
        Customer = self.env["recouvrement.customer"].with_company(self.company)

        def first(direction):
            order = f"is_call_moment {direction}, id desc"
            return Customer.search([("id", "in", files.ids)], order=order)[0]

        with self.at(datetime(2026, 3, 17, 9, 30)):
            self.assertTrue(self.customer.is_call_moment)
            self.assertEqual(first("desc"), self.customer)
            self.assertEqual(first("asc"), self.silent)
        self.env.invalidate_all()
        with self.at(datetime(2026, 3, 17, 14, 30)):
            self.assertFalse(self.customer.is_call_moment)
            self.assertEqual(first("desc"), files.sorted("id")[-1])

    def test_the_day_opens_that_list(self):
        Day = self.env["recouvrement.day"].with_user(self.agent)
        rows = Day.search(Day.action_open_day()["domain"])
        action = rows.filtered(lambda row: row.name == "To call").action_open_all()
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        self.assertIn("is_call_moment desc", view.get_combined_arch())

    def test_the_night_does_it(self):
        self.habit()
        self.env["recouvrement.run"].sudo()._refresh_facts(self.company, TODAY)
        self.assertEqual(self.customer.call_slot, "1am")

    def test_the_next_call_is_the_one_of_now(self):
        """The older call waits while the half-day of another customer is now."""
        self.habit()
        self.refresh()
        third = self.make_debtor("Called Before")
        Customer = self.env["recouvrement.customer"].with_user(self.agent)
        before = Customer.sudo()._get_or_create(self.company, third.ids)
        for file, day in ((self.silent, 2), (self.customer, 1)):
            file.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=TODAY - timedelta(day),
                user_id=self.agent.id,
            )
        result = self.env["recouvrement.call.result"].with_user(self.agent)
        result = result.new({"customer_id": before.id, "company_id": self.company.id})
        for hour, file in ((9, self.customer), (15, self.silent)):
            self.env.invalidate_all()
            with self.at(datetime(2026, 3, 17, hour)):
                self.assertEqual(result._next_call().res_id, file.id)

    def test_a_failure_costs_no_night(self):
        Moment = self.registry["recouvrement.moment"]
        with (
            mock.patch.object(Moment, "_refresh", side_effect=ValueError),
            self.assertLogs(
                "odoo.addons.recouvrement_auto.models.recouvrement_run_moment"
            ),
        ):
            self.env["recouvrement.run"].sudo()._refresh_facts(self.company, TODAY)

    # === COST === #

    def test_the_cost_does_not_grow(self):
        self.habit()
        self.refresh()  # what is kept in memory
        few = self.queries()
        for number in range(6):
            partner = self.make_debtor(f"More {number}")
            file = (
                self.env["recouvrement.customer"]
                .sudo()
                ._get_or_create(self.company, partner.ids)
            )
            for week in range(6):
                self.call(file, TUESDAY + timedelta(weeks=week))
        self.assertLessEqual(self.queries(), few)

    def queries(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE recouvrement_customer SET call_slot = NULL")
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.refresh()
        return self.env.cr.sql_log_count - before
