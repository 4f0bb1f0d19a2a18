"""Complaints about the chase itself, tied to the message (practice.md P21)."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_access import AccessCommon


@tagged("post_install", "-at_install")
class TestComplaint(AccessCommon):
    """Two customers who both received a message tonight."""

    def setUp(self):
        super().setUp()
        self.run = self.night()
        self.file = self.files.filtered(lambda f: f.partner_id == self.named)
        self.message = self.reminder_of(self.run, self.named)

    def note(self, role="agent", **values):
        Complaint = self.env["recouvrement.complaint"].with_user(self.users[role])
        return Complaint.create(
            {"customer_id": self.file.id, "note": "I paid on Monday", **values}
        )

    def test_it_names_the_last_message_and_so_the_step(self):
        complaint = self.note(kind="settled", source="call")
        self.assertEqual(complaint.reminder_id, self.message)
        self.assertEqual(complaint.step_code, self.message.step_code)
        self.assertEqual(complaint.scenario_id, self.scenario)
        self.assertEqual(complaint.version_id, self.message.version_id)
        self.assertEqual(complaint.user_id, self.users["agent"])
        entry = self.env["recouvrement.log"].search(
            [("event", "=", "complaint.recorded")]
        )
        self.assertEqual(entry.reminder_res_id, self.message.id)
        self.assertTrue(complaint.sudo().activity_ids)

    def test_from_the_message_by_its_button(self):
        agent = self.users["agent"]
        action = self.message.with_user(agent).action_complaint()
        form = Form(
            self.env["recouvrement.complaint"]
            .with_user(agent)
            .with_context(**action["context"])
        )
        form.note = "The amount is wrong"
        self.assertEqual(form.save().reminder_id, self.message)
        self.assertEqual(self.file.complaint_count, 1)

    def test_it_stops_nothing_by_itself(self):
        self.note(kind="too_many")
        self.assertFalse(self.file.pause_ids)
        self.assertFalse(
            self.env["recouvrement.dispute"].search(
                [("partner_id", "=", self.named.id)]
            )
        )

    def test_a_message_of_somebody_else_is_refused(self):
        other = self.reminder_of(self.run, self.other)
        with self.assertRaises(ValidationError):
            self.note(reminder_id=other.id)

    def test_answered_in_words_that_stay(self):
        complaint = self.note()
        with self.assertRaises(UserError):
            complaint.action_done()
        complaint.answer = "Matched, and we apologised"
        complaint.action_done()
        self.assertEqual(complaint.state, "done")
        with self.assertRaises(UserError):
            complaint.action_done()
        with self.assertRaises(UserError):
            complaint.answer = "Something else"
        with self.assertRaises(AccessError):
            complaint.write({"note": "Something else"})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            complaint.sudo().answered_on = False
            complaint.flush_recordset()

    def test_nobody_else_signs_or_dates_it(self):
        complaint = self.note(
            state="done", answered_on="2020-01-01", user_id=self.env.uid
        )
        self.assertEqual(complaint.state, "open")
        self.assertEqual(complaint.user_id, self.users["agent"])

    def test_readers_note_nothing(self):
        for role in ("salesperson", "auditor"):
            with self.assertRaises(AccessError):
                self.note(role)

    def test_from_the_page_of_the_customer(self):
        Request = self.env["recouvrement.portal.request"].sudo()
        Request._ask(
            self.file, "complaint", self.moves[:0], "One mail a day is too many"
        )
        complaint = self.env["recouvrement.complaint"].search([])
        self.assertEqual((complaint.source, complaint.kind), ("portal", "other"))
        self.assertEqual(complaint.reminder_id, self.message)
        Request._ask(self.file, "other", self.moves[:0], "A question")
        self.assertEqual(self.env["recouvrement.complaint"].search([]), complaint)
