"""What a text costs as short messages: alphabet, length, number of segments.

The GSM 03.38 alphabet holds 160 characters in one segment and 153 in each of several; its
extension (the euro sign, brackets) takes two places. One character outside of it turns the
whole message into UCS-2: 70 characters in one segment, 67 in each of several.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€\f")

GSM = "GSM-7"
UCS2 = "UCS-2"
# Places in a message of one segment, and in each segment of a longer one.
ROOM = {GSM: (160, 153), UCS2: (70, 67)}

# Typography that a keyboard or a formatter puts in, and what a phone of 2000 can show.
TYPOGRAPHY = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2039": "'",
    "\u203a": "'",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2026": "...",
    "\u0153": "oe",
    "\u0152": "OE",
    "\u00b0": "o",
    "\u00b7": "-",
    "\t": " ",
}
# « and » keep their blanks inside: drop them with the quotes.
QUOTES = (("\u00ab ", '"'), (" \u00bb", '"'))


@dataclass(frozen=True)
class Size:
    """Alphabet, places used (not characters: the euro sign takes two) and segments."""

    encoding: str
    units: int
    segments: int

    @property
    def left(self) -> int:
        """Places left before one more segment is needed."""
        if not self.segments:
            return ROOM[self.encoding][0]
        single, each = ROOM[self.encoding]
        room = single if self.segments == 1 else each * self.segments
        return room - self.units


def fit(text: str) -> str:
    """The nearest text that the GSM alphabet holds.

    Typographic signs and blanks become plain ones; an accented letter that the alphabet
    lacks loses its accent (ê, ô, ç), the others (é, è, à, ù) stay. What has no near sign
    stays as it is, and makes the message UCS-2.
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if _is_blank(char) else char for char in text)
    for found, plain in QUOTES:
        text = text.replace(found, plain)
    return "".join(_near(char) for char in text)


def size(text: str) -> Size:
    """How ``text`` is cut by a network."""
    if all(char in BASIC or char in EXTENSION for char in text):
        return _cut(GSM, [2 if char in EXTENSION else 1 for char in text])
    return _cut(UCS2, [2 if ord(char) > 0xFFFF else 1 for char in text])


def _is_blank(char: str) -> bool:
    return char != " " and unicodedata.category(char) == "Zs"


def _near(char: str) -> str:
    if char in BASIC or char in EXTENSION:
        return char
    if char in TYPOGRAPHY:
        return TYPOGRAPHY[char]
    if unicodedata.category(char) in ("Cc", "Cf"):
        return ""
    base = unicodedata.normalize("NFKD", char)
    base = "".join(sign for sign in base if not unicodedata.combining(sign))
    return base if base and all(sign in BASIC for sign in base) else char


def _cut(encoding: str, places: list[int]) -> Size:
    """Segments of characters that are never cut in two."""
    single, each = ROOM[encoding]
    units = sum(places)
    if units <= single:
        return Size(encoding, units, 1 if units else 0)
    segments, used, lost = 1, 0, 0
    for place in places:
        if used + place > each:
            lost += each - used
            segments, used = segments + 1, 0
        used += place
    return Size(encoding, units + lost, segments)
