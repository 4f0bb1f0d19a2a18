#!/usr/bin/env python3
"""Verify an export of the collection log, without Odoo and without its database.

    python3 verify_log.py export.csv [--anchor FILE]

FILE holds heads of the chain that left the database earlier, one JSON object a line:
{"seq": 1200, "hash": "$1$..."}. Without an anchor nothing can tell a chain that was
rewritten as a whole, or whose end was cut, from a true one.

Exit code 0: the chain holds. 1: it does not, the message names the first wrong row.
2: the question could not be answered (no such file, no usable anchor).

One file, standard library only. The rule of the chain is copied from hash_chain.py.
"""

import argparse
import csv
import hashlib
import io
import json
import re
import sys

FORMAT = "recouvrement-log-export-1"
COLUMNS = ["seq", "log_id", "company", "payload", "prev_hash", "hash"]
VERSION = "$1$"
GENESIS = ""
DIGEST = re.compile(r"\$1\$[0-9a-f]{64}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
MAX_LINE = 4_000_000  # characters; a longer line is no log entry


class Broken(Exception):
    """The export does not hold; the message says where and why."""


class Unanswerable(Exception):
    """The export could not be judged."""


def canonical(payload):
    """Canonical JSON of a payload (same rule as hash_chain.canonical)."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def link(prev_hash, payload):
    """Link of an entry (same rule as hash_chain.link)."""
    digest = hashlib.sha256(prev_hash.encode("ascii") + b"\n" + payload)
    return VERSION + digest.hexdigest()


class Export:
    """Reads an export line by line; memory does not grow with the file."""

    def __init__(self, stream):
        self.stream = stream
        self.digest = hashlib.sha256()
        self.number = 0
        self.ended = False

    def next_row(self):
        """Fields of the next line, or None after the closing line."""
        line = self.stream.readline(MAX_LINE)
        self.number += 1
        if not line:
            raise Broken(f"The file stops at line {self.number}: its end is missing.")
        if not line.endswith(b"\n"):
            raise Broken(f"Line {self.number} is cut or too long.")
        fields = self._parse(line)
        if fields[0] == "end":
            self._close(fields)
            return None
        self.digest.update(line)
        return fields

    def _parse(self, line):
        try:
            text = line.decode("utf-8")
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except (UnicodeDecodeError, csv.Error):
            raise Broken(f"Line {self.number} is not readable.") from None
        if len(rows) != 1 or not rows[0] or _csv_line(rows[0]) != text:
            raise Broken(f"Line {self.number} is not written as an export writes it.")
        return rows[0]

    def _close(self, fields):
        if self.number < 3 or fields[1:] != [
            str(self.number - 3),
            self.digest.hexdigest(),
        ]:
            raise Broken(
                f"The closing line {self.number} does not fit the lines before it: "
                "the file was cut, damaged or edited."
            )
        if self.stream.read(1):
            raise Broken(f"There is something after the closing line {self.number}.")


def _csv_line(values):
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue()


class Chain:
    """What is known of the chain while its rows go by."""

    def __init__(self, anchors):
        self.anchors = anchors
        self.seq = None
        self.head = None
        self.company = None
        self.log_ids = set()
        self.confirmed = 0

    def add(self, fields, where):
        """Check one row against all before it."""
        if len(fields) != len(COLUMNS):
            raise Broken(f"{where} has {len(fields)} columns instead of {len(COLUMNS)}.")
        seq, log_id, company, payload, prev_hash, digest = fields
        for name, value in (("seq", seq), ("log_id", log_id), ("company", company)):
            if not NUMBER.fullmatch(value):
                raise Broken(f"{where}: {name} is not a number.")
        self._check_place(int(seq), int(log_id), company, where)
        self._check_payload(payload, company, where)
        self._check_link(payload, prev_hash, digest, where)
        self._check_anchor(where)

    def _check_place(self, seq, log_id, company, where):
        if self.seq is None:
            self._check_root(seq, where)
        elif seq != self.seq + 1:
            raise Broken(
                f"{where} has number {seq} after number {self.seq}: entries are "
                "missing, repeated or in the wrong order."
            )
        if log_id in self.log_ids:
            raise Broken(f"{where}: log entry {log_id} was already listed.")
        if self.company not in (None, company):
            raise Broken(f"{where} belongs to company {company}, not {self.company}.")
        self.log_ids.add(log_id)
        self.seq, self.company = seq, company

    def _check_root(self, seq, where):
        if seq == 1:
            self.head = GENESIS
        elif seq - 1 in self.anchors:
            self.head = self.anchors[seq - 1]
            self.confirmed += 1
        else:
            raise Broken(
                f"{where} has number {seq}: an export starts at number 1, or right "
                "after an anchor."
            )

    def _check_payload(self, payload, company, where):
        try:
            content = json.loads(
                payload,
                object_pairs_hook=_no_duplicate,
                parse_float=_no_float,
                parse_constant=_no_float,
            )
            exact = isinstance(content, dict) and canonical(content) == payload.encode()
        except (ValueError, RecursionError) as error:
            raise Broken(f"{where}: the payload is not a log entry ({error}).") from None
        if not exact:
            raise Broken(f"{where}: the payload is not written in its one valid form.")
        owner = content.get("company_id")
        if isinstance(owner, bool) or str(owner) != company:
            raise Broken(f"{where}: the payload belongs to another company.")

    def _check_link(self, payload, prev_hash, digest, where):
        if prev_hash != self.head:
            raise Broken(
                f"{where} does not follow the row before it: "
                + ("a second root." if prev_hash == GENESIS else "wrong prev_hash.")
            )
        if not DIGEST.fullmatch(digest) or digest != link(prev_hash, payload.encode()):
            raise Broken(f"{where} was changed: its hash does not fit its content.")
        self.head = digest

    def _check_anchor(self, where):
        if self.seq not in self.anchors:
            return
        if self.anchors[self.seq] != self.head:
            raise Broken(
                f"{where} is not what the anchor knows as number {self.seq}: the chain "
                "was rewritten at or before this row."
            )
        self.confirmed += 1

    def close(self):
        """Judge the whole once the last row is read."""
        beyond = [seq for seq in self.anchors if seq > (self.seq or 0)]
        if beyond:
            raise Broken(
                f"The export ends at number {self.seq or 0} but the anchor knows number "
                f"{max(beyond)}: the end of the chain is missing."
            )
        if self.anchors and not self.confirmed:
            raise Unanswerable("No anchor falls within this export.")


def _no_duplicate(pairs):
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a key is written twice")
    return content


def _no_float(text):
    raise ValueError(f"{text[:20]} is not allowed, amounts are strings")


def verify(stream, anchors=None):
    """Verify an export.

    :param stream: binary file
    :param anchors: mapping of sequence number to hash
    :return: the ``Chain`` and the name of the chain
    :raise Broken: with the first wrong row in plain words
    :raise Unanswerable: the anchors say nothing about this export
    """
    export, chain = Export(stream), Chain(anchors or {})
    header = export.next_row()
    if header is None or len(header) != 2 or header[0] != FORMAT or not header[1]:
        raise Broken("Line 1 does not name the format and the chain.")
    if export.next_row() != COLUMNS:
        raise Broken("Line 2 does not name the columns.")
    while True:
        fields = export.next_row()
        if fields is None:
            break
        chain.add(fields, f"Row {export.number - 2} (line {export.number})")
    chain.close()
    return chain, header[1]


def read_anchors(stream):
    """Mapping of sequence number to hash; ``Unanswerable`` for anything else."""
    anchors = {}
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line, object_pairs_hook=_no_duplicate)
            seq, digest = entry["seq"], entry["hash"]
            usable = type(seq) is int and seq > 0 and DIGEST.fullmatch(digest)
        except (ValueError, TypeError, KeyError, RecursionError):
            usable = False
        if not usable:
            raise Unanswerable(f"Line {number} of the anchor file is not an anchor.")
        if anchors.setdefault(seq, digest) != digest:
            raise Broken(f"The anchors contradict each other about number {seq}.")
    if not anchors:
        raise Unanswerable("The anchor file holds no anchor.")
    return anchors


def main(arguments=None):
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("--anchor", metavar="FILE", help="heads kept outside")
    options = parser.parse_args(arguments)
    try:
        anchors = None
        if options.anchor:
            with open(options.anchor, "rb") as stream:
                anchors = read_anchors(stream)
        with open(options.export, "rb") as stream:
            chain, name = verify(stream, anchors)
    except Broken as error:
        print(f"BROKEN: {error}")
        return 1
    except (Unanswerable, OSError) as error:
        print(f"NOT VERIFIED: {error}")
        return 2
    print(_verdict(chain, name))
    return 0


def _verdict(chain, name):
    count = len(chain.log_ids)
    if not chain.anchors:
        tail = "No anchor given: a chain rewritten or cut as a whole would not be seen."
    else:
        tail = f"{chain.confirmed} of {len(chain.anchors)} anchors confirmed."
    return f"OK: {count} entries of chain {name}, head {chain.head or '-'}. {tail}"


if __name__ == "__main__":
    sys.exit(main())
