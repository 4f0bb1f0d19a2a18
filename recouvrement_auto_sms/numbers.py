"""Telephone numbers: normal form, and whether a short message can reach them."""

from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

MISSING = "missing_address"
INVALID = "invalid_address"
LANDLINE = "landline"

# FIXED_LINE_OR_MOBILE: countries whose plan does not tell, such as the United States.
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
MAX_LENGTH = 100


class Number(NamedTuple):
    """A number in E.164, and the reason code why it gets no message ('' = it can)."""

    e164: str
    problem: str


@lru_cache(maxsize=16384)
def read(text, country_code):
    """The mobile in what a person typed, else what stands in its place.

    A field often holds two numbers ("04 78 ... / 06 ..."): the first mobile wins.

    :param country_code: ISO code of the country in which national numbers are read
    """
    text = (text or "").strip()[:MAX_LENGTH]
    if not text:
        return Number("", MISSING)
    found = [match.number for match in _matches(text, country_code or None)]
    for number in found:
        if phonenumbers.number_type(number) in MOBILE:
            return Number(_e164(number), "")
    if found:
        return Number(_e164(found[0]), LANDLINE)
    return Number("", INVALID)


def _matches(text, region):
    if text.startswith("00"):
        text = f"+{text[2:]}"
    return phonenumbers.PhoneNumberMatcher(
        text, region, leniency=phonenumbers.Leniency.VALID
    )


def _e164(number):
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
