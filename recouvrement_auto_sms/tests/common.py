from datetime import datetime
from unittest import mock
from zoneinfo import ZoneInfo

from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tests.common import TODAY, RecouvrementCommon
from odoo.addons.sms.tools.sms_api import SmsApi

MOBILE = "+33612345678"
UTC = ZoneInfo("UTC")
# 10:30 in Paris on the Tuesday of the tests.
OFFICE_HOURS = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)


class FakeProvider(SmsApi):
    """Takes every message and remembers the calls; ``answer`` may say otherwise."""

    calls = []
    answer = staticmethod(lambda uuid: [{"uuid": uuid, "state": "success"}])

    def __init__(self, env, account=None):
        self.env = env
        self.company = env.company

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        number = messages[0]["numbers"][0]
        self.calls.append(
            {
                "text": messages[0]["content"],
                "url": delivery_reports_url,
                "company": self.company,
                "count": sum(len(message["numbers"]) for message in messages),
                **number,
            }
        )
        return type(self).answer(number["uuid"])


@tagged("post_install", "-at_install")
class SmsCommon(RecouvrementCommon):
    """A company that chases by SMS three days after the due date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_scenario_id = cls.sms_scenario = cls.make_scenario(
            "By SMS",
            "test_sms",
            [
                ("sms", 3, "sms", "precise", "auto"),
                ("reminder_2", 10, "email", "precise", "auto"),
            ],
        )

    def setUp(self):
        super().setUp()
        self.freeze(TODAY)  # a test before this one may have gone on to another day
        self.at(OFFICE_HOURS)

    @classmethod
    def make_template(cls, scenario, step, channel, tone):
        """EXTENDS: the text of an SMS."""
        if channel != "sms":
            return super().make_template(scenario, step, channel, tone)
        text = {
            "name": f"{scenario} {step}",
            "code": f"{scenario}_{step}",
            "channel": "sms",
            "tone": tone,
            "sms_text": "{{ company_name }}: invoice {{ leader_number }} "
            "({{ leader_amount }}).\nSee {{ invoice_link }}",
        }
        return cls.env["recouvrement.template"].create(text).id

    @classmethod
    def at(cls, moment):
        """Make ``moment`` (UTC) the hour at which messages are claimed."""
        channel = cls.registry["recouvrement.channel.sms"]
        patcher = mock.patch.object(channel, "_now", lambda self: moment)
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def make_mobile(self, name, **values):
        """A debtor with a mobile."""
        return self.make_debtor(name, **{"phone": "06 12 34 56 78", **values})

    def send_sms(self, answer=None, provider=FakeProvider):
        """Send what is due; returns the calls of the provider."""
        fake = type("Provider", (provider,), {"calls": []})
        if answer:
            fake.answer = staticmethod(answer)
        company = self.registry["res.company"]
        exact = self.registry["recouvrement.channel.sms"]
        with (
            mock.patch.object(company, "_get_sms_api_class", lambda self: fake),
            mock.patch.object(
                exact, "_says_errors", lambda *a: provider is FakeProvider
            ),
        ):
            self.send()
        return fake.calls

    def refuse(self, state, **values):
        """An answer that refuses every message."""
        return lambda uuid: [{"uuid": uuid, "state": state, **values}]

    def sent_sms(self, name="Alpha"):
        """A customer whose SMS was accepted: ``(partner, reminder, delivery)``."""
        partner = self.make_mobile(name)
        self.make_invoice(partner, 3)
        run = self.plan()
        self.send_sms()
        reminder = self.reminder_of(run, partner)
        return partner, reminder, reminder.delivery_ids
