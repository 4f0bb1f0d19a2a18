import io
import re
from decimal import Decimal

from openpyxl import load_workbook

from odoo.tests import tagged

from .common import AgedBalanceCommon


def cells_of(book, title, text):
    """Values of a range such as ``'Items'!$C$4:$C$9`` or ``C4``."""
    if "!" in text:
        title, text = text.rsplit("!", 1)
        title = title.strip("'").replace("''", "'")
    found = book[title][text.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell.value or 0 for row in rows for cell in row]


def evaluate(book, title, formula):
    """The few formulas that we write, computed from the values of other cells."""

    def numbers(text):
        return cells_of(book, title, text)

    if found := re.fullmatch(r"=(?:SUM|SUBTOTAL)\((?:9,)?([^()]+)\)", formula):
        return sum(numbers(found[1]))
    if found := re.fullmatch(r"=ROUND\((\w+)-(\w+),(\d)\)|=(\w+)-(\w+)", formula):
        left, right = found[1] or found[4], found[2] or found[5]
        return round(numbers(left)[0] - numbers(right)[0], 6)
    if found := re.fullmatch(r"=SUMPRODUCT\(\((.+)=(.+)\)\*(.+)\)", formula):
        keys, (own,), amounts = map(numbers, found.groups())
        return sum(a for key, a in zip(keys, amounts, strict=True) if key == own)
    found = re.fullmatch(r"=IF\(SUM\((.+)\)=0,0,(.+)/SUM\(.+\)\)", formula)
    total = sum(numbers(found[1]))
    return numbers(found[2])[0] / total if total else 0


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
            (row[7], Decimal(str(row[14])), row[11])
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

    def test_totals_recompute(self):
        """The formulas give their cached value again from the cells of the workbook."""
        for details in (True, False):
            request = self.ask("2025-03-31", details=details, group_by="nature")
            formulas, values = self.build(request), self.build(request, data_only=True)
            for sheet in formulas:
                for cell in self.formula_cells(sheet):
                    cached = values[sheet.title][cell.coordinate].value
                    found = evaluate(values, sheet.title, cell.value)
                    self.assertAlmostEqual(found, cached, 4, cell.value)

    def formula_cells(self, sheet):
        return [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]

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
        self.assertEqual(book["Items"]["J5"].number_format, "mm/dd/yyyy")
        self.assertIn("#,##0.00", book["Items"]["O5"].number_format)

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
        self.assertEqual(book["Postes"]["J5"].number_format, "dd/mm/yyyy")
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
