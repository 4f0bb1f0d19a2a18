"""The channel goes away: nothing waits for it, nothing that was sent is lost."""

from odoo.tests import tagged

from .common import SmsCommon


@tagged("post_install", "-at_install")
class TestSmsRemoval(SmsCommon):
    def test_waiting_messages_are_cancelled_and_sent_ones_stay(self):
        _partner, sent, delivery = self.sent_sms("Gone")
        other = self.make_mobile("Alpha", phone="06 12 34 56 79")
        self.make_invoice(other, 3)
        run = (
            self.env["recouvrement.run"].sudo()._run(self.company, sent.date, "shadow")
        )
        self.assertTrue(run)
        waiting = sent.copy(
            {
                "state": "queued",
                "key": "other",
                "run_id": False,
                "customer_id": sent.customer_id.id,
            }
        )
        (sent | waiting)._remove_channel()
        self.assertEqual((sent.state, delivery.state), ("sent", "sent"))
        self.assertEqual(
            (waiting.state, waiting.reason_code), ("skipped", "channel_removed")
        )

    def test_steps_and_texts_go(self):
        line = self.sms_scenario.line_ids[0]
        text = line.template_id
        line._remove_channel()
        self.assertFalse(line.exists())
        self.assertTrue(self.sms_scenario.active)
        text._remove_channel()
        self.assertFalse(text.exists())

    def test_a_scenario_of_sms_alone_is_archived(self):
        scenario = self.make_scenario(
            "Alone", "test_alone", [("sms", 3, "sms", "precise", "auto")]
        )
        scenario.line_ids._remove_channel()
        self.assertFalse(scenario.active)

    def test_each_model_with_the_channel_is_told(self):
        for model in (
            "recouvrement.reminder",
            "recouvrement.scenario.line",
            "recouvrement.template",
        ):
            ondelete = self.env[model]._fields["channel"].ondelete["sms"]
            with self.subTest(model=model):
                self.assertTrue(callable(ondelete))
                ondelete(self.env[model])
