"""Figures of one aged balance, ready to be written: plain values, no Odoo."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum

from .aged_request import AgedRequest


def total_of(amounts) -> float:
    """Sum of amounts, without the noise of binary fractions."""
    return round(fsum(amounts), 6)


@dataclass
class AgedRow:
    """A line of a balance: what it is about, then its amounts."""

    company_id: int
    currency_id: int
    key: object
    amounts: list[float]
    items: int = 0
    days_late: int = 0
    salespersons: dict = field(default_factory=dict)  # ordered sets
    segments: dict = field(default_factory=dict)
    natures: dict = field(default_factory=dict)
    code: str = ""
    name: str = ""

    @property
    def shown(self) -> list[float | None]:
        """The amounts, nothing where there is none."""
        return [amount or None for amount in self.amounts]

    @property
    def total(self) -> float:
        return total_of(self.amounts)

    @property
    def overdue(self) -> float:
        return total_of(self.amounts[1:])


@dataclass
class AgedData:
    """One aged balance: rows as SQL gave them, labels, names of what the ids stand for."""

    request: AgedRequest
    labels: tuple[str, ...]
    summary: list[dict]
    ledger: dict[tuple[int, int], float]
    names: dict[str, dict]
    currencies: dict[int, str]  # of the companies, in order
    company_currencies: dict[int, int]
    decimals: int
    notes: list[tuple[str, str]]

    def rows(self, axis: str) -> list[AgedRow]:
        """The balance by ``axis`` (and company), in the order of the summary."""
        found: dict[tuple, AgedRow] = {}
        for line in self.summary:
            key = (line["company_id"], line[axis])
            row = found.get(key)
            if row is None:
                row = found[key] = AgedRow(
                    company_id=line["company_id"],
                    currency_id=line["company_currency_id"],
                    key=line[axis],
                    amounts=[0.0] * len(self.labels),
                    code=line["debtor_ref"] or "",
                    name=line["debtor_name"] or "",
                )
            self._add(row, line)
        return list(found.values())

    def _add(self, row, line):
        for index in range(len(self.labels)):
            row.amounts[index] += line[f"amount_{index}"]
        row.items += line["items"]
        row.days_late = max(row.days_late, line["days_late"] or 0)
        row.salespersons[line["salesperson_id"]] = True
        row.segments[line["segment_id"]] = True
        row.natures[line["nature"]] = True

    def totals(self) -> dict[int, list[float]]:
        """Sum of each column per currency."""
        found = {currency: [0.0] * len(self.labels) for currency in self.currencies}
        for line in self.summary:
            sums = found[line["company_currency_id"]]
            for index in range(len(self.labels)):
                sums[index] += line[f"amount_{index}"]
        return {key: [round(x, 6) for x in sums] for key, sums in found.items()}

    def by_account(self) -> dict[tuple[int, int], float]:
        """Aged total per company and account."""
        found: dict[tuple[int, int], float] = {}
        for line in self.summary:
            key = (line["company_id"], line["account_id"])
            found[key] = found.get(key, 0.0) + line["amount"]
        return {key: round(amount, 6) for key, amount in found.items()}

    def ledger_totals(self) -> dict[int, float]:
        """Balance of the ledger per currency."""
        found = dict.fromkeys(self.currencies, 0.0)
        for (company_id, _account_id), amount in self.ledger.items():
            found[self.company_currencies[company_id]] += amount
        return {key: round(amount, 6) for key, amount in found.items()}

    def item_count(self) -> int:
        return sum(line["items"] for line in self.summary)

    def name(self, kind: str, key) -> str:
        return self.names[kind].get(key) or ""

    def join(self, kind: str, keys) -> str:
        return ", ".join(filter(None, (self.name(kind, key) for key in keys)))
