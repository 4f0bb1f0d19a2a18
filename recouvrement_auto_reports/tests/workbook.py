"""Workbooks as others read them: the raw XML, openpyxl, LibreOffice."""

import io
import logging
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from openpyxl import load_workbook

_logger = logging.getLogger(__name__)

# The functions and references that our own formulas are made of, nothing else.
OWN_FORMULA = re.compile(
    r"(?:SUM|SUBTOTAL|SUMIF|SUMPRODUCT|ROUND|IF|[0-9.]+|\$?[A-Z]{1,3}\$?\d+"
    r"|'[^'=+@|]*'!|\"[A-Z]{3}\"|[-+*/=(),:])*"
)
VALUE_OF_FORMULA = re.compile(r"(<c [^>]*><f>[^<]*</f>)<v>[^<]*</v>")


def formulas(content):
    """``[(sheet, cell, formula)]``."""
    book = load_workbook(io.BytesIO(content))
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def texts(content):
    """Every text of every sheet."""
    book = load_workbook(io.BytesIO(content))
    return [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "s"
    ]


def links(content):
    """Parts of the file that hold a link, an external book or a data connection."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            outside = b'TargetMode="External"' in part or b"<hyperlink" in part
            if outside or b"<ddeLink" in part or "externalLink" in name:
                found.append(name)
    return found


def without_results(content):
    """The workbook with the results of its formulas taken away: a reader has to compute."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = VALUE_OF_FORMULA.sub(r"\1", part.decode()).encode()
            copy.writestr(name, part)
    return target.getvalue()


def by_libreoffice(content):
    """The workbook as LibreOffice reads and computes it, or None where there is none."""
    program = shutil.which("soffice")
    if not program:
        _logger.warning("LibreOffice is not on this machine: compared by openpyxl only")
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "book.xlsx")
        source.write_bytes(without_results(content))
        home = Path(folder, "profile").as_uri()
        subprocess.run(
            [
                *(program, f"-env:UserInstallation={home}", "--headless"),
                *("--convert-to", "xlsx:Calc MS Excel 2007 XML"),
                *("--outdir", str(Path(folder, "out")), str(source)),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return Path(folder, "out", "book.xlsx").read_bytes()


def cells(content):
    """``{(sheet, cell): value}`` of what is not empty, amounts to the cent."""
    book = load_workbook(io.BytesIO(content), data_only=True)
    found = {}
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    value = round(float(value), 4) + 0.0
                if value not in (None, ""):
                    found[sheet.title, cell.coordinate] = value
    return found
