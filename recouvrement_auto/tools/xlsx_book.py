"""A workbook in which no text is ever interpreted. Wraps ``xlsxwriter``, imports no Odoo.

Names of customers and references of invoices come from outside: ``=HYPERLINK(...)`` or
``http://...`` written by the usual ``write`` becomes a live formula or a link. Here text goes
through ``write_string`` only, and texts that a spreadsheet could take for a formula once the
cell is edited carry the "quote prefix" (CWE-1236).
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

MAX_ROWS = 1_048_576  # rows of a sheet, Excel specifications and limits
MAX_TEXT = 32_767
_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 date system
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_HARMLESS = frozenset(string.ascii_letters + string.digits)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


class _PlainFormulas(Worksheet):
    """``xlsxwriter`` looks for 28 names of newer functions in each formula; ours use none.

    Were this method renamed there, formulas would only be slower to write.
    """

    def _prepare_formula(self, formula, expand_future_functions=False):
        return formula.lstrip("=")


@dataclass(frozen=True)
class Column:
    """A column: head, kind (``text``, ``code``, ``money``, ``date``, ``int``) and width.

    A ``code`` is a short text, centred.
    """

    title: str
    kind: str = "text"
    width: float = 14


class Book:
    """``with Book(target, ...) as book`` writes an XLSX file to ``target``."""

    def __init__(self, target, date_format="dd/mm/yyyy", decimals=2, title=""):
        self._workbook = xlsxwriter.Workbook(target, _OPTIONS)
        self._workbook.set_properties({"title": title})
        self._workbook.set_calc_mode("auto")
        self._names = set()
        self.formats = self._make_formats(date_format, decimals)

    def _make_formats(self, date_format, decimals):
        cents = "0" if not decimals else "0." + "0" * decimals
        money = f"#,##{cents};[Red]-#,##{cents}"
        head = {
            "bold": True,
            "bg_color": "#1F3A5F",
            "font_color": "#FFFFFF",
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
            "border": 1,
            "border_color": "#FFFFFF",
        }
        total = {"bold": True, "bg_color": "#E8EEF5", "top": 1, "bottom": 1}
        specs = {
            "title": {"bold": True, "font_size": 14},
            "note": {"italic": True, "font_color": "#555555"},
            "head": head,
            "text": {},
            "code": {"align": "center"},
            "risky": {"quote_prefix": True},
            "money": {"num_format": money},
            "date": {"num_format": date_format, "align": "center"},
            "int": {"num_format": "#,##0"},
            "percent": {"num_format": "0.0%"},
            "total_text": total,
            "total_money": {**total, "num_format": money},
            "total_int": {**total, "num_format": "#,##0"},
            "total_percent": {**total, "num_format": "0.0%"},
        }
        return {name: self._workbook.add_format(spec) for name, spec in specs.items()}

    def sheet(self, name):
        """A new sheet; the name is made legal and unique."""
        legal = "".join(" " if c in "[]:*?/\\" else c for c in name).strip("' ")[:31]
        base, number = legal or "Sheet", 2
        while legal.casefold() in self._names:
            legal = f"{base[:27]} {number}"
            number += 1
        self._names.add(legal.casefold())
        worksheet = self._workbook.add_worksheet(legal, _PlainFormulas)
        return Sheet(self, worksheet, legal)

    def column_chart(self):
        return self._workbook.add_chart({"type": "column"})

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self._workbook.close()


class Sheet:
    """One sheet. Rows have to be written from top to bottom (constant memory)."""

    def __init__(self, book, worksheet, name):
        self.worksheet = worksheet
        self.name = name
        self._formats = book.formats

    def text(self, row, col, value, style="text"):
        value = str(value or "")[:MAX_TEXT]
        if style in ("text", "code") and value.lstrip().startswith(_RISKY):
            style = "risky"
        self.worksheet.write_string(row, col, value, self._formats[style])

    def number(self, row, col, value, style="money"):
        self.worksheet.write_number(row, col, float(value), self._formats[style])

    def date(self, row, col, value, style="date"):
        if value:
            self.worksheet.write_number(
                row, col, (value - _EPOCH).days, self._formats[style]
            )

    def formula(self, row, col, formula, value, style="money"):
        """A formula of ours with the value it has now, for readers that do not compute."""
        self.worksheet.write_formula(
            row, col, formula, self._formats[style], float(value)
        )

    def head(self, row, columns):
        self.worksheet.set_row(row, 44)
        for col, column in enumerate(columns):
            self.worksheet.set_column(col, col, column.width)
            self.text(row, col, column.title, "head")

    def writers(self, columns):
        """One ``(row, col, value)`` function per column, for the loop over many rows."""
        makers = {
            "text": lambda: self._text_writer("text"),
            "code": lambda: self._text_writer("code"),
            "date": lambda: self.date,
            "money": lambda: self._number_writer("money"),
            "int": lambda: self._number_writer("int"),
        }
        return [makers[column.kind]() for column in columns]

    def _text_writer(self, style):
        """As ``text``, without its checks when the first letter is harmless."""
        write, plain, checked = (
            self.worksheet.write_string,
            self._formats[style],
            self.text,
        )

        def text(row, col, value):
            if not value:
                return
            if value[0] in _HARMLESS and len(value) < MAX_TEXT:
                write(row, col, value, plain)
            else:
                checked(row, col, value, style)

        return text

    def _number_writer(self, style):
        write, plain = self.worksheet.write_number, self._formats[style]

        def number(row, col, value):
            write(row, col, value or 0, plain)

        return number

    def layout(self, head_row, last_row, columns, frozen_columns=1, footer=""):
        """Frozen head, filter, and a print-out one page wide that repeats the head."""
        sheet = self.worksheet
        sheet.freeze_panes(head_row + 1, frozen_columns)
        sheet.autofilter(head_row, 0, max(last_row, head_row), len(columns) - 1)
        self.page(footer)
        sheet.repeat_rows(head_row)

    def page(self, footer=""):
        """A4 landscape, one page wide, pages numbered."""
        sheet = self.worksheet
        sheet.hide_gridlines(1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L{}&R&P / &N".format(footer.replace("&", "&&")[:200]))

    def cells(self, col, first, last, absolute=True):
        """``$C$6:$C$90``: a range of one column, rows counted from 0."""
        name, sign = xl_col_to_name(col), "$" if absolute else ""
        return f"{sign}{name}{sign}{first + 1}:{sign}{name}{sign}{last + 1}"

    def cell(self, row, col, absolute=True):
        """``$C$6``: one cell."""
        return self.cells(col, row, row, absolute).split(":")[0]

    def reference(self, cells):
        """The same range, from another sheet."""
        return "'{}'!{}".format(self.name.replace("'", "''"), cells)
