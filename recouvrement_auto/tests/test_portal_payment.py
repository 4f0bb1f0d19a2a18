"""Paying on the debtor's page: the ledger says how much, the browser does not."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.account_payment.tests.common import AccountPaymentCommon

from .common import TODAY
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalPayment(PortalCommon, AccountPaymentCommon):
    """One or several open items, through Odoo's payment providers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param(
            "account_payment.enable_portal_payment", "True"
        )
        cls.line_1, cls.line_2 = (
            move.line_ids.filtered(lambda line: line.display_type == "payment_term")
            for move in (cls.invoice, cls.invoice_2)
        )

    def pay_page(self, *lines, **options):
        query = "&".join(f"i={line.id}" for line in lines)
        return self.page(f"/pay?{query}", **options)

    def test_scripts_of_a_provider_run_where_one_pays_alone(self):
        policy = "Content-Security-Policy"
        self.assertNotIn(policy, self.pay_page(self.line_1).headers)
        self.assertIn(policy, self.pay_page().headers, "a problem instead of the form")

    def start(self, lines, amount, key=None, **values):
        """What the payment form of the browser sends."""
        ids = "-".join(str(line.id) for line in lines)
        answer = self.url_open(
            f"/my/statement/{key or self.token}/transaction/{ids}",
            json={
                "params": {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.payment_method_id,
                    "token_id": None,
                    "amount": amount,
                    "flow": "redirect",
                    "tokenization_requested": False,
                    "landing_route": "https://evil.example/",
                    "is_validation": False,
                    "access_token": self.token,
                    "csrf_token": "x",
                    **values,
                }
            },
        ).json()
        return answer.get("result") or answer["error"]

    def refused(self, words, lines, amount, **values):
        """The payment does not start, and the sentence says why."""
        error = self.start(lines, amount, **values)
        self.assertIn("code", error)
        self.assertIn(words, error["data"]["message"] + error["message"])

    def transaction(self, values):
        return self.env["payment.transaction"].search(
            [("reference", "=", values["reference"])]
        )

    def test_page_shows_what_the_ledger_says(self):
        self.pay(self.invoice, 200)
        text = self.pay_page(self.line_1, self.line_2).text
        self.assertIn("o_payment_form", text)
        self.assertIn('data-amount="1300.0"', text)
        self.assertIn(f"transaction/{self.line_1.id}-{self.line_2.id}", text)

    def test_two_invoices_are_paid(self):
        """Both leave the statement once the provider confirms; our page is where it ends."""
        values = self.start([self.line_1, self.line_2], 1500.0)
        transaction = self.transaction(values)
        self.assertEqual(transaction.amount, 1500)
        self.assertEqual(transaction.invoice_ids, self.invoice | self.invoice_2)
        self.assertEqual(transaction.partner_id, self.debtor)
        self.assertEqual(
            transaction.landing_route, f"/my/statement/{self.token}?done=paid"
        )
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(
            (self.invoice.amount_residual, self.invoice_2.amount_residual), (0, 0)
        )
        text = self.page().text
        self.assertNotIn(self.invoice.name, text)
        self.assertIn("settled", text)
        self.assertEqual(len(self.events("portal.payment")), 1)

    def test_with_the_demo_provider(self):
        """The whole way with ``payment_demo``: form, request, answer of the provider."""
        demo = self.env["payment.provider"].search([("code", "=", "demo")], limit=1)
        self.assertTrue(demo, "payment_demo is part of the test base")
        methods = self.env["payment.method"].with_context(active_test=False)
        method = methods.search([("code", "=", "demo")], limit=1)
        method.active = True
        demo.write({"state": "test", "is_published": True})
        self.assertIn(demo.name, self.pay_page(self.line_2).text)
        values = self.start(
            [self.line_2],
            300.0,
            provider_id=demo.id,
            payment_method_id=method.id,
            flow="direct",
        )
        answer = {"reference": values["reference"], "simulated_state": "done"}
        self.url_open(
            "/payment/demo/simulate_payment",
            json={"params": {**answer, "payment_details": "4242"}},
        ).raise_for_status()
        transaction = self.transaction(values)
        self.assertEqual((transaction.state, transaction.amount), ("done", 300))
        transaction._post_process()
        self.assertEqual(self.invoice_2.amount_residual, 0)
        self.assertEqual(self.invoice.amount_residual, 1200)
        self.assertNotIn(self.invoice_2.name, self.page().text)

    def test_the_amount_of_the_browser_is_not_believed(self):
        """Less, more, nothing, nonsense, or the amount before another payment."""
        for amount in (1, 1199.99, 1500, None, "1200", -1200):
            with self.subTest(amount=amount):
                self.refused("changed meanwhile", [self.line_1], amount)
        self.pay(self.invoice, 200)
        self.refused("changed meanwhile", [self.line_1], 1200.0)
        self.assertIn("reference", self.start([self.line_1], 1000.0))

    def test_nothing_of_others_can_be_paid(self):
        """A foreign line, a paid one, a wrong link: refused, nothing is created."""
        foreign = self.line(self.foreign)
        count = self.env["payment.transaction"].search_count([])
        self.refused("Tick", [foreign], 77.0)
        self.refused("404", [self.line_1], 1200.0, key="1-1-" + "A" * 32)
        self.pay(self.invoice)
        self.refused("Tick", [self.line_1], 1200.0)
        self.assertEqual(self.env["payment.transaction"].search_count([]), count)

    def test_means_of_others_are_refused(self):
        """A provider that the form did not offer, a stored card behind a mere link."""
        hidden = self.provider.copy({"state": "disabled", "is_published": False})
        self.refused("not available", [self.line_1], 1200.0, provider_id=hidden.id)
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.payment_method_id,
                "partner_id": self.debtor.id,
                "provider_ref": "card",
                "payment_details": "1234",
            }
        )
        card = {"flow": "token", "token_id": token.id}
        self.refused("not available", [self.line_1], 1200.0, **card)
        self.assertNotIn("1234", self.pay_page(self.line_1).text)

    def test_a_link_stores_no_card_and_validates_nothing(self):
        values = self.start(
            [self.line_1], 1200.0, tokenization_requested=True, is_validation=True
        )
        transaction = self.transaction(values)
        self.assertFalse(transaction.tokenize)
        self.assertEqual(transaction.operation, "online_redirect")
        self.assertEqual(transaction.amount, 1200)

    def test_two_payments_at_once(self):
        """While one is pending the same invoice is not offered again."""
        self.transaction(self.start([self.line_1], 1200.0))._set_pending()
        # The provider of the tests counts as a transfer by hand, which blocks nothing.
        self.patch(self.registry["account.move"], "_has_to_be_paid", lambda move: False)
        self.assertIn("cannot be paid online", self.pay_page(self.line_1).text)
        self.refused("cannot be paid online", [self.line_1], 1200.0)

    def test_problems_are_said(self):
        self.assertIn("Tick what", self.pay_page().text)
        other = self.env.ref("base.CHF")
        other.active = True
        abroad = self.make_invoice(self.debtor, 3, 50, currency_id=other.id)
        text = self.pay_page(self.line_1, self.line(abroad)).text
        self.assertIn("one currency at a time", text)

    def test_an_instalment_alone(self):
        """A term in two dates: one can be paid alone, its amount only."""
        lines = self.line(self.two_dates()).sorted("date_maturity")
        values = self.start([lines[0]], 250.0)
        transaction = self.transaction(values)
        transaction._set_done()
        transaction._post_process()
        self.assertTrue(lines[0].reconciled)
        self.assertEqual(lines[1].amount_residual, 250)

    def two_dates(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two dates",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 10}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 20}),
                ],
            }
        )
        return self.make_invoice(
            self.debtor,
            0,
            500,
            invoice_payment_term_id=term.id,
            invoice_date_due=False,
            invoice_date=TODAY - timedelta(30),
        )

    def test_a_colleague_cannot_pay(self):
        self.login("agent")
        self.assertIn("only the customer", self.pay_page(self.line_1).text)
        self.refused("only the customer", [self.line_1], 1200.0)
