"""Tokens of the debtor's page: one way to write each, everything else is nobody's."""

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.portal_link import (
    NOBODY,
    SEAL_LENGTH,
    SHORT_SEAL,
    PortalLink,
    decode,
    decode_short,
    encode,
    encode_short,
    seal_of,
)

LINKS = st.builds(
    PortalLink,
    st.integers(1, 2**31 - 1),
    st.dates(date(2020, 1, 1), date(2119, 12, 31)),
    st.binary(min_size=24, max_size=24).map(lambda raw: seal_of(raw.hex())),
)


@given(LINKS)
def test_round_trip(link):
    token = encode(link)
    assert decode(token) == link
    assert len(token) <= 64
    assert token.replace("-", "").replace("_", "").isalnum()


@given(LINKS, st.integers(0, 63), st.characters(codec="ascii"))
def test_no_second_way_to_write_a_token(link, place, char):
    """A changed token never says the same thing: either nobody, or another message."""
    token = encode(link)
    place %= len(token)
    changed = token[:place] + char + token[place + 1 :]
    if changed != token:
        assert decode(changed) != link


@given(LINKS)
def test_short_round_trip(link):
    code = encode_short(link)
    said = decode_short(code)
    assert (said.customer_id, said.until) == (link.customer_id, link.until)
    assert said.seal == link.seal[:SHORT_SEAL]
    assert len(code) <= 19


@given(LINKS, st.integers(0, 63), st.characters(codec="ascii"))
def test_no_second_way_to_write_a_short_code(link, place, char):
    code = encode_short(link)
    place %= len(code)
    changed = code[:place] + char + code[place + 1 :]
    if changed != code:
        assert decode_short(changed) != decode_short(code)


@given(st.text(max_size=30))
def test_anything_can_be_read_as_a_short_code(text):
    link = decode_short(text)
    assert link is NOBODY or encode_short(link) == text


@given(st.text(max_size=80))
def test_anything_can_be_read(text):
    link = decode(text)
    assert link is NOBODY or encode(link) == text


@pytest.mark.parametrize(
    "token",
    [
        "",
        "1-1-",
        "0-1-" + "A" * SEAL_LENGTH,
        "01-1-" + "A" * SEAL_LENGTH,
        "1-1-" + "A" * (SEAL_LENGTH - 1),
        "1-1-" + "A" * (SEAL_LENGTH + 1),
        "zzzzzzz-1-" + "A" * SEAL_LENGTH,
        "-1-1-" + "A" * SEAL_LENGTH,
        "1-1-" + "é" * SEAL_LENGTH,
        "A-1-" + "A" * SEAL_LENGTH,
    ],
)
def test_nobody(token):
    assert decode(token) is NOBODY
    assert NOBODY.seal == ""


def test_the_seal_covers_customer_day_and_revision():
    links = [
        PortalLink(1, date(2026, 3, 17)).message(0),
        PortalLink(1, date(2026, 3, 17)).message(1),
        PortalLink(1, date(2026, 3, 18)).message(0),
        PortalLink(11, date(2026, 3, 17)).message(0),
    ]
    assert len(set(links)) == 4


def test_bounds():
    """A link that cannot be written is refused, never written wrong."""
    digest = hashlib.sha256(b"x").hexdigest()
    assert len(seal_of(digest)) == SEAL_LENGTH
    with pytest.raises(ValueError, match="too short"):
        seal_of("ab" * 23)
    for customer_id, day in ((0, date(2026, 1, 1)), (1, date(2019, 12, 31))):
        with pytest.raises(ValueError, match="out of range"):
            encode(PortalLink(customer_id, day, "A" * SEAL_LENGTH))
