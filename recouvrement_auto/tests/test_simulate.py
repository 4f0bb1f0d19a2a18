"""The dry run says what the nights will do, and writes nothing."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestSimulate(RecouvrementCommon):
    def simulate(self, days, **options):
        return (
            self.env["recouvrement.run"]
            .sudo()
            ._simulate(self.company, TODAY, TODAY + timedelta(days), **options)
        )

    def rows_of(self, found, partner):
        return [
            (row["date"], row["step_code"], row["state"], row["reason"])
            for row in found
            if row["partner_id"] == partner.id
        ]

    def test_thirty_days_match_the_nights_that_follow(self):
        partner = self.make_debtor("Alpha")
        for late in (5, -3, -20):
            self.make_invoice(partner, late)
        self.scenario.line_ids.filtered(lambda x: x.mode == "confirm").unlink()
        expected = [
            row[:2] for row in self.rows_of(self.simulate(30), partner) if not row[3]
        ]
        self.assertGreaterEqual(len(expected), 4)
        real = []
        for offset in range(31):
            day = TODAY + timedelta(offset)
            self.travel(day)
            reminder = self.reminder_of(self.plan(day), partner)
            self.send()
            if reminder.state == "sent":
                real.append((day, reminder.step_code))
        self.assertEqual(real, expected)

    def test_says_why_and_writes_nothing(self):
        held = self.make_debtor("Held", email=False)
        self.make_invoice(held, 3)
        tables = ("recouvrement_reminder", "recouvrement_run", "recouvrement_log")

        def counts():
            return [self.env.execute_query(_count(table))[0][0] for table in tables]

        self.env["recouvrement.customer"]._get_or_create(self.company, held.ids)
        before = counts()
        found = self.simulate(1)
        self.assertEqual(counts(), before)
        self.assertEqual(
            self.rows_of(found, held)[0],
            (TODAY, "reminder_1", "held", "missing_address"),
        )

    def test_a_paid_invoice_leaves_the_dry_run(self):
        partner = self.make_debtor("Alpha")
        move = self.make_invoice(partner, 3)
        self.assertTrue(self.rows_of(self.simulate(10), partner))
        self.pay(move)
        self.assertFalse(self.rows_of(self.simulate(10), partner))

    def test_shadow_mode_is_no_reason_inside_a_dry_run(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3)
        self.company.recouvrement_mode = "shadow"
        self.assertEqual(self.rows_of(self.simulate(0), partner)[0][2:], ("queued", ""))

    def test_planning_opens_no_connection(self):
        self.make_invoice(self.make_debtor("Alpha"), 3)
        server = self.registry["ir.mail_server"]

        def refuse(this, *args, **kwargs):
            raise AssertionError("a connection was opened while planning")

        self.patch(server, "_connect__", refuse)
        self.assertEqual(self.plan().selected_count, 1)


def _count(table):
    return SQL("SELECT COUNT(*) FROM %s", SQL.identifier(table))
