"""The two-sided history: several sources, each newest first, become one list by pages.

Pure: an event is a plain dict with ``source``, ``at`` (datetime), ``id`` (int) and whatever
the screen needs. A position ``(at, id)`` says how far each source has been shown, so that
no page repeats an event and none loses one, however many happened at the same moment.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice

DEBTOR = "debtor"
OURS = "ours"
END = datetime.max


def newest_first(event: Mapping) -> tuple:
    """Sort key: the newest event first; ties by source, then the highest id."""
    return (END - event["at"], event["source"], -event["id"])


def merge(
    found: Mapping[str, Iterable[dict]], limit: int, shown: Mapping[str, tuple]
) -> tuple[list[dict], dict[str, tuple], bool]:
    """One page out of several sources.

    :param found: source -> its events after its position, newest first; at least
        ``limit + 1`` of them when it has so many
    :param shown: source -> ``(at, id)`` of its last event on earlier pages
    :return: the page, the new positions, and whether anything is left
    """
    merged = heapq.merge(*found.values(), key=newest_first)
    events = list(islice(merged, limit + 1))
    page, more = events[:limit], len(events) > limit
    positions = dict(shown)
    for event in page:
        positions[event["source"]] = (event["at"], event["id"])
    return page, positions, more


def fold(events: Iterable[dict]) -> list[dict]:
    """Neighbours that say the same become one with ``count`` and ``since``.

    A customer held thirty nights for one reason is one line, not thirty. Events without a
    ``fold`` key stay as they are.
    """
    folded: list[dict] = []
    for event in events:
        last = folded[-1] if folded else None
        if last and event.get("fold") and last.get("fold") == event["fold"]:
            folded[-1] = {
                **last,
                "count": last.get("count", 1) + 1,
                "since": event["at"],
            }
        else:
            folded.append(event)
    return folded
