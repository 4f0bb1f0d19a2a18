"""How a customer answers text messages is said like the rest."""

from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tests.common import OneDebtorCommon


@tagged("post_install", "-at_install")
class TestMoment(OneDebtorCommon):
    """The file of a debtor who answers text messages."""

    def test_words(self):
        self.customer.sudo().write(
            {"answer_channel": "sms", "answer_facts": {"channel": [8, 6], "slot": None}}
        )
        self.assertEqual(
            self.customer.answer_label, "Answers text messages best: 6 of 8."
        )
