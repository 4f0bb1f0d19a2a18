"""A number and its seal in a few characters that fit a link and the GSM alphabet."""

from __future__ import annotations

import base64

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SEAL_LENGTH = 8  # of base64: 48 bits, for one invoice


def encode(number: int, seal: str) -> str:
    """``number`` in base 36, a hyphen, the first 48 bits of the hexadecimal ``seal``."""
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    raw = base64.urlsafe_b64encode(bytes.fromhex(seal[:32])).decode()
    return f"{digits}-{raw[:SEAL_LENGTH]}"


def number_of(code: str) -> int:
    """The number of a code, 0 when it has none. The caller compares the seal."""
    digits = code.partition("-")[0]
    if not digits or len(digits) > 12 or not set(digits) <= set(DIGITS):
        return 0
    return int(digits, 36)
