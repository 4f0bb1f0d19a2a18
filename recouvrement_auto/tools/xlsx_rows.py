"""Many rows of one sheet, streamed into a workbook that is already written.

A cell through ``xlsxwriter`` costs some three microseconds: checks, sets and a look-up for
each of them. Where thousands of rows have the same columns, the row is written here instead
as SpreadsheetML (ECMA-376 part 1, 18.3.1.73 ``row``, 18.3.1.4 ``c``), its texts as inline
strings (18.3.1.53 ``is``), which no reader takes for a formula or a link. Everything else of
the workbook stays with ``xlsxwriter``: two model rows in the sheet carry the formats of the
columns and mark where the rows go. Standard library only.
"""

from __future__ import annotations

import re
import shutil
import string
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

EPOCH = date(1899, 12, 30)  # day 0 of the 1900 date system
MAX_TEXT = 32_767
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_HARMLESS = frozenset(string.ascii_letters + string.digits)
_BATCH = 1000
_KEPT = 2048  # texts of a column that come back soon: names, references
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# What XML 1.0 cannot carry is written as _xHHHH_ (part 1, 22.9.2.19 ST_Xstring), and so is
# the underscore of a text that looks like that.
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_CELL = re.compile(r'<c r="[A-Z]+\d+"(?: s="(\d+)")?/>')
_DIMENSION = re.compile(r"<dimension [^>]*/>")


def is_risky(text: str) -> bool:
    """True for a text that a spreadsheet could take for a formula once it is edited."""
    return text[:1] not in _HARMLESS and text.lstrip().startswith(_RISKY)


@dataclass(frozen=True)
class Cells:
    """A column of a table: its letters, kind (``text``, ``number``, ``date``), and either
    ``labels`` (text of each value) or a ``formula`` of ours, ``{row}`` for its own row."""

    letters: str
    kind: str
    labels: dict | None = None
    formula: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of the sheet ``part`` of a package, read only when the workbook is closed.

    ``first`` counts from 1: there the sheet has two model rows with one empty cell per
    column, in the format of its values and in that of risky texts. ``rows`` are tuples, one
    value per column, formulas last with their present value; None leaves a cell empty.
    """

    part: str
    first: int
    columns: tuple[Cells, ...]
    rows: Iterable[tuple]


def fill(source, target, tables: Iterable[Table]) -> None:
    """Copy the package ``source`` (binary file) to ``target`` (path or binary file) with
    the rows of ``tables`` in place of their model rows.

    ``ValueError`` for a number that a cell cannot hold, or without model rows.
    """
    by_part = {table.part: table for table in tables}
    with (
        zipfile.ZipFile(source) as package,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for info in package.infolist():
            with package.open(info) as part, copy.open(info, "w") as wanted:
                if info.filename in by_part:
                    page = part.read().decode()
                    _write_part(wanted, page, by_part[info.filename])
                else:
                    shutil.copyfileobj(part, wanted)


def _write_part(target, page, table):
    before, models, after = _split(page, table)
    # the size of the sheet is optional (18.3.1.35) and not known yet
    target.write(_DIMENSION.sub("", before, count=1).encode())
    number, rows = table.first, iter(table.rows)
    lines = _line_writer(table.columns, *models)
    while batch := list(islice(rows, _BATCH)):
        target.write("".join(lines(batch, number)).encode())
        number += len(batch)
    target.write(after.encode())


def _split(page, table):
    """The sheet before its model rows, the styles of the two, the sheet after them."""
    found = re.search(
        rf'<row r="{table.first}"[^>]*>(.*?)</row>'
        rf'<row r="{table.first + 1}"[^>]*>(.*?)</row>',
        page,
    )
    models = [_CELL.findall(row) for row in found.groups()] if found else []
    if not models or any(len(row) != len(table.columns) for row in models):
        raise ValueError(f"No model rows in {table.part}")
    return page[: found.start()], models, page[found.end() :]


def _line_writer(columns, plain, quoted):
    """Function of rows and the number of the first -> XML of each row: the one loop over
    every cell. A cell is its opening, the number of its row and what its value makes."""
    makers, formulas = [], []
    for column, style, risky in zip(columns, plain, quoted, strict=True):
        opened, style = f'<c r="{column.letters}', style or "0"
        if column.formula:
            middle = f'" s="{style}"><f>{column.formula.translate(_MARKUP)}</f><v>'
            formulas.append((opened, middle))
        else:
            makers.append((opened, _maker(column, style, risky or "0")))
    count = len(makers)

    def lines(rows, number):
        for values in rows:
            cells = [
                f"{opened}{number}{make(value)}"
                for (opened, make), value in zip(makers, values, strict=False)
                if value is not None
            ]
            for (opened, middle), value in zip(formulas, values[count:], strict=True):
                text = middle.replace("{row}", str(number))
                cells.append(f"{opened}{number}{text}{_finite(value)}</v></c>")
            yield f'<row r="{number}">{"".join(cells)}</row>'
            number += 1

    return lines


def _maker(column, style, risky) -> Callable:
    """Function of a value -> XML of its cell after the reference."""
    if column.labels is not None:
        text = _text_maker(style, risky)
        labels = {key: text(label) for key, label in column.labels.items()}
        empty = text("")
        return lambda value: labels.get(value, empty)
    if column.kind == "text":
        return lru_cache(_KEPT)(_text_maker(style, risky))
    opened = f'" s="{style}"><v>'
    if column.kind == "date":
        return lru_cache(_KEPT)(lambda value: f"{opened}{(value - EPOCH).days}</v></c>")
    return lambda value: f"{opened}{_finite(value)}</v></c>"


def _finite(value):
    if value - value:  # infinite or not a number
        raise ValueError(f"Not a number of a cell: {value}")
    return value


def _text_maker(style, risky):
    plain = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
    quoted = f'" s="{risky}" t="inlineStr"><is><t xml:space="preserve">'
    empty = f'" s="{style}"/>'

    def text(value):
        if not value:
            return empty
        value = value[:MAX_TEXT]
        opened = quoted if is_risky(value) else plain
        return f"{opened}{_escaped(value)}</t></is></c>"

    return text


def _escaped(value):
    value = _LOOKS_ESCAPED.sub("_x005F_", value).translate(_MARKUP)
    return _UNSPEAKABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
