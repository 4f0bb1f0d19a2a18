import io
import zipfile

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
class TestAgedBalanceInjection(AgedBalanceCommon):
    """Text that comes from data stays text."""

    def formula_cells(self, sheet):
        return [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]

    def build(self, request):
        content = self.env["recouvrement.aged.balance.xlsx"]._build(request)
        return load_workbook(io.BytesIO(content))

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
