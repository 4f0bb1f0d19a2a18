"""CSV in which no cell is ever a formula for the spreadsheet that opens it (CWE-1236).

A text that begins like a formula gets an apostrophe before it, as spreadsheets themselves
mark text; numbers are written by us and keep their sign. Standard library only.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the local code page
_RISKY = re.compile(r"^[\s'\"]*[=+\-@＝＋－＠|]")


def safe(text: str) -> str:
    """``text`` as a cell that stays text; control characters but line ends leave."""
    clean = "".join(c for c in text if c in "\n" or ord(c) >= 32)
    if _RISKY.match(clean) or (text[:1] in "\t\r\n" and text):
        return "'" + clean
    return clean


class SafeCsv:
    """Writes rows to a text file: semicolons and decimal commas where the reader's
    language has a decimal comma (his Excel expects both), commas and points elsewhere."""

    def __init__(self, target, comma: bool = False, date_format: str = "%Y-%m-%d"):
        self._comma = comma
        self._date_format = date_format
        target.write(BYTE_ORDER_MARK)
        self._writer = csv.writer(
            target, delimiter=";" if comma else ",", lineterminator="\r\n"
        )

    def row(self, values):
        """One line; ``None`` is an empty cell."""
        self._writer.writerow([self._cell(value) for value in values])

    def _cell(self, value):
        if value is None or value is False:
            return ""
        if isinstance(value, date):
            return value.strftime(self._date_format)
        if isinstance(value, (int, float, Decimal)):
            text = f"{value:.2f}" if not isinstance(value, int) else str(value)
            return text.replace(".", ",") if self._comma else text
        return safe(str(value))
