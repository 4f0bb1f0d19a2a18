"""Every limit that we declare is violated once: settings, pauses, keys, local days."""

from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestLimits(RecouvrementCommon):
    def setUp(self):
        super().setUp()
        self.partner = self.make_debtor("Alpha")
        self.customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, self.partner.ids
        )

    def test_settings_out_of_range(self):
        for name, value in (
            ("recouvrement_run_hour", 24),
            ("recouvrement_release_hour", -1),
            ("recouvrement_bank_stale_days", -1),
            ("recouvrement_unallocated_percent", 101),
            ("recouvrement_max_item_age", -1),
            ("recouvrement_ceiling", -1),
            ("recouvrement_deadline", 4),
        ):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.company[name] = value

    def pause(self, **values):
        return self.env["recouvrement.pause"].create(
            {
                "customer_id": self.customer.id,
                "reason": "Call expected",
                "date_start": TODAY,
                "date_end": TODAY + timedelta(8),
                **values,
            }
        )

    def test_a_pause_has_a_reason_and_an_end_after_its_start(self):
        with self.assertRaises(ValidationError):
            self.pause(reason=" x ")
        with self.assertRaises(ValidationError):
            self.pause(date_end=TODAY)

    def test_a_long_pause_needs_a_manager(self):
        agent = new_test_user(
            self.env,
            "pauser",
            "recouvrement_auto.recouvrement_auto_group_agent",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        pauses = self.env["recouvrement.pause"].with_user(agent)
        values = {
            "customer_id": self.customer.id,
            "reason": "Long talk",
            "date_start": TODAY,
            "date_end": TODAY + timedelta(90),
        }
        with self.assertRaises(ValidationError):
            pauses.create(values)
        self.assertTrue(self.pause(date_end=TODAY + timedelta(90)))

    def test_a_pause_is_lifted_never_deleted(self):
        pause = self.pause()
        with self.assertRaises(ValidationError):
            pause.sudo().unlink()
        pause.action_lift()
        self.assertEqual(pause.state, "over")
        self.assertTrue(pause.lifted_by_id)

    def test_readers_never_write_to_the_debtor(self):
        for group in ("auditor", "salesperson"):
            user = new_test_user(
                self.env,
                f"reader_{group}",
                f"recouvrement_auto.recouvrement_auto_group_{group}",
                company_id=self.company.id,
                company_ids=[(6, 0, self.company.ids)],
            )
            self.customer.shared_user_ids |= user
            seen = self.customer.with_user(user)
            self.assertTrue(seen.partner_id)
            with self.assertRaises(AccessError):
                seen.message_post(body="Pay!", partner_ids=self.partner.ids)

    def test_own_segment_needs_reason_and_end(self):
        segment = self.env.ref("recouvrement_auto.segment_good")
        with self.assertRaises(ValidationError):
            self.customer.segment_override_id = segment
        self.customer.write(
            {
                "segment_override_id": segment.id,
                "segment_override_reason": "Known for ten years",
                "segment_override_until": TODAY + timedelta(30),
            }
        )
        self.assertEqual(self.customer.effective_segment_id, segment)

    def refuse(self, create):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            create()
            self.env.flush_all()

    def test_unique_keys(self):
        env = self.env(su=True)
        move = self.make_invoice(self.partner, 3)
        self.refuse(
            lambda: env["recouvrement.customer"].create(
                {"partner_id": self.partner.id, "company_id": self.company.id}
            )
        )
        run = self.plan()
        self.refuse(
            lambda: env["recouvrement.run"].create(
                {"company_id": self.company.id, "date": TODAY}
            )
        )
        self.send()
        reminder = self.reminder_of(run, self.partner)
        self.refuse(lambda: reminder.sudo().copy({"state": "sent"}))
        self.refuse(lambda: reminder.item_ids.sudo().copy({"state": "sent"}))
        self.refuse(lambda: reminder.delivery_ids.sudo().copy({"state": "sent"}))
        option = {"move_res_id": move.id, "company_id": self.company.id}
        env["recouvrement.invoice.option"].create(option)
        self.refuse(lambda: env["recouvrement.invoice.option"].create(option))
        cycle = {
            "company_id": self.company.id,
            "move_res_id": move.id,
            "due_date": TODAY,
            "cycle": 2,
            "reason": "restart",
        }
        env["recouvrement.item.cycle"].create(cycle)
        self.refuse(lambda: env["recouvrement.item.cycle"].create(cycle))

    def test_states_change_by_the_mutator_alone(self):
        self.make_invoice(self.partner, 3)
        run = self.plan()
        reminder = self.reminder_of(run, self.partner).sudo(False)
        with self.assertRaises(AccessError):
            reminder.write({"state": "sent"})
        with self.assertRaises(UserError):
            reminder._update_state("sent")
        self.send()
        with self.assertRaises(AccessError):
            reminder.delivery_ids.write({"state": "failed"})
        with self.assertRaises(UserError):
            reminder.delivery_ids._update_state("queued")
        reminder.delivery_ids.write({"bounce_cleared": True})

    def test_a_restart_is_named_and_climbs_again(self):
        move = self.make_invoice(self.partner, 3)
        self.plan()
        self.assertEqual(len(self.send().taken), 1)
        self.env["recouvrement.item.cycle"].sudo()._raise_cycle(
            [
                (
                    self.company.id,
                    self.customer.id,
                    move.id,
                    move.invoice_date_due,
                    1,
                )
            ],
            "restart",
            comment="Wrong text the first time",
        )
        day = TODAY + timedelta(1)
        self.travel(day)
        self.assertEqual(
            self.outcome_of(self.plan(day), self.partner), ("held", "recent_contact")
        )
        day = TODAY + timedelta(6)
        self.travel(day)
        reminder = self.reminder_of(self.plan(day), self.partner)
        self.assertEqual(reminder.step_code, "reminder_1")
        self.assertEqual(len(self.send().taken), 1)

    def test_bounce_is_marked_once_and_holds_the_next_message(self):
        self.make_invoice(self.partner, 3)
        self.plan()
        self.send()
        address = self.partner.email
        for _twice in range(2):
            self.customer._message_receive_bounce(address, self.partner)
        delivery = self.customer.reminder_ids.delivery_ids
        self.assertTrue(delivery.bounced_at)
        self.assertEqual(len(self.customer.activity_ids), 1)
        day = TODAY + timedelta(8)
        self.travel(day)
        self.assertEqual(
            self.outcome_of(self.plan(day), self.partner), ("held", "address_bounced")
        )
        delivery.bounce_cleared = True
        day += timedelta(1)
        self.travel(day)
        self.assertEqual(
            self.outcome_of(self.plan(day), self.partner), ("queued", False)
        )


@tagged("post_install", "-at_install")
class TestLocalDay(RecouvrementCommon):
    @classmethod
    def freeze(cls, day):
        """The real clock: that is what is tested here."""

    def test_the_day_is_that_of_the_company(self):
        for zone, instant, expected in (
            ("Europe/Paris", datetime(2026, 3, 1, 23, 30), date(2026, 3, 2)),
            ("Europe/Paris", datetime(2026, 3, 1, 22, 30), date(2026, 3, 1)),
            ("Europe/Paris", datetime(2026, 7, 1, 22, 30), date(2026, 7, 2)),
            ("Indian/Reunion", datetime(2026, 3, 1, 20, 30), date(2026, 3, 2)),
            ("America/Guadeloupe", datetime(2026, 3, 2, 3, 30), date(2026, 3, 1)),
        ):
            self.company.recouvrement_tz = zone
            with self.subTest(zone), freeze_time(instant):
                self.assertEqual(self.company._recouvrement_today(), expected)

    def test_one_night_per_local_day_over_both_changes_of_the_clock(self):
        self.company.write(
            {"recouvrement_run_hour": 3, "recouvrement_closed_days": True}
        )
        others = self.env["res.company"].sudo().search([("id", "!=", self.company.id)])
        others.write({"recouvrement_run_hour": 23.99})
        Run = self.env["recouvrement.run"].sudo()
        for first in (date(2026, 3, 28), date(2026, 10, 24)):
            hour = datetime.combine(first, datetime.min.time())
            for step in range(0, 72, 2):
                with freeze_time(hour + timedelta(hours=step)):
                    if Run._is_due(self.company):
                        Run._run(self.company, self.company._recouvrement_today())
            runs = Run.search(
                [
                    ("company_id", "=", self.company.id),
                    ("date", ">=", first),
                    ("date", "<", first + timedelta(3)),
                ]
            )
            self.assertEqual(len(runs), 3)
