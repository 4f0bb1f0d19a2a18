import io
from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools.pdf import OdooPdfFileReader

from ..report import recouvrement_aged_balance_pdf as pdf
from .common import AgedBalanceCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"
REPORT = "recouvrement_auto_reports.aged_balance_pdf"


@tagged("post_install", "-at_install")
class TestAgedBalancePdf(AgedBalanceCommon, HttpCase):
    """The printed balance: the figures of the ledger, page by page."""

    def report(self, day="2025-03-31", **values):
        return self.env["recouvrement.aged.balance.report"].create(
            {"date": day, "company_ids": self.company.ids, **values}
        )

    def balance(self, report):
        values = self.env[f"report.{REPORT}"]._get_report_values(report.ids)
        return values["balances"][0]

    def many(self, count):
        for number in range(count):
            partner = self.partner_a.copy({"name": f"Customer {number:03}"})
            self.invoice("2025-03-02", 10.01 + number, partner=partner)

    def test_pages_carry_and_total(self):
        """Each page adds to the one before; the last one says the ledger."""
        self.many(45)
        pages = [entry["page"] for entry in self.balance(self.report())["pages"]]
        self.assertEqual(len(pages), 2)
        self.assertLessEqual(len(pages[0].rows), pdf.FIRST_PAGE_ROWS)
        self.assertEqual(pages[1].carried, pages[0].so_far)
        for page in pages:
            total = sum(Decimal(str(line["amounts"][-2])) for line in page.rows)
            self.assertEqual(total, Decimal(str(page.total[-2])))
        expected = float(self.ledger("2025-03-31"))
        self.assertAlmostEqual(pages[-1].so_far[-2], expected, 6)

    def test_control_lists_each_account(self):
        """Each receivable account, difference 0 for all."""
        control = self.balance(self.report())["control"]
        self.assertEqual(len(control), 3)
        self.assertEqual({line["difference"] for line in control}, {0})
        self.assertTrue(all(line["ledger"] for line in control))

    def test_group_first_then_customers(self):
        """Grouped otherwise: a table of the axis, then the customers, same total."""
        for axis in ("group_id", "salesperson_id", "segment_id", "nature"):
            pages = self.balance(self.report(group_by=axis))["pages"]
            self.assertEqual(len(pages), 2, axis)
            totals = [entry["page"].so_far[-2] for entry in pages]
            self.assertEqual(totals[0], totals[1])
            self.assertAlmostEqual(totals[0], float(self.ledger("2025-03-31")))

    def test_empty(self):
        """A day before the first entry prints a page that says so."""
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            REPORT, self.report("2020-01-01").ids
        )
        self.assertIn("No open item at this date.", html.decode())

    def test_too_many_lines_are_refused_with_advice(self):
        """Beyond the limit the sentence names the XLSX."""
        self.patch(pdf, "MAX_PDF_ROWS", 1)
        with self.assertRaises(UserError) as error:
            self.balance(self.report())
        self.assertIn("XLSX", str(error.exception))

    def test_salesperson_and_foreign_report(self):
        """His customers only; the report of somebody else not at all."""
        seller = new_test_user(
            self.env(su=True),
            "pdf_sales",
            f"{GROUP}salesperson",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.partner_b.user_id = seller
        Print = self.env(user=seller)[f"report.{REPORT}"]
        with self.assertRaises(AccessError):
            Print._get_report_values(self.report().ids)
        own = self.env(user=seller)["recouvrement.aged.balance.report"].create(
            {"date": "2025-03-31"}
        )
        pages = Print._get_report_values(own.ids)["balances"][0]["pages"]
        names = [line["name"] for entry in pages for line in entry["page"].rows]
        self.assertEqual(names, [self.partner_b.name])
        action = own.action_print()
        self.assertEqual(action["report_name"], REPORT)

    def test_pdf_has_the_pages(self):
        """The renderer makes as many landscape A4 sheets as there are pages."""
        self.many(45)
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(REPORT, self.report().ids)
        )
        self.assertEqual(kind, "pdf")
        pages = OdooPdfFileReader(io.BytesIO(content)).pages
        self.assertEqual(len(pages), 2)
        box = pages[0].mediabox
        self.assertGreater(box.width, box.height)

    def test_number_of_queries_does_not_grow(self):
        """Printing 40 more customers costs no query more."""
        report = self.report("2025-12-31")

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.balance(report)
            return self.env.cr.sql_log_count - before

        queries()
        small = queries()
        self.many(40)
        self.env.flush_all()
        queries()
        self.assertEqual(queries(), small)

    def test_report_of_a_past_date_says_its_date(self):
        """The title names the day asked for."""
        report = self.report()
        other = self.report()
        other.date = report.date + timedelta(days=30)
        self.assertNotEqual(self.balance(report)["title"], self.balance(other)["title"])
