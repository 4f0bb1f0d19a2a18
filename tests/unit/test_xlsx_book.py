"""The workbook writer: text stays text, names are legal, memory stays flat."""

import io
import resource
import zipfile

import openpyxl
import pytest

from recouvrement_auto.tools.xlsx_book import Book, Column

CORPUS = (
    "=1+1",
    '=HYPERLINK("http://evil.example")',
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    " =1",
    "'=1",
    "{=1}",
    "http://evil.example",
    "mailto:a@b.example",
    "internal:A!A1",
    "external:x.xlsx",
    "12",
)


def written(write, **options):
    target = io.BytesIO()
    with Book(target, **options) as book:
        write(book)
    return target.getvalue()


@pytest.mark.parametrize("text", CORPUS)
def test_text_is_text(text):
    def write(book):
        sheet = book.sheet("A")
        sheet.head(0, [Column(text)])
        sheet.text(1, 0, text)
        sheet.layout(0, 1, [Column(text)], footer=text)

    content = written(write, title=text)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["A"]
    assert [c.data_type for row in sheet.iter_rows() for c in row] == ["s", "s"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml")
        assert b"<hyperlink" not in page and b"<f>" not in page
        assert not [n for n in archive.namelist() if "externalLink" in n]


def test_risky_text_is_marked_as_quoted():
    """So that editing the cell does not make a formula of it."""
    content = written(lambda book: book.sheet("A").text(0, 0, "=1+1"))
    cell = openpyxl.load_workbook(io.BytesIO(content))["A"]["A1"]
    assert cell.quotePrefix and cell.value == "=1+1"


def test_names_of_sheets_are_legal_and_unique():
    def write(book):
        names = [
            book.sheet(name).name for name in ("A/B:[c]*?", "x" * 50, "x" * 50, "'")
        ]
        assert len({name.casefold() for name in names}) == 4
        assert all(len(name) <= 31 for name in names)

    written(write)


def test_long_text_is_cut_not_lost():
    content = written(lambda book: book.sheet("A").text(0, 0, "x" * 40_000))
    cell = openpyxl.load_workbook(io.BytesIO(content))["A"]["A1"]
    assert len(cell.value) == 32_767


def test_reference_to_a_sheet_with_an_apostrophe():
    def write(book):
        sheet = book.sheet("L'âge")
        assert sheet.reference(sheet.cells(2, 5, 9)) == "'L''âge'!$C$6:$C$10"
        assert sheet.cell(5, 2, False) == "C6"

    written(write)


def test_memory_does_not_grow_with_the_rows():
    """100,000 rows of 10 cells cost less than 8 MiB more (in memory: over 100)."""
    columns = [Column("t")] * 5 + [Column("m", "money")] * 5
    values = ["some text"] * 5 + [1234.56] * 5
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Book("/dev/null") as book:
        sheet = book.sheet("A")
        sheet.head(0, columns)
        sheet.table(1, columns, (values for _row in range(100_000)))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 8 * 1024
