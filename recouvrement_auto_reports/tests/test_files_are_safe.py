import base64
import csv
import io
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tests.common import TODAY

from ..tools.aged_request import AgedRequest
from . import workbook
from .export_common import ExportCommon
from .test_aged_balance_injection import CORPUS

START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|")


@tagged("post_install", "-at_install")
class TestFilesAreSafe(ExportCommon):
    """Every XLSX and CSV that the suite writes, with the injection corpus in names,
    references, notes, reasons and companies: 0 formulas and 0 links from data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, text in enumerate(CORPUS):
            partner = cls.make_debtor(f"Debtor {number}", ref=text)
            partner.email = f"d{number}@debtor.example"
            partner.name = text
            cls.make_invoice(partner, late=number, amount=10.1 + number, ref=text)
            cls.last = partner
        cls.company.name = CORPUS[1]
        cls.users["manager"].name = CORPUS[0]
        cls.file = (
            cls.env["recouvrement.customer"]
            .sudo()
            ._get_or_create(cls.company, cls.last.ids)
        )

    def workbooks(self):
        """``{what: bytes}`` of each kind of workbook."""
        self.night()
        self.env["recouvrement.pause"].create(
            {
                "customer_id": self.file.id,
                "reason": CORPUS[0],
                "date_end": TODAY + timedelta(days=5),
            }
        )
        request = AgedRequest(TODAY, (self.company.id,))
        found = {
            "aged balance": self.env["recouvrement.aged.balance.xlsx"]._build(request)
        }
        for kind, values in (
            ("history", {}),
            ("statements", {"statement_format": "xlsx"}),
        ):
            files = self.unpack(self.make(kind=kind, **values))
            for name, content in files.items():
                if name.endswith(".xlsx"):
                    found[f"{kind} {name}"] = content
        for kind in ("receipts", "losses"):
            export = self.make(kind=kind)
            self.assertEqual((export.state, export.message), ("done", False))
            found[kind] = export.attachment_id.raw
        return found

    def test_workbooks(self):
        """Formulas are ours alone, links there are none, each text of the corpus stands
        as it is."""
        books = self.workbooks()
        self.assertGreater(len(books), len(CORPUS))
        for what, content in books.items():
            for sheet, cell, formula in workbook.formulas(content):
                text = formula.lstrip("=")
                self.assertTrue(
                    workbook.OWN_FORMULA.fullmatch(text), (what, sheet, cell, formula)
                )
            self.assertFalse(workbook.links(content), what)
        found = {t.strip() for t in workbook.texts(books["aged balance"])}
        for text in CORPUS:
            self.assertIn(text.strip(), found)

    def test_the_check_finds_a_formula_from_data(self):
        """What the corpus would do if it got through is recognised."""
        for text in ("cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "DDE(1)", "1+A"):
            self.assertFalse(workbook.OWN_FORMULA.fullmatch(text), text)

    def test_libreoffice_reads_and_computes_the_same(self):
        """Cell by cell, results of formulas taken away before: it has to compute them."""
        books = self.workbooks()
        names = ["aged balance", *[n for n in books if n.startswith("history")]]
        names += [n for n in books if n.startswith("statements")][:2]
        names += ["receipts", "losses"]
        for name in names:
            theirs = workbook.by_libreoffice(books[name])
            if theirs is None:
                theirs = books[name]
            ours, other = workbook.cells(books[name]), workbook.cells(theirs)
            self.assertGreater(len(ours), 20)
            self.assertEqual(self.spaces(ours), self.spaces(other), name)
            self.assertFalse(workbook.links(theirs), name)

    def spaces(self, cells):
        """A carriage return is read as a line end; that is not what is compared."""
        return {
            key: value.replace("\r\n", "\n")
            .replace("\r", "\n")
            .replace("_x000D_", "\n")
            if isinstance(value, str)
            else value
            for key, value in cells.items()
        }

    def tables(self):
        """``{what: text}`` of each kind of CSV."""
        self.night()
        found = {}
        for values in (
            {"kind": "history"},
            {"kind": "evidence", "customer_ids": self.file.ids},
        ):
            files = self.unpack(self.make(**values))
            for name, content in files.items():
                if name.endswith(".csv"):
                    found[name] = content.decode("utf-8-sig")
        export = self.env["recouvrement.log.export"].create(
            {"company_id": self.company.id}
        )
        export.action_export()
        found["log export"] = base64.b64decode(export.content).decode()
        return found

    def test_tables(self):
        """No cell begins like a formula; the corpus is there, marked as text."""
        tables = self.tables()
        self.assertGreater(len(tables), 4)
        for what, text in tables.items():
            for row in csv.reader(io.StringIO(text, newline="")):
                for cell in row:
                    risky = cell.startswith(START) and not self.is_number(cell)
                    self.assertFalse(risky, (what, cell))
        history = next(t for n, t in tables.items() if "history" in n.lower())
        self.assertIn("'=HYPERLINK", history)

    def is_number(self, cell):
        try:
            float(cell.replace(",", "."))
        except ValueError:
            return False
        return True
