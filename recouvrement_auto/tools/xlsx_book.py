"""A workbook in which no text is ever interpreted. Wraps ``xlsxwriter``, imports no Odoo.

Names of customers and references of invoices come from outside: ``=HYPERLINK(...)`` or
``http://...`` written by the usual ``write`` becomes a live formula or a link. Here text goes
through ``write_string`` only, and texts that a spreadsheet could take for a formula once the
cell is edited carry the "quote prefix" (CWE-1236).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from .xlsx_rows import EPOCH, MAX_TEXT, Cells, Table, fill, is_risky

MAX_ROWS = 1_048_576  # rows of a sheet, Excel specifications and limits
_SPOOLED = 1 << 20  # bytes of a workbook without its tables that stay in memory
_CELL_KINDS = {"text": "text", "code": "text", "date": "date"}  # others are numbers
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

    A ``code`` is a short text, centred. In a table (``Sheet.table``) a column may have
    ``labels``, the text of each value, or a ``formula`` of ours, ``{row}`` for its own row.
    """

    title: str
    kind: str = "text"
    width: float = 14
    labels: dict | None = None
    formula: str = ""


class Book:
    """``with Book(target, ...) as book`` writes an XLSX file to ``target``."""

    def __init__(self, target, date_format="dd/mm/yyyy", decimals=2, title=""):
        self._target, self._tables = target, []
        self._package = SpooledTemporaryFile(_SPOOLED)
        self._workbook = xlsxwriter.Workbook(self._package, _OPTIONS)
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
        part = f"xl/worksheets/sheet{len(self._names)}.xml"
        return Sheet(self, worksheet, legal, part)

    def add_table(self, table):
        """Rows that are read and written when the workbook is closed."""
        self._tables.append(table)

    def column_chart(self):
        return self._workbook.add_chart({"type": "column"})

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        with self._package:
            self._workbook.close()
            if exc_type is None:
                fill(self._package, self._target, self._tables)


class Sheet:
    """One sheet. Rows have to be written from top to bottom (constant memory)."""

    def __init__(self, book, worksheet, name, part):
        self.worksheet = worksheet
        self.name = name
        self._book, self._formats, self._part = book, book.formats, part

    def text(self, row, col, value, style="text"):
        value = str(value or "")[:MAX_TEXT]
        if style in ("text", "code") and is_risky(value):
            style = "risky"
        self.worksheet.write_string(row, col, value, self._formats[style])

    def number(self, row, col, value, style="money"):
        self.worksheet.write_number(row, col, float(value), self._formats[style])

    def date(self, row, col, value, style="date"):
        if value:
            self.worksheet.write_number(
                row, col, (value - EPOCH).days, self._formats[style]
            )

    def formula(self, row, col, formula, value, style="money"):
        """A formula of ours with the value it has now, for readers that do not compute."""
        self.worksheet.write_formula(
            row, col, formula, self._formats[style], float(value)
        )

    def subtotal(self, row, col, first, last, value):
        """The sum of what a filter leaves of rows ``first`` to ``last`` of the column."""
        formula = f"=SUBTOTAL(9,{self.cells(col, first, last)})"
        self.formula(row, col, formula, round(value, 6), "total_money")

    def head(self, row, columns):
        self.worksheet.set_row(row, 44)
        for col, column in enumerate(columns):
            self.worksheet.set_column(col, col, column.width)
            self.text(row, col, column.title, "head")

    def table(self, row, columns, rows):
        """Many rows from ``row`` on, at any speed the reading allows; once per sheet.

        :param rows: tuples, one value per column; read when the book is closed, so that
            rows streamed from a database are never held. None leaves a cell empty;
            columns with a formula come last, their value is what the formula gives now
        """
        for number, style_of in enumerate((str, self._risky)):
            for col, column in enumerate(columns):
                style = self._formats[style_of(column.kind)]
                self.worksheet.write_blank(row + number, col, None, style)
        cells = tuple(
            Cells(
                xl_col_to_name(col),
                _CELL_KINDS.get(column.kind, "number"),
                column.labels,
                column.formula,
            )
            for col, column in enumerate(columns)
        )
        self._book.add_table(Table(self._part, row + 1, cells, rows))

    def _risky(self, kind):
        return "risky" if _CELL_KINDS.get(kind) == "text" else kind

    def writers(self, columns):
        """One ``(row, col, value)`` function per column, for a sheet of a few rows."""
        makers = {"date": self.date, "money": self._amount, "int": self._count}
        return [
            makers.get(column.kind, partial(self._filled, column.kind))
            for column in columns
        ]

    def _filled(self, style, row, col, value):
        if value:
            self.text(row, col, value, style)

    def _amount(self, row, col, value):
        self.number(row, col, value or 0)

    def _count(self, row, col, value):
        self.number(row, col, value or 0, "int")

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
