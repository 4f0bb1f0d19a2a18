"""The token of a debtor's page: whose page, until when, and a seal over both.

Nothing is stored: the seal is made anew at each visit and compared. It covers the day of
expiry and a revision of the customer, so that a link ends by itself and all links of a
customer end when the revision rises.

A link is written in two ways: whole, for messages that hide it behind words, and short, for
a text message or a page that is typed from paper.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SEAL_BYTES = 24  # 192 bits
SEAL_LENGTH = 32  # of base64
SHORT_SEAL = 10  # of base64: 60 bits, guessed through a door that counts visits
_SHORT_DAYS = 3  # digits of a day: enough until 2147
_EPOCH = date(2020, 1, 1).toordinal()
_MAX_NUMBER = 2**31 - 1
_MAX_DAYS = 36_525


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits


def _number(digits: str, limit: int) -> int | None:
    """The number, ``None`` unless it is written the one way that ``_base36`` writes it."""
    if not 0 < len(digits) <= 7 or not set(digits) <= set(DIGITS):
        return None
    number = int(digits, 36)
    return number if number <= limit and _base36(number) == digits else None


@dataclass(frozen=True)
class PortalLink:
    """What a token says, before anybody knows whether it is true."""

    customer_id: int
    until: date  # the last day on which it works
    seal: str = ""

    def message(self, revision: int) -> str:
        """What the seal covers."""
        return f"{self.customer_id}|{self.until.isoformat()}|{revision}"


NOBODY = PortalLink(0, date(2020, 1, 1))


def seal_of(digest: str) -> str:
    """The seal made of a hexadecimal HMAC of at least 48 digits."""
    raw = bytes.fromhex(digest)[:SEAL_BYTES]
    if len(raw) < SEAL_BYTES:
        raise ValueError("The digest is too short for a seal.")
    return base64.urlsafe_b64encode(raw).decode()


def encode(link: PortalLink) -> str:
    """The token of a sealed link."""
    days = link.until.toordinal() - _EPOCH
    if not 0 <= days <= _MAX_DAYS or not 0 < link.customer_id <= _MAX_NUMBER:
        raise ValueError("Customer or day out of range.")
    return f"{_base36(link.customer_id)}-{_base36(days)}-{link.seal}"


def decode(token: str) -> PortalLink:
    """What a token says; ``NOBODY``, without a seal, when it is none.

    The caller does the same work for both and compares the seal.
    """
    if len(token) > 64 or not token.isascii():
        return NOBODY
    parts = token.split("-", 2)
    if len(parts) != 3 or len(parts[2]) != SEAL_LENGTH:
        return NOBODY
    number, days = _number(parts[0], _MAX_NUMBER), _number(parts[1], _MAX_DAYS)
    if not number or days is None:
        return NOBODY
    return PortalLink(number, date.fromordinal(_EPOCH + days), parts[2])


def encode_short(link: PortalLink) -> str:
    """The short code of a sealed link: number, day and the first 60 bits of its seal."""
    days = link.until.toordinal() - _EPOCH
    if not 0 <= days <= _MAX_DAYS or not 0 < link.customer_id <= _MAX_NUMBER:
        raise ValueError("Customer or day out of range.")
    written = _base36(days).rjust(_SHORT_DAYS, "0")
    return f"{_base36(link.customer_id)}{written}{link.seal[:SHORT_SEAL]}"


def decode_short(code: str) -> PortalLink:
    """What a short code says; ``NOBODY``, without a seal, when it is none."""
    size = len(code) - SHORT_SEAL - _SHORT_DAYS
    if not 0 < size <= 7 or not code.isascii():
        return NOBODY
    written = code[size:-SHORT_SEAL]
    number = _number(code[:size], _MAX_NUMBER)
    days = _number(written.lstrip("0") or "0", _MAX_DAYS)
    if not number or days is None:
        return NOBODY
    return PortalLink(number, date.fromordinal(_EPOCH + days), code[-SHORT_SEAL:])
