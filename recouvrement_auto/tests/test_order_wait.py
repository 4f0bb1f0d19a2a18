"""New orders wait: who decides, what is kept; the order itself is in tests/scenario."""

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import format_date

from .common import TODAY
from .test_access import AccessCommon

WAIT = {
    "order_policy": "block",
    "order_policy_until": TODAY + timedelta(8),
    "order_policy_reason": "Deposit expected",
}


@tagged("post_install", "-at_install")
class TestOrderWait(AccessCommon):
    """The decision and its trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls.files.filtered(lambda file: file.partner_id == cls.named)
        cls.manager = cls.users["manager"]

    def events(self):
        """Events of the decision, in order."""
        entries = self.env["recouvrement.log"].search(
            [("event", "=like", "orders.%"), ("customer_res_id", "=", self.file.id)],
            order="id",
        )
        return entries.mapped("event")

    def test_a_named_manager_with_a_reason_and_an_end(self):
        file = self.file.with_user(self.manager)
        file.write(WAIT)
        self.assertEqual(
            (file.order_policy_user_id, file.order_policy_on), (self.manager, TODAY)
        )
        file.order_pass = "S00042"
        file.order_policy = "warn"
        self.assertEqual(self.events(), ["orders.wait", "orders.passed", "orders.free"])

    def test_an_agent_neither_blocks_nor_releases(self):
        self.file.with_user(self.manager).write(WAIT)
        file = self.file.with_user(self.users["agent"])
        for values in (
            {"order_policy": "warn"},
            {"order_policy_until": TODAY - timedelta(1)},
            {"order_pass": "S00042"},
        ):
            with self.subTest(**values), self.assertRaises(ValidationError):
                file.write(values)
        file.hardship_until = TODAY + timedelta(9)

    def test_facts_propose_and_a_grade_does_not(self):
        self.file.write(
            {
                "grade_override": "E",
                "grade_override_until": TODAY + timedelta(9),
                "grade_override_reason": "Test",
            }
        )
        self.assertFalse(self.file._order_proposal())
        self.make_invoice(self.named, late=75)
        self.file.invalidate_recordset()
        self.assertIn("75 days late", self.file.credit_advice)
        self.named.with_company(self.company).credit_limit = 50
        self.file.invalidate_recordset()
        self.assertIn("the limit is reached", self.file.credit_advice)
        self.assertEqual(self.file.order_policy, "warn", "nothing decides by itself")
        self.file.with_user(self.manager).write(WAIT)
        advice = self.file.credit_advice
        self.assertNotIn("A manager may", advice)
        self.assertIn(format_date(self.env, WAIT["order_policy_until"]), advice)
        self.assertNotIn(str(WAIT["order_policy_until"]), advice)
