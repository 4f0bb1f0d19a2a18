"""Rows streamed into a workbook: every cell as `xlsxwriter` would write it, or safer."""

import io
import zipfile
from datetime import date
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_xlsx_book import CORPUS, written

from recouvrement_auto.tools.xlsx_book import Column
from recouvrement_auto.tools.xlsx_rows import is_risky

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def table(columns, rows, before=()):
    """A workbook of one table under its head."""

    def write(book):
        for name in before:
            book.sheet(name).text(0, 0, name)
        sheet = book.sheet("A")
        sheet.head(0, columns)
        sheet.table(1, columns, rows)
        sheet.layout(0, len(rows), columns)

    return written(write)


def values(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content))["A"]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


@pytest.mark.parametrize("text", CORPUS)
def test_text_is_text(text):
    content = table([Column("t"), Column("c", "code")], [(text, text)])
    book = openpyxl.load_workbook(io.BytesIO(content))
    for cell in book["A"][2]:
        assert cell.data_type == "s"
        assert bool(cell.quotePrefix) == is_risky(text)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml")
    assert b"<hyperlink" not in page and b"<f>" not in page


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_any_text_gives_readable_xml(texts):
    """Markup, control characters and what looks like an escape come back unchanged."""
    content = table([Column("t")], [(text,) for text in texts])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    cells = page.findall(f"./{SPACE}sheetData/{SPACE}row/{SPACE}c")[1:]
    found = [cell.findtext(f"{SPACE}is/{SPACE}t") or "" for cell in cells]
    assert [openpyxl.utils.escape.unescape(text) for text in found] == texts


def test_kinds_labels_and_formulas():
    columns = [
        Column("a", "text"),
        Column("b", "date"),
        Column("c", "int"),
        Column("d", "code", labels={1: "one", 2: "<two>"}),
        Column("e", "money"),
        Column("f", "money", formula="SUM(E{row}:E{row})"),
    ]
    rows = [
        ("x", date(2026, 3, 31), 3, 1, 1234.56, 1234.56),
        (None, None, None, 2, -0.1, -0.1),
        ("", None, 0, 3, None, 0.0),
    ]
    found = values(table(columns, rows))
    assert [found[0][0], found[0][1].date(), *found[0][2:]] == [
        *("x", date(2026, 3, 31), 3, "one", 1234.56, "=SUM(E2:E2)")
    ]
    assert found[1] == [None, None, None, "<two>", -0.1, "=SUM(E3:E3)"]
    assert found[2] == [None, None, 0, None, None, "=SUM(E4:E4)"]


def test_formats_are_those_of_the_columns():
    content = table(
        [Column("t"), Column("m", "money"), Column("d", "date")],
        [("=1", 1, date(2026, 1, 1)), ("a", 2, date(2026, 1, 2))],
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content))["A"]
    assert [sheet["A2"].quotePrefix, bool(sheet["A3"].quotePrefix)] == [True, False]
    assert sheet["B2"].number_format == sheet["B3"].number_format != "General"
    assert sheet["C3"].number_format == "dd/mm/yyyy"


def test_no_row_leaves_no_model_behind():
    content = table([Column("t"), Column("m", "money")], [])
    assert values(content) == []


def test_the_right_sheet_of_several():
    content = table([Column("t")], [("x",)], before=("One", "Two"))
    assert values(content) == [["x"]]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [book[name]["A1"].value for name in ("One", "Two")] == ["One", "Two"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(ValueError, match="Not a number"):
        table([Column("m", "money")], [(number,)])


def test_long_text_is_cut_not_lost():
    [[cell]] = values(table([Column("t")], [("x" * 40_000,)]))
    assert len(cell) == 32_767


def test_an_error_while_reading_reaches_the_caller():
    def rows():
        yield ("x",)
        raise LookupError("gone")

    with pytest.raises(LookupError):
        written(lambda book: book.sheet("A").table(0, [Column("t")], rows()))
