"""Rows cut into printed pages with their totals: plain values, no Odoo."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from typing import Any


def _sums(lists) -> list[float]:
    return [round(fsum(column), 6) for column in zip(*lists, strict=True)]


@dataclass
class Page:
    """A page of a table: its rows, what was carried from the pages before, its own total.

    Amounts are lists with one figure per column of money.
    """

    number: int
    count: int
    rows: list[Any]
    total: list[float]
    carried: list[float] | None  # None on the first page
    so_far: list[float] = field(default_factory=list)

    @property
    def is_last(self) -> bool:
        """True on the page where the total of the table stands."""
        return self.number == self.count


def paginate(rows, amounts, width: int, first: int, following: int) -> list[Page]:
    """Cut ``rows`` into pages of at most ``first``, then ``following`` rows.

    :param amounts: function that gives the ``width`` amounts of a row
    :return: at least one page; the last ``so_far`` is the total of all rows
    """
    if first < 1 or following < 1:
        raise ValueError("A page holds one row at least.")
    rows, parts = list(rows), []
    while rows or not parts:
        size = following if parts else first
        parts.append(rows[:size])
        rows = rows[size:]
    pages, so_far = [], [0.0] * width
    for number, part in enumerate(parts, 1):
        total = _sums([[0.0] * width, *(amounts(row) for row in part)])
        carried, so_far = so_far, _sums([so_far, total])
        pages.append(
            Page(
                number, len(parts), part, total, carried if number > 1 else None, so_far
            )
        )
    return pages
