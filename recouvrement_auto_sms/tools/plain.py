"""Between the plain text of a short message and the HTML in which the core keeps texts.

``to_text(to_html(text)) == text`` for a text without blanks at the end of its lines: what
was frozen is what leaves.
"""

from __future__ import annotations

import html
import re

BREAK = re.compile(r"<br\b[^<>]*>|</p\s*>\s*<p\b[^<>]*>|</(?:div|li|h\d)\s*>", re.I)
TAG = re.compile(r"<[^<>]*>")
END_OF_LINE = re.compile(r"[ \t]+\n")


def to_html(text: str) -> str:
    """One paragraph, its lines kept."""
    lines = html.escape(tidy(text), quote=False).split("\n")
    return f"<p>{'<br>'.join(lines)}</p>"


def to_text(body: str) -> str:
    """The words of ``body``, line by line. Line ends of the source count as blanks."""
    body = " ".join(body.split("\n"))
    text = TAG.sub("", BREAK.sub("\n", body))
    return tidy(html.unescape(text))


def tidy(text: str) -> str:
    """Line ends of one kind, no blank at the end of a line nor around the text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return END_OF_LINE.sub("\n", text).strip()
