import io
import re
import zipfile
from decimal import Decimal

from openpyxl import load_workbook

from odoo.tests import tagged

from .common import AgedBalanceCommon

# CWE-1236 corpus: what a spreadsheet takes for a formula or a link, raw or once edited.
CORPUS = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    " =1+1",
    "'=1+1",
    '"=1+1"',
    "{=1+1}",
    "=DDE('cmd';'/C calc';'x')",
    "http://evil.example",
    "mailto:x@evil.example",
    "internal:Sheet1!A1",
    "external:c:\\temp\\x.xlsx",
    "file:///etc/passwd",
    "www.evil.example",
    "123456",
    "1e5",
)


@tagged("post_install", "-at_install")
class TestAgedBalanceXlsx(AgedBalanceCommon):
    """The workbook: cell by cell against SQL, formulas that recompute, text that stays text."""

    def build(self, request, **kwargs):
        content = self.env["recouvrement.aged.balance.xlsx"]._build(request)
        return load_workbook(io.BytesIO(content), **kwargs)

    def test_cells_are_the_sql(self):
        """Every line of both sheets equals what SQL says."""
        request = self.ask("2025-03-31")
        book = self.build(request, data_only=True)
        expected = {}
        for item in self.items(request):
            key = item["debtor_name"] or "Without customer"
            row = expected.setdefault(key, [Decimal(0)] * 5)
            row[item["bucket"]] += Decimal(str(item["amount"]))
        balance = book["Balance by customer"]
        found = {}
        for row in balance.iter_rows(min_row=5, values_only=True):
            found[row[0]] = [Decimal(str(x or 0)) for x in row[7:12]]
            self.assertAlmostEqual(row[12], float(sum(found[row[0]])))
            self.assertAlmostEqual(row[13], float(sum(found[row[0]][1:])))
        self.assertEqual(found, expected)

        items = sorted(
            (i["move_name"], Decimal(str(i["amount"])), i["days_late"])
            for i in self.items(request)
        )
        cells = sorted(
            (row[8], Decimal(str(row[15])), row[12])
            for row in book["Items"].iter_rows(min_row=5, values_only=True)
        )
        self.assertEqual(cells, items)

    def test_control_sheet(self):
        """Ledger, report, difference 0.00, account by account and in total."""
        for day in ("2025-02-28", "2025-03-31", "2025-04-20", "2025-12-31"):
            sheet = self.build(self.ask(day), data_only=True)["Control"]
            rows = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}
            ledger = float(self.ledger(day))
            self.assertAlmostEqual(rows["Total of the ledger"][4], ledger)
            self.assertAlmostEqual(rows["Total of the report"][4], ledger)
            self.assertEqual(rows["Difference"][4], 0)

    def test_totals_are_formulas_of_ours_with_their_value(self):
        """Each formula is one of ours and carries the value that SQL gives."""
        request = self.ask("2025-03-31")
        formulas = self.build(request)
        values = self.build(request, data_only=True)
        ours = re.compile(
            r"=(SUM\(|SUBTOTAL\(9,|SUMPRODUCT\(|ROUND\(|IF\(SUM\(|[A-Z]+[0-9]+-[A-Z]+[0-9]+$)"
        )
        total = formulas["Balance by customer"]["M2"]
        self.assertTrue(total.value.startswith("=SUBTOTAL(9,"))
        self.assertAlmostEqual(
            values["Balance by customer"]["M2"].value, float(self.ledger("2025-03-31"))
        )
        for sheet in formulas:
            for cell in self.formula_cells(sheet):
                self.assertRegex(cell.value, ours)
                cached = values[sheet.title][cell.coordinate].value
                self.assertIsInstance(cached, (int, float))

    def formula_cells(self, sheet):
        return [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]

    def test_text_is_never_a_formula_nor_a_link(self):
        """The corpus in every text that comes from data: 0 formulas, 0 links."""
        clean = self.ask("2025-12-31")
        before = len(self.formula_cells(self.build(clean)["Items"]))
        for text in CORPUS:
            partner = self.partner_a.copy({"name": text, "ref": text})
            partner.user_id = self.env.user
            self.invoice("2025-07-01", 10, partner=partner, ref=text)
        self.env.user.sudo().name = CORPUS[0]
        self.company.sudo().name = CORPUS[1]
        content = self.env["recouvrement.aged.balance.xlsx"]._build(clean)
        book = load_workbook(io.BytesIO(content))
        self.assertEqual(len(self.formula_cells(book["Items"])), before)
        texts = [c.value for row in book["Items"].iter_rows() for c in row]
        for text in CORPUS:
            self.assertIn(text.strip(), [str(t).strip() for t in texts if t])
        for sheet in book:
            self.assertFalse([c for r in sheet.iter_rows() for c in r if c.hyperlink])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                self.assertNotIn(b"<hyperlink", archive.read(name), name)
                self.assertNotIn("externalLink", name)

    def test_layout(self):
        """Frozen head, filter, landscape, one page wide, head repeated, one chart."""
        book = self.build(self.ask("2025-03-31"))
        for title in ("Balance by customer", "Items"):
            sheet = book[title]
            self.assertEqual(sheet.freeze_panes, "B5")
            self.assertTrue(sheet.auto_filter.ref.startswith("A4:"))
            self.assertEqual(sheet.page_setup.orientation, "landscape")
            self.assertEqual(sheet.page_setup.fitToHeight, 0)
            self.assertEqual(sheet.print_title_rows, "$4:$4")
        self.assertEqual(len(book["Control"]._charts), 1)
        self.assertEqual(book["Items"]["K5"].number_format, "mm/dd/yyyy")
        self.assertIn("#,##0.00", book["Items"]["P5"].number_format)

    def test_other_axis_and_summary_only(self):
        """Grouped by salesperson: its sheet first, same total; no sheet of items."""
        request = self.ask("2025-03-31", group_by="salesperson_id", details=False)
        book = self.build(request, data_only=True)
        self.assertEqual(
            book.sheetnames,
            ["Balance by salesperson", "Balance by customer", "Control"],
        )
        sheet = book["Balance by salesperson"]
        total = sum(row[7] for row in sheet.iter_rows(min_row=5, values_only=True))
        self.assertAlmostEqual(total, float(self.ledger("2025-03-31")))
        rows = {r[0]: r for r in book["Control"].iter_rows(values_only=True) if r[0]}
        self.assertEqual(rows["Difference"][4], 0)

    def test_two_currencies_have_two_totals(self):
        """Amounts of different currencies are never added up."""
        data = self.setup_other_company(currency_id=self.foreign.id)
        other = data["company"]
        self.env.user.sudo().company_ids |= other
        env = self.env(context={"allowed_company_ids": (self.company | other).ids})
        request = self.ask("2025-03-31", company_ids=(self.company | other).ids)
        content = env["recouvrement.aged.balance.xlsx"]._build(request)
        book = load_workbook(io.BytesIO(content))
        sheet = book["Balance by customer"]
        self.assertTrue(sheet["O2"].value.startswith("=SUMIF("))
        self.assertTrue(sheet["O3"].value.startswith("=SUMIF("))
        names = {sheet["A2"].value, sheet["A3"].value}
        self.assertEqual(
            names,
            {f"Total {c.currency_id.name}" for c in (self.company, other)},
        )

    def test_nothing_open(self):
        """A day before the first entry: empty sheets, zero everywhere, no error."""
        book = self.build(self.ask("2024-01-01"), data_only=True)
        self.assertEqual(book["Balance by customer"]["M2"].value, 0)

    def test_french(self):
        """Sheets, heads and dates in the language of the reader."""
        self.env["res.lang"]._activate_lang("fr_FR")
        builder = self.env["recouvrement.aged.balance.xlsx"].with_context(lang="fr_FR")
        content = builder._build(self.ask("2025-03-31"))
        book = load_workbook(io.BytesIO(content))
        self.assertEqual(book.sheetnames, ["Balance par client", "Postes", "Contrôle"])
        self.assertEqual(book["Postes"]["K5"].number_format, "dd/mm/yyyy")
        self.assertIn("31/03/2025", book["Contrôle"]["A1"].value)
        self.assertEqual(book["Balance par client"]["H4"].value, "Non échu")

    def test_attachment(self):
        """The same builder makes an attachment, for a scheduled action."""
        record = self.company.partner_id
        attachment = self.env["recouvrement.aged.balance.xlsx"]._attach(
            self.ask("2025-03-31"), record
        )
        self.assertEqual(
            (attachment.res_model, attachment.res_id), (record._name, record.id)
        )
        self.assertTrue(attachment.name.endswith(".xlsx"))
        load_workbook(io.BytesIO(attachment.raw))

    def test_number_of_queries_does_not_grow(self):
        """A workbook costs the same number of queries at two sizes."""
        builder = self.env["recouvrement.aged.balance.xlsx"]
        request = self.ask("2025-12-31")

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            builder._build(request)
            return self.env.cr.sql_log_count - before

        queries()
        small = queries()
        for number in range(30):
            partner = self.partner_a.copy({"name": f"Customer {number}"})
            self.invoice("2025-07-01", 10 + number, partner=partner)
        self.env.flush_all()
        queries()  # caches of the registry, emptied by what was just made
        self.assertEqual(queries(), small)
        self.assertLessEqual(small, 25)
