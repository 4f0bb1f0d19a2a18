import io

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import OdooPdfFileReader

from odoo.addons.recouvrement_auto.tools.pdf import is_whole

from ..models import recouvrement_export_statements as statements
from .export_common import ExportCommon


@tagged("post_install", "-at_install")
class TestExportStatements(ExportCommon, HttpCase):
    """Statements of many customers, in the background."""

    def statements(self, role="manager", **values):
        defaults = {"kind": "statements", "statement_format": "xlsx"}
        return self.make(role, **{**defaults, **values})

    def test_one_workbook_per_customer(self):
        """Everybody with something open, each with his own items."""
        files = self.unpack(self.statements())
        books = {
            n: load_workbook(io.BytesIO(c)) for n, c in files.items() if "xlsx" in n
        }
        self.assertEqual(len(books), 2)
        [mine] = [b for n, b in books.items() if "Second" in n]
        cells = [c.value for row in mine.worksheets[0].iter_rows() for c in row]
        self.assertIn(self.second_move.name, cells)
        self.assertNotIn(self.first_move.name, cells)

    def test_only_late_and_past_day(self):
        """Not late, or nothing open at the day: no statement."""
        self.pay(self.second_move)
        files = self.unpack(self.statements(only_overdue=True))
        self.assertEqual(len([n for n in files if n.endswith(".xlsx")]), 1)
        export = self.statements(statement_day="2020-01-01")
        self.assertEqual(export.state, "failed")
        self.assertIn("open", export.message)

    def test_salesperson_gets_his_customers(self):
        """Asked without customers: his; asked for another's: refused."""
        export = self.statements("salesperson")
        files = self.unpack(export)
        names = [n for n in files if n.endswith(".xlsx")]
        self.assertEqual(len(names), 1)
        self.assertNotIn("Second", names[0])
        foreign = (
            self.env["recouvrement.export"]
            .sudo()
            .create(
                {
                    "kind": "statements",
                    "company_id": self.company.id,
                    "user_id": self.users["salesperson"].id,
                    "customer_ids": self.files[self.second].ids,
                    "state": "waiting",
                }
            )
        )
        self.env["recouvrement.export"].sudo()._cron_build()
        self.assertEqual(foreign.state, "failed")
        self.assertFalse(foreign.attachment_id)

    def test_resumed_after_a_time_slice(self):
        """The slice ends after one customer: the rest comes with the next, none twice."""
        made = []
        Export = self.registry["recouvrement.export"]
        real = Export._make_parts

        def counting(this, customers):
            made.append(customers.id)
            return real(this, customers)

        self.patch(statements, "BATCH", 1)
        self.patch(Export, "_make_parts", counting)
        self.patch(Export, "_tick", lambda *a, **k: 0)
        export = self.statements()
        self.assertEqual(export.state, "running")
        self.assertEqual(len(export.part_ids), 1)
        self.env["recouvrement.export"].sudo()._cron_build()
        self.assertEqual(export.state, "done")
        self.assertEqual(sorted(made), sorted(file.id for file in self.files.values()))
        self.assertFalse(export.part_ids)
        files = self.unpack(export)
        self.assertEqual(len([n for n in files if n.endswith(".xlsx")]), 2)

    def test_pdf_of_all_in_one(self):
        """One PDF, a page at least for each customer."""
        export = (
            self.env["recouvrement.export"]
            .with_user(self.users["agent"])
            .create(
                {
                    "kind": "statements",
                    "company_id": self.company.id,
                    "statement_packing": "single",
                }
            )
        )
        export.action_start()
        self.env["recouvrement.export"].sudo().with_context(
            force_report_rendering=True
        )._cron_build()
        self.assertEqual((export.state, export.message), ("done", False))
        self.assertTrue(export.file_name.endswith(".pdf"))
        reader = OdooPdfFileReader(io.BytesIO(export.sudo().attachment_id.raw))
        self.assertGreaterEqual(len(reader.pages), 2)

    def pages_of(self, content):
        """Text of each page, without blanks."""
        reader = OdooPdfFileReader(io.BytesIO(content))
        return ["".join(page.extract_text().split()) for page in reader.pages]

    def test_one_pdf_per_customer(self):
        """Printed together, cut by customer: each file has its own statement alone, on all
        of its pages, and says the same as one that was printed alone."""
        for number in range(60):  # a statement of several pages between two short ones
            self.make_invoice(self.first, late=number, amount=10, ref=f"R{number}")
        third = self.make_debtor("Third Debtor")
        self.make_invoice(third, late=3, amount=77)
        files = self.env["recouvrement.customer"].sudo()
        files = files._get_or_create(self.company, (self.first | third).ids)
        files |= self.files[self.second]
        Statement = self.env["recouvrement.statement"].with_context(
            force_report_rendering=True
        )
        prints, real = [], type(Statement)._print

        def counting(this, customers, data):
            prints.append(len(customers))
            return real(this, customers, data)

        self.patch(type(Statement), "_print", counting)
        found = dict(Statement._pdf_each(files))
        self.assertEqual(prints, [3], "one process")
        self.assertEqual(list(found), list(files))
        for customer, content in found.items():
            self.assertTrue(is_whole(content, "pdf"))
            pages = self.pages_of(content)
            self.assertEqual(pages, self.pages_of(Statement._pdf(customer)))
            others = (files - customer).partner_id.mapped("name")
            for other in others:
                self.assertNotIn("".join(other.split()), "".join(pages))
        self.assertGreater(len(self.pages_of(found[self.files[self.first]])), 1)

    def test_what_cannot_be_cut_is_printed_one_by_one(self):
        """A reference of an invoice that looks like that of a statement."""
        Statement = self.env["recouvrement.statement"].with_context(
            force_report_rendering=True
        )
        first, second = self.files[self.first], self.files[self.second]
        day = self.company._recouvrement_today()
        fake = f"[{Statement._reference(second, day)}]"
        self.make_invoice(self.first, late=2, amount=5, ref=fake)
        found = dict(Statement._pdf_each(first | second))
        for customer, content in found.items():
            self.assertEqual(
                self.pages_of(content), self.pages_of(Statement._pdf(customer))
            )
        self.assertNotIn("SecondDebtor", "".join(self.pages_of(found[first])))

    def test_workbooks_are_not_merged(self):
        """One file of all is a PDF: said, not guessed."""
        export = self.statements(statement_packing="single")
        self.assertEqual(export.state, "failed")
        self.assertIn("PDF", export.message)

    def test_too_many_for_one_file(self):
        """Beyond the limit the sentence says what to take."""
        self.patch(statements, "MAX_MERGED", 1)
        export = self.statements(statement_packing="single", statement_format="pdf")
        self.assertIn("one file per customer", export.message)

    def test_language_of_each_customer(self):
        """French customer, French words; the other English ones."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.second.lang = "fr_FR"
        files = self.unpack(self.statements())
        titles = {
            load_workbook(io.BytesIO(c)).sheetnames[0]
            for n, c in files.items()
            if n.endswith("xlsx")
        }
        self.assertEqual(len(titles), 2)

    def test_form_of_a_download(self):
        """Not ready: a sentence; ready: an address of the file."""
        export = self.ask(kind="statements", statement_format="xlsx")
        with self.assertRaises(UserError):
            export.action_download()
        self.env["recouvrement.export"].sudo()._cron_build()
        self.assertIn("/web/content/", export.action_download()["url"])
