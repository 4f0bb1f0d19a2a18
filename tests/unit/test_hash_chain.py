import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recouvrement_auto.tools.hash_chain import (
    GENESIS,
    canonical,
    commitment,
    export_lines,
    link,
    verify,
)

SALT = "0123456789abcdef" * 2
PAYLOADS = [canonical({"event": "sent", "n": n}) for n in range(5)]


def chain(payloads):
    rows, previous = [], GENESIS
    for seq, payload in enumerate(payloads, 1):
        digest = link(previous, payload)
        rows.append((seq, previous, payload, digest))
        previous = digest
    return rows


def test_canonical_form():
    payload = {"b": [1, None, True], "a": {"é": "x\n\u2028"}, "amount": "12.40"}
    assert canonical(payload) == (
        b'{"a":{"\\u00e9":"x\\n\\u2028"},"amount":"12.40","b":[1,null,true]}'
    )
    assert canonical(dict(reversed(payload.items()))) == canonical(payload)


def test_a_tuple_is_a_list():
    assert canonical({"moves": (1, 2)}) == canonical({"moves": [1, 2]})


@pytest.mark.parametrize(
    "payload",
    [
        {"amount": 12.4},
        {"amount": float("nan")},
        {"amount": float("inf")},
        {"amount": Decimal("12.40")},
        {"facts": [{"deep": 0.5}]},
        {"facts": (0.5,)},
        {"facts": {1: "a", "1": "b"}},
        {"facts": {None: 1}},
        {"facts": {1, 2}},
        {"facts": b"bytes"},
        [("a", 1)],
        "text",
    ],
)
def test_what_has_no_single_form_is_refused(payload):
    with pytest.raises(TypeError):
        canonical(payload)


def test_link_is_what_the_documentation_says():
    first = link(GENESIS, b"{}")
    assert first == "$1$" + hashlib.sha256(b"\n{}").hexdigest()
    second = link(first, "{}")
    assert second == "$1$" + hashlib.sha256(first.encode() + b"\n{}").hexdigest()


@pytest.mark.parametrize("wrong", ["0", "$1$", "$2$" + "a" * 64, "$1$" + "A" * 64])
def test_only_a_link_can_come_before(wrong):
    with pytest.raises(ValueError):
        link(wrong, b"{}")


def test_a_whole_chain_verifies():
    rows = chain(PAYLOADS)
    assert verify(rows) is None
    assert verify([]) is None
    assert verify(rows[2:], 3, rows[1][3]) is None


@pytest.mark.parametrize("bad", range(5))
@pytest.mark.parametrize("column", range(4))
def test_first_bad_row_is_named(bad, column):
    rows = chain(PAYLOADS)
    row = list(rows[bad])
    row[column] = [99, rows[4][3], b"{}", "$1$" + "0" * 64][column]
    rows[bad] = tuple(row)
    assert verify(rows) == bad


def test_missing_repeated_and_swapped_rows():
    rows = chain(PAYLOADS)
    assert verify(rows[1:]) == 0
    assert verify(rows[:2] + rows[3:]) == 2
    assert verify(rows[:2] + rows[1:]) == 2
    assert verify([rows[1], rows[0], *rows[2:]]) == 0


def test_commitment():
    assert commitment(SALT, "a") == commitment(SALT, "a")
    others = {
        commitment(SALT, "b"),
        commitment(SALT[::-1], "a"),
        commitment(SALT + "0", "a"),
    }
    assert len(others | {commitment(SALT, "a")}) == 4


@pytest.mark.parametrize("salt", ["", "abc", SALT[:-1], SALT.upper(), "z" * 32])
def test_weak_salts_are_refused(salt):
    with pytest.raises(ValueError):
        commitment(salt, "0612345678")


@pytest.mark.parametrize("name", ["", "a,b", "a\nb", "=cmd|'x'", "é"])
def test_name_of_a_chain(name):
    with pytest.raises(ValueError):
        list(export_lines(name, []))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
payloads = st.dictionaries(st.text(), values, max_size=4)


@given(payloads)
def test_canonical_is_stable_and_loses_nothing(payload):
    written = canonical(payload)
    assert json.loads(written) == payload
    assert canonical(json.loads(written)) == written
    assert b"\n" not in written


@settings(max_examples=40)
@given(st.lists(payloads, min_size=1, max_size=6), st.data())
def test_any_change_of_a_payload_is_found_at_its_row(contents, data):
    rows = chain([canonical(content) for content in contents])
    bad = data.draw(st.integers(0, len(rows) - 1))
    changed = canonical(data.draw(payloads))
    seq, previous, payload, digest = rows[bad]
    rows[bad] = (seq, previous, changed, digest)
    assert verify(rows) == (None if changed == payload else bad)
