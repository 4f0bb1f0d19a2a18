from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import AgedBalanceCommon


@tagged("post_install", "-at_install")
class TestAgedBalanceScreen(AgedBalanceCommon):
    """The screen: columns chosen by the user, list and pivot over the items."""

    def report(self, day="2025-03-31", **values):
        return self.env["recouvrement.aged.balance.report"].create(
            {"date": day, "company_ids": self.company.ids, **values}
        )

    def lines(self, report):
        return self.env["recouvrement.aged.balance.report.line"].search(
            [("report_id", "=", report.id)]
        )

    def test_lines_sum_to_the_ledger(self):
        """What the list shows sums to the ledger; each item is in one column."""
        report = self.report()
        report.action_show()
        lines = self.lines(report)
        self.assertAlmostEqual(
            sum(lines.mapped("amount")), float(self.ledger("2025-03-31"))
        )
        for line in lines:
            columns = [line[f"amount_{index}"] for index in range(8)]
            self.assertEqual(sum(columns), line.amount)
            self.assertEqual(len([x for x in columns if x]), 1)

    def test_pivot_columns_in_order_of_age(self):
        """Grouping by column follows the age, not the alphabet."""
        report = self.report(limits="5, 15, 100")
        report.action_show()
        groups = self.env["recouvrement.aged.balance.report.line"]._read_group(
            [("report_id", "=", report.id)], ["bucket_id"], ["amount:sum"]
        )
        sequences = [bucket.sequence for bucket, _amount in groups]
        self.assertEqual(sequences, sorted(sequences))
        self.assertEqual(
            report.bucket_ids.mapped("name"),
            ["Not due", "1-5", "6-15", "16-100", "> 100"],
        )

    def test_heads_of_the_list_follow_the_limits(self):
        """The labels come with the views, from a key of the context that the web client
        sends."""
        action = self.report(limits="10, 20").action_show()
        Line = self.env["recouvrement.aged.balance.report.line"]
        views = Line.with_context(
            aged_limits_view_ref=action["context"]["aged_limits_view_ref"]
        ).get_views([(False, "list"), (False, "search")])
        fields = views["models"][Line._name]["fields"]
        heads = [fields[f"amount_{index}"]["string"] for index in range(4)]
        self.assertEqual(heads, ["Not due", "1-10", "11-20", "> 20"])

    def test_showing_twice_replaces_the_lines(self):
        """A second display does not add to the first."""
        report = self.report()
        report.action_show()
        first = len(self.lines(report))
        report.date = "2025-12-31"
        report.action_show()
        self.assertTrue(first)
        self.assertAlmostEqual(
            sum(self.lines(report).mapped("amount")), float(self.ledger("2025-12-31"))
        )
        line_ids = self.lines(report).ids
        report.unlink()
        self.assertFalse(
            self.env["recouvrement.aged.balance.report.line"].search(
                [("id", "in", line_ids)]
            )
        )

    def test_drill_down_to_the_entry(self):
        """A line opens its entry, a selection its journal items."""
        report = self.report(partner_ids=self.partner_b.ids)
        report.action_show()
        lines = self.lines(report)
        self.assertEqual(lines.partner_id, self.partner_b)
        line = lines.filtered(lambda x: x.move_res_id == self.doubted.id)
        self.assertEqual(line.action_open_move()["res_id"], self.doubted.id)
        domain = lines.action_open_journal_items()["domain"]
        items = self.env["account.move.line"].search(domain)
        self.assertEqual(len(items), len(lines))
        self.assertIn("account.move.line", lines.action_open_journal_items().values())

    def test_wrong_columns_are_refused_with_a_sentence(self):
        """Falling, too many, not numbers: says what to write."""
        for limits in ("30, 20", "a", "", "0", "1,2,3,4,5,6,7", "-5", "30,,60,30"):
            with self.subTest(limits=limits), self.assertRaises(UserError) as error:
                self.report(limits=limits).action_show()
            self.assertIn("30, 60, 90", str(error.exception))

    def test_form(self):
        """The form tidies the limits and keeps the companies of the user."""
        with Form(self.env["recouvrement.aged.balance.report"]) as form:
            form.limits = "30;60 ; 90"
            self.assertEqual(form.limits, "30, 60, 90")
        self.assertEqual(form.record.company_ids, self.env.companies)

    def test_few_queries_whatever_the_size(self):
        """Showing costs a constant number of queries."""
        report = self.report("2025-12-31")
        request = report._request()

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            report._fill(request)
            return self.env.cr.sql_log_count - before

        queries()  # the first has no columns to replace
        queries()
        small = queries()
        for number in range(20):
            self.invoice("2025-07-01", 10 + number)
        self.env.flush_all()
        queries()  # caches of the registry, emptied by what was just made
        self.assertEqual(queries(), small)
