"""When and how a customer answers: his own record beside that of the company.

Pure. A contact counts as answered or not; the caller decides what an answer is. Few contacts
say little: each rate is drawn towards the usual one, as if ``SHRINK`` more contacts had gone
as usual. Nothing is named below a minimum of contacts or without a clear lead: then there
are not enough answers to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from .segment import shrunk_ratio

SHRINK = 5
MIN_CONTACTS = 5
MIN_CALLS = 4  # in one half-day
LEAD = Decimal("0.15")
CALL = "call"
HALVES = ("am", "pm")


class Tally(NamedTuple):
    """How often somebody was contacted, and how often an answer came."""

    contacts: int
    answers: int


class Row(NamedTuple):
    """Contacts of one channel, for calls in one half-day of the week (see ``slot``)."""

    channel: str
    slot: str | None
    contacts: int
    answers: int


class Advice(NamedTuple):
    """What is named, with the record behind it; None where nothing is named."""

    channel: str | None = None
    channel_tally: Tally | None = None
    slot: str | None = None
    slot_tally: Tally | None = None


def slot(weekday: int, hour: int) -> str:
    """Half-day of the week: ``"1am"`` is Tuesday (Monday is 0) before noon."""
    return f"{weekday}{HALVES[hour >= 12]}"


def tallies(rows: Iterable[Row], key: str) -> dict[str, Tally]:
    """Sums of the rows by their ``key`` (``channel`` or ``slot``); rows without it left out."""
    found: dict[str, Tally] = {}
    for row in rows:
        name = getattr(row, key)
        if name is not None:
            contacts, answers = found.get(name, (0, 0))
            found[name] = Tally(contacts + row.contacts, answers + row.answers)
    return found


def rates(counts: Mapping[str, Tally]) -> dict[str, Decimal]:
    """Answers per contact, between 0 and 1; keys without a contact are left out."""
    return {
        name: Decimal(tally.answers) / tally.contacts
        for name, tally in counts.items()
        if tally.contacts
    }


def best(
    counts: Mapping[str, Tally], usual: Mapping[str, Decimal], minimum: int
) -> str | None:
    """The key with the best rate, if it has ``minimum`` contacts and leads the usual rate.

    It is compared with the other keys that have enough contacts, and must lie ``LEAD``
    above its own usual rate.

    :param usual: rate to which each key is drawn; needed for every key of ``counts``
    """
    found = [
        (shrunk_ratio(tally.answers, tally.contacts, usual[name], SHRINK), name)
        for name, tally in counts.items()
        if tally.contacts >= minimum
    ]
    if not found:
        return None
    rate, name = max(found)
    return name if rate - usual[name] >= LEAD else None


def advise(rows: Iterable[Row], usual: Mapping[str, Decimal]) -> Advice:
    """Channel and half-day for calls of one customer.

    A channel is measured by the company's rate on it; a half-day by how this customer
    answers calls at all, so that one who always answers gets no hour.

    :param usual: rates of the company by channel; needed for every channel of ``rows``
    """
    rows = list(rows)
    channels, slots = tallies(rows, "channel"), tallies(rows, "slot")
    channel = best(channels, usual, MIN_CONTACTS)
    hour = None
    if slots:
        calls = channels[CALL]
        own = shrunk_ratio(calls.answers, calls.contacts, usual[CALL], SHRINK)
        hour = best(slots, dict.fromkeys(slots, own), MIN_CALLS)
    return Advice(channel, channels.get(channel), hour, slots.get(hour))
