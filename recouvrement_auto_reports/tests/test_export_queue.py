from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .export_common import ExportCommon

EXPORT = "recouvrement.export"


@tagged("post_install", "-at_install")
class TestExportQueue(ExportCommon):
    """Who may ask, who may read, what a failure leaves."""

    def test_buttons_never_make_the_file(self):
        """The request only asks; the scheduled action makes."""
        export = self.ask()
        self.assertEqual(export.state, "waiting")
        self.assertFalse(export.attachment_id)
        with self.assertRaises(UserError):
            export.action_start()

    def test_history_is_for_managers_and_auditors(self):
        """Agents and salespersons are refused, at the button and again at the making."""
        for role in ("agent", "salesperson"):
            with self.assertRaises(AccessError):
                self.ask(role)
        for role in ("manager", "auditor"):
            self.assertEqual(self.make(role).state, "done")
        export = self.ask("manager")
        self.users["manager"].group_ids = self.env.ref("base.group_user")
        self.env[EXPORT].sudo()._cron_build()
        self.assertEqual(export.sudo().state, "failed")
        self.assertFalse(export.sudo().attachment_id)

    def test_nobody_reads_the_file_of_another(self):
        """Neither the record nor its attachment."""
        export = self.make("auditor")
        other = self.env(user=self.users["manager"])
        with self.assertRaises(AccessError):
            other[EXPORT].browse(export.id).read(["state"])
        with self.assertRaises(AccessError):
            other["ir.attachment"].browse(export.attachment_id.id).read(["raw"])
        own = self.env(user=self.users["auditor"])
        self.assertTrue(own["ir.attachment"].browse(export.attachment_id.id).raw)

    def test_user_without_role(self):
        """No role: no export."""
        nobody = new_test_user(self.env(su=True), "export_none", "base.group_user")
        with self.assertRaises(AccessError):
            self.env(user=nobody)[EXPORT].create({"kind": "history"})

    def test_state_and_file_write_themselves(self):
        """Nobody writes them, nor asks in the name of another."""
        export = self.ask()
        for values in ({"state": "done"}, {"sha256": "x"}, {"attachment_id": 1}):
            with self.assertRaises(AccessError):
                export.write(values)
        with self.assertRaises(AccessError):
            self.env(user=self.users["agent"])[EXPORT].create(
                {"kind": "statements", "user_id": self.users["manager"].id}
            )

    def test_foreign_company(self):
        """A company that is not his."""
        other = self.setup_other_company()["company"]
        with self.assertRaises(AccessError):
            self.ask(company_id=other.id)

    def test_failure_is_shown_and_logged(self):
        """The sentence on the record, an entry in the history, a second try allowed."""

        def broken(this):
            raise ZeroDivisionError("disk of the archive")

        self.patch(self.registry[EXPORT], "_build_history", broken)
        with mute_logger(
            "odoo.addons.recouvrement_auto_reports.models.recouvrement_export_queue"
        ):
            export = self.make()
        self.assertEqual(export.state, "failed")
        self.assertIn("disk of the archive", export.message)
        events = self.env["recouvrement.log"].sudo().search([]).mapped("event")
        self.assertIn("export.failed", events)
        export.with_user(self.users["manager"]).action_start()
        self.assertEqual(export.state, "waiting")

    def test_killed_three_times(self):
        """An export that kills its worker does not do so for ever."""
        export = self.ask().sudo()
        export._update_state("running", attempts=3)
        self.env[EXPORT].sudo()._cron_build()
        self.assertEqual(export.state, "failed")
        again = self.ask().sudo()
        again._update_state("running", attempts=1)
        self.env[EXPORT].sudo()._cron_build()
        self.assertEqual(again.state, "done")

    def test_export_is_in_the_history(self):
        """Who exported what, with the fingerprint of the file."""
        export = self.make("auditor")
        entry = (
            self.env["recouvrement.log"]
            .sudo()
            .search([("event", "=", "export.made")], limit=1)
        )
        self.assertEqual(entry.actor_id, self.users["auditor"].id)
        self.assertIn(export.sha256, entry.payload)
        self.assertEqual(entry.event_label, "Export made")

    def test_files_leave_after_thirty_days(self):
        """The list stays, the file goes."""
        export = self.make()
        self.env[EXPORT].sudo()._gc_files()
        self.assertTrue(export.attachment_id.exists())
        export.finished_at = fields.Datetime.now() - timedelta(days=31)
        attachment = export.attachment_id
        self.env[EXPORT].sudo()._gc_files()
        self.assertFalse(attachment.exists())
        self.assertEqual(export.state, "done")

    @mute_logger("odoo.sql_db")
    def test_period_that_ends_before_it_begins(self):
        """Refused by the database."""
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.ask(date_from="2026-02-02", date_to="2026-01-01")
            self.env.flush_all()
