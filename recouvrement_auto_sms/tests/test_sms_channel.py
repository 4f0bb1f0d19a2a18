"""An SMS from plan to outcome: accepted, refused, unknown, put off."""

from datetime import datetime, timedelta

import requests

from odoo.tests import tagged

from odoo.addons.sms.tools.sms_api import SmsApi

from .common import MOBILE, UTC, FakeProvider, SmsCommon


def raising(error):
    """An answer that never comes."""

    def answer(uuid):
        raise error

    return answer


@tagged("post_install", "-at_install")
class TestSmsChannel(SmsCommon):
    def planned(self, name="Alpha", **values):
        partner = self.make_mobile(name, **values)
        self.make_invoice(partner, 3)
        return partner, self.plan()

    def test_accepted_by_one_call_with_our_identity(self):
        partner, run = self.planned()
        calls = self.send_sms()
        reminder = self.reminder_of(run, partner)
        delivery = reminder.delivery_ids
        self.assertEqual((reminder.state, run.state), ("sent", "closed"))
        self.assertEqual(len(calls), 1)
        call = calls[0]
        self.assertEqual((call["number"], call["count"]), (MOBILE, 1))
        self.assertEqual(call["uuid"], delivery.sms_uuid)
        self.assertEqual(call["company"], self.company)
        self.assertIn(delivery.sms_uuid, call["url"])
        self.assertEqual((delivery.address, delivery.attempt), (MOBILE, 1))
        self.assertEqual(delivery.phase, "done")
        self.assertEqual(delivery.sms_segments, 1)
        self.assertNotIn("\u00a0", call["text"])
        self.assertIn("\nSee ", call["text"])
        self.assertFalse(self.env["sms.sms"].search([("number", "=", MOBILE)]))

    def test_shown_in_the_thread_as_an_sms(self):
        partner, reminder, delivery = self.sent_sms()
        message = reminder.mail_message_id
        self.assertEqual(message.message_type, "sms")
        notification = message.sudo().notification_ids
        self.assertEqual(notification.notification_type, "sms")
        self.assertEqual(notification.sms_number, MOBILE)
        tracker = notification.sms_tracker_ids
        self.assertEqual(tracker.sms_uuid, delivery.sms_uuid)
        self.assertEqual(tracker.recouvrement_delivery_id, delivery)

    def test_refusals_are_shown_on_the_reminder(self):
        cases = [
            ("wrong_number_format", "invalid_address"),
            ("country_not_supported", "invalid_address"),
            ("blacklisted", "blacklisted"),
            ("incompatible_content", "provider_refused"),
            ("duplicate_message", "provider_refused"),
        ]
        partners = {}
        for number in range(len(cases)):
            phone = f"+336123457{10 + number}"
            partners[phone] = self.make_mobile(f"N{number}", phone=phone)
            self.make_invoice(partners[phone], 3)
        run = self.plan()
        answers = iter([answer for answer, _reason in cases])
        self.send_sms(
            lambda uuid: [
                {"uuid": uuid, "state": next(answers), "failure_reason": "Their words"}
            ]
        )
        for (state, reason), partner in zip(cases, partners.values(), strict=True):
            reminder = self.reminder_of(run, partner)
            with self.subTest(state=state):
                self.assertEqual(
                    (reminder.state, reminder.reason_code), ("failed", reason)
                )
                self.assertIn("Their words", reminder.reason_label)
                self.assertEqual(reminder.delivery_ids.state, "failed")

    def test_retry_keeps_the_identity(self):
        partner, run = self.planned()
        first = self.send_sms(self.refuse("incompatible_content"))
        reminder = self.reminder_of(run, partner)
        self.assertEqual(reminder.state, "failed")
        reminder.action_retry()
        second = self.send_sms()
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(first[0]["uuid"], second[0]["uuid"])
        self.assertEqual(reminder.delivery_ids.attempt, 2)

    def test_a_refused_message_is_not_sent_again_by_itself(self):
        self.planned()
        self.send_sms(self.refuse("incompatible_content"))
        self.assertEqual(self.send_sms(), [])

    def test_no_credit_stops_the_channel_and_the_others_wait(self):
        partners = [
            self.make_mobile(f"P{i}", phone=f"06 12 34 58 {10 + i}") for i in range(5)
        ]
        for partner in partners:
            self.make_invoice(partner, 3)
        mail = self.make_debtor("Mail")
        self.make_invoice(mail, 10)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, mail.ids
        )
        customer.scenario_override_id = self.scenario
        run = self.plan()
        calls = self.send_sms(self.refuse("insufficient_credit"))
        self.assertEqual(len(calls), 1)
        states = sorted(self.reminder_of(run, p).state for p in partners)
        self.assertEqual(states, ["failed", "queued", "queued", "queued", "queued"])
        failed = run.reminder_ids.filtered(lambda r: r.state == "failed")
        self.assertEqual(failed.reason_code, "no_credit")
        self.assertEqual(self.reminder_of(run, mail).state, "sent")
        self.assertTrue(run.is_sms_paused)
        self.assertIn("insufficient_credit", run.sms_paused_reason)
        self.assertEqual(self.company.partner_id.activity_ids.user_id, self.agent)
        self.assertEqual(self.send_sms(), [])
        run.action_resume_sms()
        self.assertFalse(run.is_sms_paused)
        self.assertEqual(len(self.send_sms()), 4)

    def test_three_errors_in_a_row_stop_the_channel(self):
        for i in range(5):
            partner = self.make_mobile(f"P{i}", phone=f"06 12 34 59 {10 + i}")
            self.make_invoice(partner, 3)
        run = self.plan()
        calls = self.send_sms(raising(requests.ConnectTimeout("no route")))
        self.assertEqual(len(calls), 3)
        states = sorted(run.reminder_ids.mapped("state"))
        self.assertEqual(states, ["deferred"] * 3 + ["queued"] * 2)
        self.assertTrue(self.company._is_sms_paused())
        self.assertFalse(self.company.recouvrement_paused_until)

    def test_error_before_acceptance_is_tried_again(self):
        partner, run = self.planned()
        self.send_sms(raising(requests.ConnectTimeout("no route")))
        reminder = self.reminder_of(run, partner)
        self.assertEqual(reminder.state, "deferred")
        self.assertEqual(reminder.reason_code, "provider_unreachable")
        self.assertTrue(reminder.send_after)
        reminder.sudo().send_after = False
        self.assertEqual(len(self.send_sms()), 1)
        self.assertEqual(reminder.state, "sent")

    def test_timeout_after_the_request_is_unknown_and_never_resent(self):
        partner, run = self.planned()
        self.send_sms(raising(requests.ReadTimeout("read timed out")))
        reminder = self.reminder_of(run, partner)
        self.assertEqual(
            (reminder.state, reminder.reason_code), ("unknown", "no_confirmation")
        )
        self.assertEqual(self.send_sms(), [])
        tomorrow = self.plan(run.date + timedelta(days=1))
        self.assertFalse(self.reminder_of(tomorrow, partner))
        self.assertEqual(self.send_sms(), [])
        reminder.action_mark_not_arrived()
        reminder.action_retry()
        self.assertEqual(len(self.send_sms()), 1)

    def test_a_module_that_hides_its_errors_gives_unknown(self):
        class Other(FakeProvider):
            pass

        partner, run = self.planned()
        self.send_sms(self.refuse("server_error"), provider=Other)
        self.assertEqual(self.reminder_of(run, partner).state, "unknown")

    def test_error_of_the_service_itself_is_tried_again(self):
        partner, run = self.planned()
        self.send_sms(self.refuse("server_error"))
        self.assertEqual(self.reminder_of(run, partner).state, "deferred")
        channel = self.env["recouvrement.channel.sms"]
        self.assertTrue(channel._says_errors(SmsApi.__new__(SmsApi)))
        self.assertFalse(channel._says_errors(FakeProvider(self.env)))

    def test_odoo_itself_sends_nothing_in_tests(self):
        """The stock service refuses here: failed, with its words, and no crash."""
        partner, run = self.planned()
        self.env["iap.account"].sudo().get("sms")
        self.send()
        reminder = self.reminder_of(run, partner)
        self.assertEqual(
            (reminder.state, reminder.reason_code), ("failed", "sending_error")
        )

    # === WHEN === #

    def put_off(self, moment, **values):
        """UTC moment to which the SMS is put off at ``moment``; False = it left."""
        partner, run = self.planned(**values)
        self.at(moment)
        self.send_sms()
        reminder = self.reminder_of(run, partner)
        return reminder.state != "sent" and reminder.send_after

    def test_evening(self):
        evening = datetime(2026, 3, 17, 18, 0, tzinfo=UTC)
        self.assertEqual(self.put_off(evening), datetime(2026, 3, 18, 8, 0))

    def test_lunch(self):
        noon = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)
        self.assertEqual(self.put_off(noon), datetime(2026, 3, 17, 13, 0))

    def test_week_end_and_holiday_over_the_change_of_hour(self):
        """Good Friday evening: Easter Monday is a holiday, summer time began."""
        friday = datetime(2026, 4, 3, 19, 0, tzinfo=UTC)
        self.assertEqual(self.put_off(friday), datetime(2026, 4, 7, 7, 0))

    def test_settings_for_e_mails_do_not_open_the_night(self):
        self.company.recouvrement_any_hour = True
        self.company.recouvrement_closed_days = True
        sunday = datetime(2026, 3, 15, 9, 30, tzinfo=UTC)
        self.assertEqual(self.put_off(sunday), datetime(2026, 3, 16, 8, 0))

    def test_hours_of_the_debtor(self):
        """11:30 in Paris is 14:30 in Réunion: office hours there."""
        moment = datetime(2026, 3, 17, 10, 30, tzinfo=UTC)
        self.assertFalse(self.put_off(moment, tz="Indian/Reunion"))

    def test_hours_of_the_company_say_nothing_of_the_debtor(self):
        moment = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
        put_off = self.put_off(moment, tz="America/Martinique")
        self.assertEqual(put_off, datetime(2026, 3, 17, 13, 0))

    def test_private_customers_from_ten(self):
        moment = datetime(2026, 3, 17, 8, 15, tzinfo=UTC)  # 9:15 in Paris
        partner = self.make_mobile("Private", is_company=False)
        self.make_invoice(partner, 3)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        customer.write({"legal_regime": "consumer"})
        customer.scenario_override_id = self.sms_scenario
        run = self.plan()
        self.at(moment)
        self.assertEqual(self.send_sms(), [])
        reminder = self.reminder_of(run, partner)
        self.assertEqual(reminder.send_after, datetime(2026, 3, 17, 9, 0))

    def test_asked_by_a_person_keeps_the_hours(self):
        partner = self.make_mobile("Alpha")
        self.make_invoice(partner, 3)
        run = self.plan()
        self.reminder_of(run, partner).sudo().manual = True
        self.at(datetime(2026, 3, 17, 20, 0, tzinfo=UTC))
        self.assertEqual(self.send_sms(), [])
        self.assertEqual(self.outcome_of(run, partner), ("queued", False))

    def test_put_off_then_sent(self):
        partner, run = self.planned()
        self.at(datetime(2026, 3, 17, 20, 0, tzinfo=UTC))
        self.assertEqual(self.send_sms(), [])
        reminder = self.reminder_of(run, partner)
        reminder.sudo().send_after = False
        self.at(datetime(2026, 3, 18, 9, 0, tzinfo=UTC))
        self.assertEqual(len(self.send_sms()), 1)
