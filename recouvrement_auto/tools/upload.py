"""What a debtor may leave as a paper: known by its content, never by its name.

Nothing is unpacked: the names in a ZIP directory are read, no member is.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

MAX_BYTES = 5 * 1024 * 1024
MAX_MEMBERS = 2_000
_OFFICE = {
    "word/": ("docx", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": ("xlsx", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")


@dataclass(frozen=True)
class Kind:
    """Extension and media type that we give to a paper."""

    extension: str
    mimetype: str


class UploadRefused(ValueError):
    """The paper is not taken; ``code`` is ``empty``, ``too_large`` or ``type``."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def kind_of(content: bytes) -> Kind:
    """Kind of a paper by its first bytes: PDF, JPEG, PNG, HEIC, or an office document
    without macros.

    :raises UploadRefused: nothing in it, more than ``MAX_BYTES``, or anything else
    """
    if not content:
        raise UploadRefused("empty")
    if len(content) > MAX_BYTES:
        raise UploadRefused("too_large")
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return Kind("pdf", "application/pdf")
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-4096:]:
        return Kind("jpg", "image/jpeg")
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return Kind("png", "image/png")
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return Kind("heic", "image/heic")
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    raise UploadRefused("type")


def _office(content: bytes) -> Kind:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UploadRefused("type") from None
    lower = [name.casefold() for name in names]
    unsafe = any(
        "vbaproject" in name or name.endswith((".bin", ".exe", ".js", ".vbs"))
        for name in lower
    )
    if len(names) > MAX_MEMBERS or unsafe or "[content_types].xml" not in lower:
        raise UploadRefused("type")
    for folder, (extension, subtype) in _OFFICE.items():
        if any(name.startswith(folder) for name in lower):
            return Kind(extension, f"application/{subtype}")
    raise UploadRefused("type")
