"""Printed documents: whether one is whole, and where each of several begins."""

from __future__ import annotations

import re

_BLANK = re.compile(r"\s+")


def is_whole(content: bytes, kind: str) -> bool:
    """True for a PDF from its head to its end; ``kind`` is what the report says it made.

    wkhtmltopdf may answer with a page or with half a file.
    """
    return kind == "pdf" and content.startswith(b"%PDF") and b"%%EOF" in content[-64:]


def first_pages(texts: list[str], references: list[str]) -> list[int] | None:
    """Index of the page on which each document begins, by the reference printed there.

    :param texts: text of each page; blanks in it are not trusted
    :param references: one per document, in their order
    :return: None unless the first page is that of the first document, and each reference is
        on exactly one page, one document a page, in order
    """
    pages = [_BLANK.sub("", text) for text in texts]
    found = []
    for reference in references:
        wanted = f"[{_BLANK.sub('', reference)}]"
        holding = [index for index, text in enumerate(pages) if wanted in text]
        if len(holding) != 1:
            return None
        found += holding
    in_order = all(a < b for a, b in zip(found, found[1:], strict=False))
    return found if found[:1] == [0] and in_order else None
