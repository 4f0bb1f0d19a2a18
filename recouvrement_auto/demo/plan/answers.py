"""What the customers of the demo company said: disputes, promises, a plan, calls."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta

from .customers import DATA
from .terms import previous_open_day


@dataclass(frozen=True)
class Answer:
    """One answer of a customer about what he owes.

    ``day`` is when it was said, ``end`` what it names (a promised day, a decision, the end
    of a pause); ``share`` the contested or promised part of the debt.
    """

    customer: str
    kind: str
    code: str
    day: date
    end: date | None
    share: float
    note: str
    decision: str


def load(today):
    """The answers of ``data/answers.csv``, dated from ``today`` on open days."""
    with (DATA / "answers.csv").open(encoding="utf-8", newline="") as source:
        return [_answer(row, today) for row in csv.DictReader(source, delimiter=";")]


def _answer(row, today):
    past = row["kind"] in ("credit_note", "closed")
    end = None
    if row["end"]:
        days = int(row["end"])
        end = today + timedelta(days=-days if past else days)
        end = previous_open_day(end) if end < today else _next_open(end)
    return Answer(
        row["customer"],
        row["kind"],
        row["code"],
        previous_open_day(today - timedelta(days=int(row["ago"]))),
        end,
        float(row["share"]),
        row["note"],
        row["decision"],
    )


def _next_open(day):
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day
