"""What is asked of an aged balance: a value that the screen, the download and a scheduled
action share. Standard library only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

MAX_LIMITS = 6
BUCKET_COUNT = MAX_LIMITS + 2  # not due, one per limit, over the last
DEFAULT_LIMITS_TEXT = "30, 60, 90"
GROUP_BY = (
    "partner_id",
    "group_id",
    "salesperson_id",
    "segment_id",
    "nature",
    "company_id",
)


@dataclass(frozen=True)
class AgedRequest:
    """An aged balance at ``date`` of ``company_ids``, cut by ``limits`` in days late.

    ``limits`` starts with 0: everything up to it is not due. ``partner_ids`` restricts to
    commercial partners. ``details`` asks for the sheet of items in the workbook.
    """

    date: date
    company_ids: tuple[int, ...]
    limits: tuple[int, ...] = (0, 30, 60, 90)
    group_by: str = "partner_id"
    partner_ids: tuple[int, ...] | None = None
    details: bool = True

    def __post_init__(self):
        if self.group_by not in GROUP_BY:
            raise ValueError(self.group_by)


def parse_limits(text: str) -> tuple[int, ...]:
    """``"30, 60, 90"`` -> ``(0, 30, 60, 90)``.

    ``ValueError`` unless they are one to ``MAX_LIMITS`` whole numbers of days above 0
    that rise strictly.
    """
    parts = re.split(r"[\s,;/]+", (text or "").strip(" ,;/\t\n"))
    if not all(re.fullmatch(r"[0-9]{1,5}", part) for part in parts):
        raise ValueError(text)
    limits = tuple(int(part) for part in parts)
    if limits[0] == 0:
        limits = limits[1:]
    rising = all(a < b for a, b in zip((0, *limits), limits, strict=False))
    if not limits or len(limits) > MAX_LIMITS or not rising:
        raise ValueError(text)
    return (0, *limits)


def format_limits(limits: tuple[int, ...]) -> str:
    """The inverse of ``parse_limits``."""
    return ", ".join(str(limit) for limit in limits[1:])
