"""The silence alarm (G07): what makes no noise is seen, and told once."""

from datetime import datetime, timedelta
from unittest import mock

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import recouvrement_watch
from .common import TODAY
from .test_access import AccessCommon

MORNING = datetime(TODAY.year, TODAY.month, TODAY.day, 9, 45)


@tagged("post_install", "-at_install")
class TestWatch(AccessCommon):
    """Each thing that may stand still, then the telling."""

    def setUp(self):
        super().setUp()
        self.watch = self.env["recouvrement.watch"].sudo()
        self.now = MORNING
        company = self.registry["res.company"]
        self.patch(company, "_recouvrement_now", lambda this: self.now)
        self.company.recouvrement_run_hour = 3
        self.crons = (
            self.env["ir.cron"]
            .sudo()
            .with_context(active_test=False)
            .search([("model_id.model", "=like", "recouvrement.%")])
        )
        soon = fields.Datetime.now() + timedelta(minutes=5)
        self.crons.write({"active": True, "nextcall": soon})

    def look(self):
        """Codes of what is wrong now."""
        self.env.flush_all()
        return set(self.watch._problems(self.company))

    def test_all_is_well(self):
        self.plan()
        self.send()
        self.assertEqual(self.look(), set())

    def test_no_night(self):
        self.assertEqual(self.look(), {"night_missing"})
        self.now = MORNING.replace(hour=3, minute=59)
        self.assertEqual(self.look(), set())
        self.now = MORNING
        self.plan()
        self.send()
        self.assertEqual(self.look(), set())

    def test_a_night_that_hangs(self):
        run = self.plan()
        self.send()
        old = fields.Datetime.now() - timedelta(minutes=61)
        run.sudo().write({"state": "planning", "started_at": old})
        self.assertEqual(self.look(), {"night_stuck"})

    def test_a_night_much_smaller_than_usual(self):
        Reminder = self.env["recouvrement.reminder"].sudo()
        run = self.plan()
        self.send()
        model = run.reminder_ids[:1]
        with mock.patch(f"{recouvrement_watch.__name__}.SMALLEST", 4):
            for back in range(1, 8):
                past = run.copy({"date": TODAY - timedelta(back), "state": "closed"})
                for file in self.files:
                    for _times in range(3):
                        Reminder.create(
                            {
                                **model.copy_data()[0],
                                "run_id": past.id,
                                "customer_id": file.id,
                                "date": past.date,
                                "state": "skipped",
                                "merged": True,
                            }
                        )
            self.assertEqual(self.look(), {"night_small"})

    def test_a_sender_that_stands_still(self):
        run = self.plan()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"queued"})
        self.assertEqual(self.look(), set())
        self.env.cr.execute(
            "UPDATE recouvrement_reminder SET write_date = write_date - INTERVAL '2 h'"
        )
        self.assertEqual(self.look(), {"sender_late"})
        self.company.recouvrement_any_hour = False
        self.now = MORNING.replace(hour=9, minute=20)  # open for twenty minutes only
        self.assertEqual(self.look(), set())

    def test_scheduled_actions(self):
        self.plan()
        self.send()
        self.crons[0].active = False
        self.assertEqual(self.look(), {"cron_off"})
        self.crons[0].active = True
        self.crons[0].nextcall = fields.Datetime.now() - timedelta(minutes=61)
        self.assertEqual(self.look(), {"cron_late"})

    def test_mail_server_and_sender(self):
        self.plan()
        self.send()
        self.company.recouvrement_user_id = False
        channel = self.registry["recouvrement.channel.email"]
        self.patch(channel, "_has_server", lambda this: False)
        self.assertEqual(self.look(), {"no_server", "no_sender"})
        self.company.recouvrement_mode = "shadow"
        self.assertEqual(self.look(), set())

    def test_a_server_that_does_not_answer(self):
        self.plan()
        self.send()
        for _pause in range(4):
            self.env["recouvrement.run"].sudo()._pause_sending(self.company, "refused")
        self.assertEqual(self.look(), {"server_down"})

    def test_a_copy(self):
        self.plan()
        self.send()
        fingerprint = self.registry["recouvrement.fingerprint"]
        self.patch(fingerprint, "_is_locked", lambda this: True)
        self.assertEqual(self.look(), {"locked"})

    # === TELLING === #

    def alarms(self):
        return self.env["recouvrement.alarm"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_told_once_and_over_when_mended(self):
        manager = self.users["manager"]
        for _again in range(3):
            self.watch._cron_watch()
        alarm = self.alarms()
        self.assertEqual(alarm.code, "night_missing")
        mine = alarm.activity_ids.filtered(lambda a: a.user_id == manager)
        self.assertEqual(len(mine), 1)
        self.assertNotIn(self.users["agent"], alarm.activity_ids.user_id)
        run = self.plan(TODAY - timedelta(1)).with_user(self.users["agent"])
        self.assertEqual(run.alarm_message, alarm.message)
        notified = self.env["mail.message"].search(
            [
                ("model", "=", "recouvrement.alarm"),
                ("res_id", "=", alarm.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(len(notified), 1)
        self.assertIn(manager.partner_id, notified.notified_partner_ids)
        self.plan()
        self.send()
        self.watch._cron_watch()
        self.assertTrue(alarm.ended_at)
        run.invalidate_recordset()
        self.assertFalse(run.alarm_message)
        self.assertFalse(alarm.activity_ids)
        events = self.env["recouvrement.log"].search([("event", "=like", "alarm.%")])
        mine = events.filtered(lambda e: e.company_id == self.company.id)
        self.assertEqual(set(mine.mapped("event")), {"alarm.raised", "alarm.ended"})
        self.assertIn("No night today", mine[0].detail)

    def test_the_browser_speaks_when_no_scheduled_action_runs(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("recouvrement_auto.watched_at", False)
        agent = self.users["agent"]
        state = self.env["recouvrement.watch"].with_user(agent).state
        self.assertIn("No night was planned today", state()[0])
        self.assertEqual(self.alarms().code, "night_missing")
        self.plan()
        self.send()
        self.assertTrue(state(), "looked at less than ten minutes ago")
        old = fields.Datetime.now() - timedelta(minutes=11)
        parameters.set_param(
            "recouvrement_auto.watched_at", fields.Datetime.to_string(old)
        )
        self.assertEqual(state(), [])

    def test_sentences_are_in_the_language_of_the_company(self):
        """A scheduled action has no language of its own."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        seen = []
        watch = self.registry["recouvrement.watch"]
        self.patch(watch, "_problems", lambda this, company: seen.append(this.env.lang))
        alarm = self.registry["recouvrement.alarm"]
        self.patch(alarm, "_update", lambda this, company, problems: None)
        self.watch.with_context(lang=False)._cron_watch()
        self.assertIn("fr_FR", seen)

    def test_others_are_not_told(self):
        for role in ("salesperson", "auditor"):
            watch = self.env["recouvrement.watch"].with_user(self.users[role])
            with self.subTest(role=role), self.assertRaises(AccessError):
                watch.state()

    def test_one_alarm_of_a_kind(self):
        values = {
            "company_id": self.company.id,
            "code": "locked",
            "message": "x",
            "since": fields.Datetime.now(),
        }
        Alarm = self.env["recouvrement.alarm"].sudo()
        Alarm.create(values)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            Alarm.create(values)
        Alarm._raise(
            self.company, "locked", "again"
        )  # seen by another worker: no error
        self.assertEqual(len(self.alarms()), 1)
