"""Whether a printed document is one: wkhtmltopdf may answer with a page or with half a file."""


def is_whole(content: bytes, kind: str) -> bool:
    """True for a PDF from its head to its end; ``kind`` is what the report says it made."""
    return kind == "pdf" and content.startswith(b"%PDF") and b"%%EOF" in content[-64:]
