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

# A command-line program speaks on standard output.
# pylint: disable=print-used

import argparse
import hashlib
import json
import re
import sys

VERSION = "$1$"
GENESIS = ""
DIGEST = re.compile(r"\$1\$[0-9a-f]{64}")

HEADER = re.compile(rb"recouvrement-log-export-1,([A-Za-z0-9._:/-]+)\n")
COLUMNS = b"seq,log_id,company,payload,prev_hash,hash\n"
NUMBER = rb"([1-9][0-9]{0,18})"
LINK = rb"\$1\$[0-9a-f]{64}"
# The payload is ASCII in quotes, and a quote inside it is written twice.
ROW = re.compile(
    rb"%s,%s,%s," % (NUMBER, NUMBER, NUMBER)
    + rb'"([ !#-~]*(?:""[ !#-~]*)*)",'
    + rb"(%s|),(%s)\n" % (LINK, LINK)
)
MAX_LINE = 4_000_000  # bytes; a longer line is no log entry


class Broken(Exception):
    """The export does not hold; the message says where and why."""


class Unanswerable(Exception):
    """The export could not be judged."""


def canonical(payload):
    """Canonical JSON of a payload (same rule as hash_chain.canonical)."""
    return ENCODER.encode(payload).encode("ascii")


def link(prev_hash, payload):
    """Link of an entry (same rule as hash_chain.link)."""
    digest = hashlib.sha256(prev_hash.encode("ascii") + b"\n" + payload)
    return VERSION + digest.hexdigest()


class Export:
    """Reads an export line by line, byte for byte as an export writes it."""

    def __init__(self, stream):
        self.stream = stream
        self.digest = hashlib.sha256()
        self.number = 0

    def line(self):
        """The next line; the file may not stop before its closing line."""
        line = self.stream.readline(MAX_LINE)
        self.number += 1
        if not line:
            raise Broken(
                f"The file stops before line {self.number}: its end is missing."
            )
        return line

    def heading(self):
        """Name of the chain, from the two lines above the rows."""
        first, second = self.line(), self.line()
        found = HEADER.fullmatch(first)
        if not found:
            raise Broken("Line 1 does not name the format and the chain.")
        if second != COLUMNS:
            raise Broken("Line 2 does not name the columns.")
        self.digest.update(first + second)
        return found[1].decode()

    def rows(self):
        """``(place in words, fields)`` of each row, up to the closing line."""
        while True:
            line = self.line()
            if line.startswith(b"end,"):
                return self._close(line)
            where = f"Row {self.number - 2} (line {self.number})"
            found = ROW.fullmatch(line)
            if not found:
                raise Broken(f"{where} is not written as an export writes it.")
            self.digest.update(line)
            yield where, found.groups()

    def _close(self, line):
        closing = f"end,{self.number - 3},{self.digest.hexdigest()}\n"
        if line != closing.encode():
            raise Broken(
                f"The closing line {self.number} does not fit the lines before it: "
                "the file was cut, damaged or edited."
            )
        if self.stream.read(1):
            raise Broken(f"There is something after the closing line {self.number}.")


class Chain:
    """What is known of the chain while its rows go by."""

    def __init__(self, name, anchors):
        self.name = name
        self.anchors = anchors
        self.seq = None
        self.head = None
        self.company = None
        self.log_ids = set()
        self.confirmed = 0

    def add(self, fields, where):
        """Check one row against all before it."""
        seq, log_id, company = map(int, fields[:3])
        payload = fields[3].replace(b'""', b'"')
        self._check_place(seq, log_id, company, where)
        self._check_payload(payload, company, where)
        self._check_link(payload, fields[4].decode(), fields[5].decode(), where)
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
            content = DECODER.decode(payload.decode())
            exact = isinstance(content, dict) and canonical(content) == payload
        except (ValueError, RecursionError) as error:
            raise Broken(
                f"{where}: the payload is not a log entry ({error})."
            ) from None
        if not exact:
            raise Broken(f"{where}: the payload is not written in its one valid form.")
        owner = content.get("company_id")
        if type(owner) is not int or owner != company:
            raise Broken(f"{where}: the payload belongs to another company.")

    def _check_link(self, payload, prev_hash, digest, where):
        if prev_hash != self.head:
            raise Broken(
                f"{where} does not follow the row before it: "
                + ("a second root." if prev_hash == GENESIS else "wrong prev_hash.")
            )
        if digest != link(prev_hash, payload):
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


def _no_duplicate(pairs):
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a key is written twice")
    return content


def _no_float(text):
    raise ValueError(f"{text[:20]} is not allowed, amounts are strings")


# Made once: building them for each entry would double the time.
DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicate, parse_float=_no_float, parse_constant=_no_float
)
ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def verify(stream, anchors=None):
    """Verify an export.

    :param stream: binary file
    :param anchors: mapping of sequence number to hash
    :return: the ``Chain`` as it stands after the last row
    :raise Broken: with the first wrong row in plain words
    """
    export = Export(stream)
    chain = Chain(export.heading(), anchors or {})
    for where, fields in export.rows():
        chain.add(fields, where)
    chain.close()
    return chain


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
            chain = verify(stream, anchors)
    except Broken as error:
        print(f"BROKEN: {error}")
        return 1
    except (Unanswerable, OSError) as error:
        print(f"NOT VERIFIED: {error}")
        return 2
    print(_verdict(chain))
    return 0


def _verdict(chain):
    count = len(chain.log_ids)
    if not chain.anchors:
        tail = "No anchor given: a chain rewritten or cut as a whole would not be seen."
    else:
        tail = f"{chain.confirmed} of {len(chain.anchors)} anchors confirmed."
    return (
        f"OK: {count} entries of chain {chain.name}, head {chain.head or '-'}. {tail}"
    )


if __name__ == "__main__":
    sys.exit(main())
