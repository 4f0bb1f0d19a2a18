"""The rule of the hash chain over the collection log.

Each entry is a payload of canonical JSON; its link is a SHA-256 over the link before it
and the payload. Whoever changes, removes, inserts or reorders an entry breaks the chain;
whoever writes the whole chain anew is found by a head that left the database earlier (an
anchor).

``verify_log.py`` carries a copy of this rule so that an auditor needs one file only; a test
proves that both agree. A change of rule takes a new version prefix, never this one.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import re
from collections.abc import Iterable, Iterator

VERSION = "$1$"
GENESIS = ""  # what the first entry of a chain links to
DIGEST = re.compile(r"\$1\$[0-9a-f]{64}")

FORMAT = "recouvrement-log-export-1"
COLUMNS = ("seq", "log_id", "company", "payload", "prev_hash", "hash")
ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
MIN_SALT = 32  # hexadecimal digits, 128 bits: no dictionary of phone numbers helps


def canonical(payload: dict) -> bytes:
    """The one way to write a payload: JSON, sorted keys, no blanks, ASCII only.

    ASCII, because a file that travels through mail and spreadsheets must not depend on an
    encoding. ``TypeError`` for floats (amounts are strings), keys that are no strings and
    any object that JSON does not know.
    """
    if not isinstance(payload, dict):
        raise TypeError(f"A payload is a dict, not {payload!r}.")
    _check(payload)
    return ENCODER.encode(payload).encode("ascii")


def link(prev_hash: str, payload: bytes | str) -> str:
    """``"$1$"`` and the SHA-256 of the previous link, a line end and the payload.

    :param prev_hash: link of the entry before, ``GENESIS`` for the first one
    """
    if prev_hash != GENESIS and not DIGEST.fullmatch(prev_hash):
        raise ValueError(f"Not the hash of a log entry: {prev_hash!r}.")
    if isinstance(payload, str):
        payload = payload.encode()
    # No line end can stand in a link: the border between the two parts is certain.
    digest = hashlib.sha256(prev_hash.encode("ascii") + b"\n" + payload)
    return VERSION + digest.hexdigest()


def verify(
    rows: Iterable[tuple[int, str, bytes | str, str]],
    first_seq: int = 1,
    prev_hash: str = GENESIS,
) -> int | None:
    """Index of the first row that breaks the chain, or None.

    :param rows: ``(seq, prev_hash, payload, hash)`` in order of ``seq``
    :param first_seq: number that the first row must have
    :param prev_hash: link before the first row
    """
    for index, (seq, previous, payload, digest) in enumerate(rows):
        if seq != first_seq + index or previous != prev_hash:
            return index
        if digest != link(prev_hash, payload):
            return index
        prev_hash = digest
    return None


def commitment(salt: str, value: str) -> str:
    """Stands for a personal value: says nothing without ``salt``, proves it with it.

    :param salt: at least 128 random bits in hexadecimal, one for each value
    :return: ``"$1$"`` and the HMAC-SHA-256 of ``value`` with ``salt`` as key
    """
    if len(salt) < MIN_SALT or not re.fullmatch(r"[0-9a-f]+", salt):
        raise ValueError("The salt must have 128 random bits, in hexadecimal.")
    digest = hmac.new(salt.encode("ascii"), value.encode(), hashlib.sha256)
    return VERSION + digest.hexdigest()


def export_lines(
    chain: str, rows: Iterable[tuple[int, int, int, str, str, str]]
) -> Iterator[str]:
    """Lines of the export that ``verify_log.py`` reads; write them as UTF-8, unchanged.

    The first line names format and chain, the second the columns, the last one counts the
    rows and carries the SHA-256 of all lines before it: a file cut or damaged on its way
    is told from a forged one.

    :param chain: name of the chain, such as database and company: letters, digits and
        ``. _ : / -`` only
    :param rows: tuples in the order of ``COLUMNS``, payload as text
    """
    if not re.fullmatch(r"[A-Za-z0-9._:/-]+", chain):
        raise ValueError(f"Not the name of a chain: {chain!r}.")
    digest = hashlib.sha256()
    count = 0
    for number, row in enumerate(_export_rows(chain, rows)):
        count = max(0, number - 1)
        line = _csv_line(row)
        digest.update(line.encode())
        yield line
    yield _csv_line(("end", count, digest.hexdigest()))


def _export_rows(chain, rows) -> Iterator[tuple]:
    yield FORMAT, chain
    yield COLUMNS
    yield from rows


def _csv_line(values) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue()


def _check(value):
    """Refuse what has more than one way to be written, or none."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("Keys of a log entry are strings.")
        for item in value.values():
            _check(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check(item)
    elif not (value is None or isinstance(value, (str, int))):
        raise TypeError(f"A log entry holds no {type(value).__name__}: {value!r}.")
