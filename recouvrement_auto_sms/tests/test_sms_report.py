"""Delivery reports: any order, any number of times, from nobody but the provider."""

import json
from datetime import timedelta
from unittest import mock

import requests

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.tests.common import TODAY

from .common import SmsCommon

CONTROLLER = "odoo.addons.recouvrement_auto_sms.controllers.recouvrement_auto_sms"


@tagged("post_install", "-at_install")
class TestSmsReport(SmsCommon):
    def tracker(self, delivery):
        return (
            self.env["sms.tracker"]
            .sudo()
            .search([("sms_uuid", "=", delivery.sms_uuid)])
        )

    def reports(self, delivery):
        log = self.env["recouvrement.log"]
        return log.search_count(
            [
                ("reminder_res_id", "=", delivery.reminder_id.id),
                ("event", "=", "delivery.report"),
            ]
        )

    def test_delivered_three_times_is_one_event(self):
        _partner, reminder, delivery = self.sent_sms()
        for _time in range(3):
            self.tracker(delivery)._action_update_from_sms_state("sent")
        self.assertEqual(delivery.sms_report, "delivered")
        self.assertEqual(self.reports(delivery), 1)
        self.assertEqual((reminder.state, delivery.bounced_at), ("sent", False))
        notification = reminder.mail_message_id.sudo().notification_ids
        self.assertEqual(notification.notification_status, "sent")

    def test_never_back(self):
        _partner, _reminder, delivery = self.sent_sms()
        for state in ("sent", "pending", "process", "error"):
            self.tracker(delivery)._action_update_from_sms_state(state)
        self.assertEqual(delivery.sms_report, "delivered")
        self.assertFalse(delivery.bounced_at)

    def test_not_delivered_sends_the_next_step_elsewhere(self):
        partner, reminder, delivery = self.sent_sms()
        self.tracker(delivery)._action_update_from_provider_error("not_delivered")
        self.assertEqual(delivery.sms_report, "not_delivered")
        self.assertTrue(delivery.bounced_at)
        self.assertEqual(reminder.state, "sent")
        activity = reminder.customer_id.activity_ids
        self.assertIn("check the number", activity.summary)
        other = self.make_invoice(partner, 3, 50)
        run = self.plan(TODAY + timedelta(1))
        held = self.reminder_of(run, partner)
        self.assertEqual((held.state, held.reason_code), ("held", "address_bounced"))
        later = TODAY + timedelta(7)
        self.freeze(later)
        mail = self.reminder_of(self.plan(later), partner)
        self.assertEqual((mail.channel, mail.state), ("email", "queued"))
        self.assertTrue(other)

    def test_a_checked_number_is_used_again(self):
        partner, _reminder, delivery = self.sent_sms()
        self.tracker(delivery)._action_update_from_provider_error("not_delivered")
        delivery.action_address_checked()
        self.make_invoice(partner, 3, 50)
        self.freeze(TODAY + timedelta(1))
        run = self.plan(TODAY + timedelta(1))
        self.assertEqual(self.outcome_of(run, partner), ("queued", False))

    def test_delivered_after_all(self):
        _partner, _reminder, delivery = self.sent_sms()
        self.tracker(delivery)._action_update_from_provider_error("expired")
        self.tracker(delivery)._action_update_from_sms_state("sent")
        self.assertEqual(delivery.sms_report, "delivered")
        self.assertTrue(delivery.bounce_cleared)

    def unknown(self, name):
        partner = self.make_mobile(name)
        self.make_invoice(partner, 3)
        run = self.plan()

        def silent(uuid):
            raise requests.ReadTimeout("read timed out")

        self.send_sms(silent)
        reminder = self.reminder_of(run, partner)
        self.assertEqual(reminder.state, "unknown")
        return reminder

    def test_a_report_settles_an_unknown_outcome(self):
        reminder = self.unknown("Alpha")
        delivery = reminder.delivery_ids
        self.tracker(delivery)._action_update_from_sms_state("sent")
        self.assertEqual((reminder.state, delivery.state), ("sent", "sent"))

    def test_a_report_settles_an_unknown_outcome_as_lost(self):
        reminder = self.unknown("Alpha")
        self.tracker(reminder.delivery_ids)._action_update_from_provider_error(
            "expired"
        )
        self.assertEqual(reminder.state, "failed")
        self.assertEqual(self.send_sms(), [])

    def test_report_before_the_answer(self):
        """F26: the report comes while the provider's call has not returned yet."""
        partner = self.make_mobile("Alpha")
        self.make_invoice(partner, 3)
        run = self.plan()

        def early(uuid):
            tracker = self.env["sms.tracker"].sudo().search([("sms_uuid", "=", uuid)])
            tracker._action_update_from_sms_state("sent")
            return [{"uuid": uuid, "state": "success"}]

        self.assertEqual(len(self.send_sms(early)), 1)
        reminder = self.reminder_of(run, partner)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.delivery_ids.sms_report, "delivered")
        self.assertEqual(self.send_sms(), [])


@tagged("post_install", "-at_install")
class TestSmsRoutes(SmsCommon, HttpCase):
    def post(self, url, body):
        return self.url_open(
            url, data=json.dumps(body), headers={"Content-Type": "application/json"}
        )

    def body(self, delivery, status):
        rows = [{"sms_status": status, "uuids": [delivery.sms_uuid]}]
        return {"jsonrpc": "2.0", "params": {"message_statuses": rows}}

    def path(self, delivery):
        url = delivery._sms_report_url()
        return url[url.index("/recouvrement_auto_sms") :]

    def test_signed_report(self):
        _partner, _reminder, delivery = self.sent_sms()
        for _time in range(2):
            answer = self.post(self.path(delivery), self.body(delivery, "delivered"))
            self.assertEqual((answer.status_code, answer.json()["result"]), (200, "OK"))
        delivery.invalidate_recordset()
        self.assertEqual(delivery.sms_report, "delivered")
        self.post(self.path(delivery), self.body(delivery, "not_delivered"))
        delivery.invalidate_recordset()
        self.assertFalse(delivery.bounced_at)

    @mute_logger(CONTROLLER)
    def test_refused_reports_change_nothing(self):
        _partner, _reminder, delivery = self.sent_sms()
        path, body = self.path(delivery), self.body(delivery, "delivered")
        uuid = delivery.sms_uuid
        unknown = "f" * 32
        signed = self.env["recouvrement.delivery"]._sms_signature(unknown)
        for url in (
            path[:-1] + ("0" if path[-1] != "0" else "1"),
            path.replace(uuid, unknown),
            f"/recouvrement_auto_sms/report/{unknown}/{signed}",
            f"/recouvrement_auto_sms/report/{uuid}/%C3%A9",
        ):
            with self.subTest(url=url):
                self.assertEqual(self.post(url, body).status_code, 404)
        for nonsense in ([], {}, {"params": 3}, {"message_statuses": [{"uuids": 7}]}):
            self.assertEqual(self.post(path, nonsense).status_code, 200)
        delivery.invalidate_recordset()
        self.assertFalse(delivery.sms_report)

    def test_the_link_of_the_message_opens_the_debtors_page(self):
        partner = self.make_mobile("Alpha")
        self.make_invoice(partner, 3)
        self.plan()
        text = self.send_sms()[0]["text"]
        url = text.rpartition("See ")[2]
        path = url[url.index("/f/") :]
        answer = self.url_open(path, allow_redirects=False)
        self.assertIn(answer.status_code, (302, 303))
        customer = self.env["recouvrement.customer"].search(
            [("partner_id", "=", partner.id)]
        )
        page = f"/my/statement/{customer._portal_token(TODAY)}?tick=overdue"
        self.assertTrue(answer.headers["Location"].endswith(page))

    def test_without_links_of_the_company_the_message_names_the_login(self):
        self.company.recouvrement_portal_days = 0
        partner = self.make_mobile("Alpha")
        self.make_invoice(partner, 3)
        self.plan()
        self.assertTrue(self.send_sms()[0]["text"].endswith("/my"))

    def test_wrong_signatures_are_said_in_the_log(self):
        with mock.patch(f"{CONTROLLER}._logger.warning") as warning:
            self.post(f"/recouvrement_auto_sms/report/{'a' * 32}/{'b' * 32}", {})
        self.assertTrue(warning.called)
