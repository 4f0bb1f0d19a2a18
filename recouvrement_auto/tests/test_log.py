"""The log: append-only at every door, sealed in order, verified outside Odoo."""

import io
from datetime import timedelta

from psycopg2 import errors

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.tools import verify_log

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestLog(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Log = cls.env["recouvrement.log"].sudo()
        cls.Seal = cls.env["recouvrement.log.seal"].sudo()

    def entry(self, **values):
        return self.Log._append("test.event", company=self.company, **values)

    def seal(self):
        return self.Seal._seal_batch(self.company.id)

    def export(self):
        wizard = self.env["recouvrement.log.export"].create(
            {"company_id": self.company.id}
        )
        text, count, _seq = wizard.sudo()._csv(self.company.id)
        return text, count

    def verify(self, text, anchors=None):
        return verify_log.verify(io.BytesIO(text.encode()), anchors)

    def test_no_door_changes_an_entry(self):
        entry = self.Log.browse(self.entry())
        for forbidden in (
            lambda: entry.write({"event": "other"}),
            lambda: entry.unlink(),
            lambda: self.Log.create({"event": "x", "payload": "{}", "company_id": 1}),
            lambda: entry.copy(),
        ):
            with self.assertRaises(UserError):
                forbidden()

    @mute_logger("odoo.sql_db")
    def test_the_trigger_stops_raw_sql(self):
        self.entry()
        self.seal()
        self.env.flush_all()
        for table in ("recouvrement_log", "recouvrement_log_seal"):
            for query in (
                f"UPDATE {table} SET company_id = 0",
                f"DELETE FROM {table}",
                f"TRUNCATE {table}",
            ):
                with (
                    self.subTest(query),
                    self.assertRaises(errors.RaiseException),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(query)

    def test_no_role_writes(self):
        for group in ("agent", "manager", "auditor"):
            user = new_test_user(
                self.env,
                f"log_{group}",
                f"recouvrement_auto.recouvrement_auto_group_{group}",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            log = self.env["recouvrement.log"].with_user(user)
            for operation in ("create", "write", "unlink"):
                with self.assertRaises(AccessError):
                    log.check_access(operation)
            log.check_access("read")

    def test_export_verifies_and_one_changed_byte_is_found(self):
        for number in range(5):
            self.entry(facts={"number": number}, amount="12.30", moves=[number])
        self.assertGreaterEqual(self.seal(), 5)
        text, count = self.export()
        self.assertEqual(text.count("test.event"), 5)
        self.assertEqual(len(self.verify(text).log_ids), count)
        position = text.index('""number"":3')
        forged = text[: position + 11] + "7" + text[position + 12 :]
        self.assertNotEqual(forged, text)
        with self.assertRaises(verify_log.Broken):
            self.verify(forged)

    def test_seals_continue_the_chain(self):
        self.entry()
        self.seal()
        seq, head = self.Seal._head(self.company.id)
        self.entry()
        self.assertEqual(self.seal(), 1)
        last = self.Seal.search([("company_id", "=", self.company.id)])[-1]
        self.assertEqual((last.seq, last.prev_hash), (seq + 1, head))
        self.assertEqual(self.seal(), 0)

    def test_personal_values_stay_outside_and_can_be_erased(self):
        log_id = self.entry(personal={"address": "marie@debtor.example"})
        entry = self.Log.browse(log_id)
        self.assertNotIn("marie", entry.payload)
        secret = self.env["recouvrement.log.secret"].sudo()
        found = secret.search([("log_id", "=", log_id)])
        self.assertEqual(found.value, "marie@debtor.example")
        self.seal()
        found.unlink()
        text, count = self.export()
        self.assertEqual(len(self.verify(text).log_ids), count)

    def test_one_entry_for_each_transition_with_the_content(self):
        partner = self.make_debtor("Alpha")
        move = self.make_invoice(partner, 3)
        run = self.plan()
        self.send()
        reminder = self.reminder_of(run, partner)
        entries = self.Log.search([("reminder_res_id", "=", reminder.id)], order="id")
        sent = entries.filtered(lambda e: e.event == "reminder.sent")
        self.assertEqual(sent.content_hash, reminder.content_hash)
        self.assertEqual(sent.moves, [move.id])
        self.assertTrue(all(e.actor_id for e in entries))

    def test_head_leaves_the_database(self):
        self.company.recouvrement_anchor_email = "auditor@cabinet.example"
        self.entry()
        self.seal()
        mails = self.Seal._send_anchors()
        seq, digest = self.Seal._head(self.company.id)
        self.assertEqual(len(mails), 1)
        self.assertIn(digest, mails.body_html)
        self.assertIn(f'"seq":{seq}', mails.body_html.replace("&#34;", '"'))
        self.assertEqual(mails.email_to, "auditor@cabinet.example")
        self.assertFalse(self.Seal._send_anchors(), "once per head")

    def test_removal_is_refused_until_the_log_was_exported(self):
        wizard = self.env["recouvrement.log.export"].sudo()
        self.entry()
        self.assertTrue(wizard._has_unexported())


@tagged("post_install", "-at_install")
class TestLifeOfInvoices(RecouvrementCommon):
    """Merge, reset, deletion: nothing is lost and nothing is sent again."""

    def sent(self, partner, late=3):
        move = self.make_invoice(partner, late)
        run = self.plan()
        self.send()
        reminder = self.reminder_of(run, partner)
        self.assertEqual(reminder.state, "sent")
        return move, reminder

    def tomorrow(self, days):
        day = TODAY + timedelta(days)
        self.travel(day)
        return self.plan(day)

    def test_posted_again_keeps_its_position(self):
        partner = self.make_debtor("Alpha")
        move, _reminder = self.sent(partner)
        move.button_draft()
        move.action_post()
        self.assertFalse(self.reminder_of(self.tomorrow(1), partner))

    def test_posted_again_with_other_instalments_does_not_restart_unseen(self):
        partner = self.make_debtor("Alpha")
        move, _reminder = self.sent(partner)
        move.button_draft()
        move.invoice_date_due = TODAY - timedelta(4)
        move.action_post()
        self.assertFalse(self.reminder_of(self.tomorrow(1), partner))
        events = self.env["recouvrement.log"].search(
            [("event", "=", "invoice.posted_again")]
        )
        self.assertEqual(events.moves, [move.id])

    def test_deleting_a_draft_keeps_the_history(self):
        partner = self.make_debtor("Alpha")
        move, reminder = self.sent(partner)
        number, move_id = move.name, move.id
        move.button_draft()
        move.with_context(force_delete=True).unlink()
        item = reminder.item_ids
        self.assertEqual((item.move_res_id, item.move_name), (move_id, number))
        self.assertFalse(item.move_id)

    def test_merge_with_a_clash_in_one_company_and_none_in_the_other(self):
        kept, gone = self.make_debtor("Kept"), self.make_debtor("Gone")
        self.sent(kept)
        self.env["recouvrement.run"].sudo().search([]).write({"kind": "manual"})
        self.sent(gone)
        other = self.setup_other_company()["company"]
        Customer = self.env["recouvrement.customer"].sudo()
        alone = Customer._get_or_create(other, gone.ids)
        files = Customer.search([("partner_id", "in", (kept | gone).ids)])
        self.assertEqual(len(files), 3)
        reminders = files.reminder_ids
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (kept | gone).ids, kept, extra_checks=False
        )
        left = Customer.search([("partner_id", "=", kept.id)])
        self.assertEqual(len(left), 2)
        self.assertIn(alone, left)
        self.assertEqual(left.reminder_ids, reminders.exists())
        self.assertEqual(len(reminders.exists()), 2)
        self.assertFalse(self.reminder_of(self.tomorrow(1), kept))
