from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.tests.common import TODAY

from .export_common import ExportCommon

CLOSING = TODAY - timedelta(days=3)
REPORT = "recouvrement_auto_reports.circularisation"


@tagged("post_install", "-at_install")
class TestCircularisation(ExportCommon):
    """Confirmation of balances for the auditor."""

    def setUp(self):
        super().setUp()
        self.big = self.make_debtor("Big Debtor")
        self.make_invoice(self.big, late=20, amount=9000)
        self.campaign = self.new()

    def new(self, role="manager", **values):
        Campaign = self.env(user=self.users[role])["recouvrement.circularisation"]
        return Campaign.create(
            {
                "company_id": self.company.id,
                "closing_date": CLOSING,
                "reply_by": TODAY + timedelta(days=20),
                "auditor_name": "Cabinet Audit",
                "auditor_address": "1 rue de l'Audit\n69000 Lyon",
                "coverage": 80,
                "random_count": 1,
                **values,
            }
        )

    def line_of(self, partner):
        return self.campaign.line_ids.filtered(
            lambda line: line.customer_id.partner_id == partner
        )

    def chosen(self):
        self.campaign.action_choose()
        return self.campaign.line_ids

    def test_choice(self):
        """The largest first, one at random, what was owed at the closing."""
        lines = self.chosen()
        self.assertEqual(len(lines), 2)
        self.assertEqual(self.line_of(self.big).balance, 9000)
        self.assertGreaterEqual(self.campaign.asked_percent, 80)
        again = self.new(seed=self.campaign.seed)
        again.action_choose()
        self.assertEqual(again.line_ids.customer_id, lines.customer_id)

    def test_balance_is_frozen(self):
        """A payment dated before the closing and entered later changes no letter."""
        line = self.chosen() and self.line_of(self.big)
        self.pay(
            self.env["account.move"].search([("partner_id", "=", self.big.id)]),
            day=CLOSING - timedelta(days=1),
        )
        self.assertEqual(line.balance, 9000)
        self.assertEqual([item["amount"] for item in line["items"]], ["9000.00"])

    def test_letter(self):
        """Balance, items, auditor's address, the words of a request that is no reminder."""
        self.chosen()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(REPORT, self.line_of(self.big).ids)[0]
            .decode()
        )
        move = self.env["account.move"].search([("partner_id", "=", self.big.id)])
        for words in ("9,000.00", move.name, "Cabinet Audit", "neither a reminder"):
            self.assertIn(words, html)

    def test_letter_in_the_language_of_the_customer(self):
        """Two customers, two languages, one print."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.big.lang = "fr_FR"
        lines = self.chosen()
        letters = self.env[f"report.{REPORT}"]._get_report_values(lines.ids)["letters"]
        self.assertEqual({letter["lang"] for letter in letters}, {"fr_FR", "en_US"})

    def test_answers(self):
        """Sent, asked again, a difference, agreed in the end: each in the log."""
        line = self.chosen() and self.line_of(self.big)
        with self.assertRaises(UserError):
            line.action_confirmed()
        line.action_sent()
        self.assertEqual((line.state, line.sent_on), ("sent", TODAY))
        line.action_sent()
        self.assertEqual(line.reminded_on, TODAY)
        with self.assertRaises(UserError):
            line.action_differs()
        line.write({"reply_balance": 8000, "reply_on": TODAY})
        line.action_differs()
        self.assertEqual((line.state, line.difference), ("differs", -1000))
        line.action_confirmed()
        self.assertEqual((line.state, line.difference), ("agreed", 0))
        self.assertEqual(self.campaign.answered_count, 1)
        events = (
            self.env["recouvrement.log"]
            .sudo()
            .search([("event", "=", "confirmation.moved")])
        )
        self.assertEqual(len(events), 3)
        self.assertEqual(events.mapped("customer_res_id"), line.customer_id.ids * 3)

    def test_no_answer_is_proved_by_cash(self):
        """Received after the closing, beside the balance."""
        line = self.chosen() and self.line_of(self.big)
        line.action_sent()
        line.action_no_answer()
        self.assertEqual(line.received_after, 0)
        move = self.env["account.move"].search([("partner_id", "=", self.big.id)])
        self.pay(move, amount=2500)
        line.invalidate_recordset()
        self.assertEqual(line.received_after, 2500)

    def test_choosing_again_keeps_what_was_sent(self):
        """Only those not written to are chosen anew."""
        line = self.chosen() and self.line_of(self.big)
        line.action_sent()
        self.campaign.random_count = 0
        self.campaign.action_choose()
        self.assertEqual(self.campaign.line_ids, line)

    def test_rights(self):
        """Auditors and agents read; agents follow up; salespersons see nothing."""
        self.chosen()
        line = self.line_of(self.big)
        agent = line.with_user(self.users["agent"])
        agent.action_sent()
        auditor = line.with_user(self.users["auditor"])
        self.assertEqual(auditor.state, "sent")
        with self.assertRaises(AccessError):
            auditor.action_confirmed()
        with self.assertRaises(AccessError):
            auditor.write({"note": "x"})
        for role in ("agent", "auditor", "salesperson"):
            with self.assertRaises(AccessError):
                self.new(role)
        with self.assertRaises(AccessError):
            line.with_user(self.users["salesperson"]).read(["state"])
        for values in ({"state": "agreed"}, {"balance": 1}):
            with self.assertRaises(AccessError):
                agent.write(values)

    def test_foreign_company(self):
        """The list of another company is not shown."""
        self.chosen()
        other = self.setup_other_company()["company"]
        user = self.users["manager"].copy(
            {"login": "foreign", "company_id": other.id, "company_ids": other.ids}
        )
        Campaign = self.env(user=user)["recouvrement.circularisation"]
        self.assertFalse(Campaign.search([]))
        self.assertFalse(
            self.env(user=user)["recouvrement.circularisation.line"].search([])
        )

    def test_constraints(self):
        """Share, number and days that make no sense are refused."""
        for values in ({"coverage": 0}, {"coverage": 101}, {"random_count": -1}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.new(**values)
                self.env.flush_all()
        with self.assertRaises(ValidationError):
            self.new(reply_by=CLOSING)
        line = self.chosen()[0]
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            line.sudo().create(
                {"campaign_id": self.campaign.id, "customer_id": line.customer_id.id}
            )

    def test_nobody_owes(self):
        """A closing before the first invoice: a sentence."""
        early = self.new(closing_date="2020-01-01")
        with self.assertRaises(UserError):
            early.action_choose()

    def test_queries_do_not_grow(self):
        """The follow-up list costs the same for 2 customers and for 20."""

        def queries():
            self.env.invalidate_all()
            lines = self.campaign.sudo().line_ids
            before = self.env.cr.sql_log_count
            lines.mapped("received_after")
            lines.mapped("partner_id.name")
            return self.env.cr.sql_log_count - before

        self.chosen()
        queries()
        small = queries()
        for number in range(18):
            partner = self.make_debtor(f"More {number}")
            self.make_invoice(partner, late=9, amount=5000 + number)
        self.campaign.coverage = 100
        self.campaign.action_choose()
        self.assertGreater(len(self.campaign.line_ids), 15)
        queries()
        self.assertLessEqual(queries(), small)
