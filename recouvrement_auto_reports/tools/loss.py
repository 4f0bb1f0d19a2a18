"""What is lost for good: kinds of entries, accounts by the beginning of their code, rate.

French accounts (legal-fr.md section 10): 654 irrecoverable debts, 7583 receipts on debts
that were written off, 416 doubtful customers, 491 depreciation of receivables.
"""

from __future__ import annotations

import re

LOSS, CREDIT_NOTE, RECOVERED, DOUBTFUL, ALLOWANCE = (
    "loss",
    "credit_note",
    "recovered",
    "doubtful",
    "allowance",
)
TAX = (
    "tax"  # collected VAT: no row of its own, its debit in the entry of a loss is shown
)
# What the rate counts: a depreciation is an estimate, a doubtful customer may still pay.
RATE_KINDS = (LOSS, CREDIT_NOTE, RECOVERED)
RATE_DAYS = 365
# Kind -> beginnings of the codes of its accounts, where the company says nothing else.
PREFIXES = {LOSS: "654", RECOVERED: "7583", DOUBTFUL: "416", ALLOWANCE: "491"}
TAX_PREFIXES = (
    "4457",
)  # VAT collected: its debit in the entry of a loss is taken back
_PREFIX = re.compile(r"[0-9A-Za-z.]+")


def prefixes(text: str | None) -> tuple[str, ...]:
    """Beginnings of codes, written with commas or spaces between them.

    :raises ValueError: something else than digits, letters and points
    """
    found = tuple((text or "").replace(",", " ").replace(";", " ").split())
    for one in found:
        if not _PREFIX.fullmatch(one):
            raise ValueError(one)
    return found


def kind_of(code: str, by_kind: dict[str, tuple[str, ...]]) -> str | None:
    """The kind whose longest prefix begins ``code``."""
    matches = [
        (len(prefix), kind)
        for kind, known in by_kind.items()
        for prefix in known
        if code.startswith(prefix)
    ]
    return max(matches)[1] if matches else None
