"""Codes of short links: short, of the GSM alphabet, and closed to guesses."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_sms.tools import gsm, short_code

SEAL = hashlib.sha256(b"seal").hexdigest()


@given(st.integers(min_value=1, max_value=2**31 - 1))
def test_there_and_back(number):
    code = short_code.encode(number, SEAL)
    assert short_code.number_of(code) == number
    assert len(code) <= 17
    assert gsm.size(code).units == len(code)


def test_the_seal_counts():
    other = hashlib.sha256(b"other").hexdigest()
    assert short_code.encode(7, SEAL) != short_code.encode(7, other)
    assert len(short_code.encode(7, SEAL).partition("-")[2]) == short_code.SEAL_LENGTH


@pytest.mark.parametrize(
    "code", ["", "-", "-abc", "é-abc", "A-abc", "1" * 40 + "-a", "../x"]
)
def test_nonsense_is_no_number(code):
    assert short_code.number_of(code) == 0
