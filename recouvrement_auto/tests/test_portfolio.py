"""Portfolios: deputies during an absence, transfer with a reason (P6)."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .test_access import MODULE, AccessCommon


class PortfolioCommon(AccessCommon):
    """Karim has a customer, Sophie stands in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.karim, cls.sophie = (
            new_test_user(
                cls.env,
                name,
                email=f"{name}@negoce.example",
                groups=f"{MODULE}.{MODULE}_group_agent",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for name in ("karim", "sophie")
        )
        cls.file = cls.files.filtered(lambda f: f.partner_id == cls.named)
        cls.file.agent_id = cls.karim

    def absence(self, start=0, end=6, **values):
        """Karim is away; days from today."""
        return self.env["recouvrement.absence"].create(
            {
                "user_id": self.karim.id,
                "deputy_id": self.sophie.id,
                "date_from": TODAY + timedelta(start),
                "date_to": TODAY + timedelta(end),
                **values,
            }
        )

    def mine(self, user):
        """What the filter "My portfolio" shows to a user."""
        Customer = self.env["recouvrement.customer"].with_user(user)
        return Customer.search([("is_mine", "=", True)]).sudo()

    def call(self, user, late=0):
        """An open call about the customer of Karim."""
        return self.file.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=TODAY + timedelta(late),
            user_id=user.id,
        )


@tagged("post_install", "-at_install")
class TestDeputies(PortfolioCommon):
    """Who acts, who sees, who signs, who is called."""

    def test_customers_of_the_absent_are_the_deputys_too(self):
        self.assertIn(self.file, self.mine(self.karim))
        self.assertNotIn(self.file, self.mine(self.sophie))
        self.absence()
        self.assertIn(self.file, self.mine(self.karim))
        self.assertIn(self.file, self.mine(self.sophie))
        self.assertTrue(self.file.with_user(self.sophie).is_mine)
        self.file.invalidate_recordset()
        self.assertEqual(self.file.acting_id, self.sophie)
        self.assertEqual(self.file.responsible_id, self.karim)
        self.travel(TODAY + timedelta(7))
        self.assertNotIn(self.file, self.mine(self.sophie))

    def test_the_deputy_signs_and_finds_the_message(self):
        self.absence()
        run = self.plan()
        reminder = self.reminder_of(run, self.named)
        self.assertEqual(reminder.agent_id, self.sophie)
        self.assertTrue(reminder.with_user(self.sophie).is_mine)
        transport = self.send()
        [payload] = [p for to, p in transport.taken if to == self.named.email]
        self.assertIn(b"sophie@negoce.example", payload)
        self.assertNotIn(b"karim@negoce.example", payload)

    def test_new_activities_go_to_the_deputy(self):
        self.absence()
        self.assertEqual(self.call(self.karim).user_id, self.sophie)
        other = self.named.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.karim.id
        )
        self.assertEqual(other.user_id, self.karim, "not about the collection")

    def test_open_activities_go_and_come_back(self):
        due, later = self.call(self.karim, 2), self.call(self.karim, 20)
        absence = self.absence(start=1, end=5)
        self.assertEqual(due.user_id, self.karim, "not begun")
        self.travel(TODAY + timedelta(1))
        self.env["recouvrement.watch"].sudo()._cron_watch()
        self.assertEqual((due.user_id, later.user_id), (self.sophie, self.karim))
        told = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.sophie.partner_id.ids)], limit=1
        )
        self.assertIn("1 activities", told.body)
        self.travel(TODAY + timedelta(6))
        absence.invalidate_recordset()
        for _twice in range(2):
            self.env["recouvrement.watch"].sudo()._cron_watch()
        self.assertEqual(due.user_id, self.karim)
        self.assertTrue(absence.given_back)

    def test_an_answer_reaches_the_deputy(self):
        self.absence()
        self.file.invalidate_recordset()
        answer = self.file.message_post(
            body="Paid", message_type="email", subtype_xmlid="mail.mt_comment"
        )
        self.assertIn(self.sophie.partner_id, answer.notified_partner_ids)

    def test_an_archived_deputy_acts_for_nobody(self):
        self.absence()
        self.sophie.active = False
        self.file.invalidate_recordset()
        self.assertEqual(self.file.acting_id, self.karim)

    # === BAD INPUT === #

    def refused(self, sentence, **values):
        """The absence is refused with this sentence; nothing of it stays."""
        with self.assertRaises(ValidationError) as caught:
            self.absence(**values)
        self.assertRegex(str(caught.exception), sentence)

    def test_nobody_is_his_own_deputy(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.absence(deputy_id=self.karim.id)

    def test_days_in_order(self):
        self.refused("ends on or after", start=3, end=2)

    def test_no_two_absences_at_once(self):
        self.absence()
        self.refused("^karim .*is away from", start=6, end=9)
        self.assertTrue(self.absence(start=7, end=9))

    def test_a_deputy_is_there(self):
        self.absence()
        self.refused(
            "^karim .*is away from", user_id=self.sophie.id, deputy_id=self.karim.id
        )
        self.refused(
            "stands in for", user_id=self.sophie.id, deputy_id=self.users["agent"].id
        )

    def test_one_that_has_begun_is_ended_not_deleted(self):
        absence = self.absence()
        with self.assertRaises(ValidationError):
            absence.unlink()
        coming = self.absence(start=10, end=12)
        coming.unlink()

    def test_filters_by_state(self):
        running, coming = self.absence(), self.absence(start=10, end=12)
        Absence = self.env["recouvrement.absence"]
        for state, expected in (
            ("running", running),
            ("coming", coming),
            ("over", Absence),
        ):
            with self.subTest(state=state):
                found = Absence.search([("state", "in", [state])])
                self.assertEqual(found, expected)
                self.assertEqual(set(found.mapped("state")), set(expected and [state]))


@tagged("post_install", "-at_install")
class TestTransfer(PortfolioCommon):
    """Customers change hands in bulk."""

    def transfer(self, role="manager", **values):
        """Press the button as a role."""
        Transfer = self.env["recouvrement.portfolio.transfer"]
        return (
            Transfer.with_user(self.users[role])
            .create(
                {
                    "user_id": self.sophie.id,
                    "reason": "New sharing of the portfolios",
                    **values,
                }
            )
            .action_transfer()
        )

    def test_all_customers_of_an_agent(self):
        call = self.call(self.karim)
        run = self.plan()
        self.transfer(from_user_id=self.karim.id)
        self.assertEqual(self.file.agent_id, self.sophie)
        self.assertEqual(call.user_id, self.sophie)
        self.assertEqual(self.reminder_of(run, self.named).agent_id, self.sophie)
        other = self.files - self.file
        self.assertFalse(other.agent_id)
        entry = self.env["recouvrement.log"].search(
            [("event", "=", "customer.transferred")]
        )
        self.assertEqual(entry.customer_res_id, self.file.id)
        self.assertIn("karim", entry.detail)
        self.assertIn("sophie", entry.detail)
        self.assertIn("New sharing", self.file.message_ids[0].body)

    def test_chosen_customers_without_their_activities(self):
        call = self.call(self.karim)
        self.transfer(customer_ids=[(6, 0, self.files.ids)], with_activities=False)
        self.assertEqual(self.files.agent_id, self.sophie)
        self.assertEqual(call.user_id, self.karim)
        entries = self.env["recouvrement.log"].search_count(
            [("event", "=", "customer.transferred")]
        )
        self.assertEqual(entries, 2)

    def test_back_to_the_default_agent(self):
        self.transfer(customer_ids=[(6, 0, self.file.ids)], user_id=False)
        self.assertFalse(self.file.agent_id)
        self.assertEqual(self.file.responsible_id, self.company.recouvrement_user_id)

    def test_nobody_to_transfer(self):
        with self.assertRaises(UserError):
            self.transfer()

    def test_only_managers(self):
        for role in ("agent", "auditor", "salesperson"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.transfer(role, from_user_id=self.karim.id)
