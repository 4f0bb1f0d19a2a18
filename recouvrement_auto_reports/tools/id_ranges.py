"""A fixed set of ids as runs of neighbours: small to keep, read back in pages."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice

Run = tuple[int, int]  # first id, how many follow one another


def pack(runs: Iterable[Run]) -> bytes:
    """The runs, in order, as bytes: each first id as its distance from the last one."""
    last, flat = 0, []
    for first, count in runs:
        flat += (first - last, count)
        last = first
    return zlib.compress(json.dumps(flat, separators=(",", ":")).encode())


def unpack(content: bytes) -> list[Run]:
    """What ``pack`` was given."""
    flat, last, found = json.loads(zlib.decompress(content)), 0, []
    for step, count in zip(flat[::2], flat[1::2], strict=True):
        last += step
        found.append((last, count))
    return found


def total(runs: Iterable[Run]) -> int:
    """How many ids there are."""
    return sum(count for _first, count in runs)


def pages(runs: Iterable[Run], after: int, size: int) -> Iterator[list[int]]:
    """The ids above ``after`` in order, in lists of ``size`` at most."""
    ids = (
        number
        for first, count in runs
        for number in range(max(first, after + 1), first + count)
    )
    while page := list(islice(ids, size)):
        yield page
