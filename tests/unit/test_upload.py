"""Papers of debtors: what content says, whatever the name."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.upload import MAX_BYTES, UploadRefused, kind_of

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20


def office(*names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"%PDF-1.7\n...\n%%EOF\n", "pdf"),
        (b"\xff\xd8\xff\xe0" + b"x" * 50 + b"\xff\xd9", "jpg"),
        (PNG, "png"),
        (b"\0\0\0\x18ftypheic" + b"x" * 20, "heic"),
        (office("[Content_Types].xml", "word/document.xml"), "docx"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    ],
)
def test_taken(content, extension):
    assert kind_of(content).extension == extension


@pytest.mark.parametrize(
    "content",
    [
        b"<svg onload=alert(1)>",
        b"<html><script>",
        b"MZ\x90\0",
        b"#!/bin/sh",
        b"GIF89a" + b"x" * 20,
        b"%PDF-1.7 cut off",
        b"<!-- %PDF-1.7 --> %%EOF",
        b"PK\x03\x04 not a zip",
        office("word/document.xml"),
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        office("[Content_Types].xml", "xl/workbook.xml", "xl/macro.vbs"),
        office("[Content_Types].xml", "other/x.xml"),
        office("a.txt"),
        b"\x89PNG\r\n\x1a\n <script>",
    ],
)
def test_refused(content):
    with pytest.raises(UploadRefused) as caught:
        kind_of(content)
    assert caught.value.code == "type"


def test_sizes():
    for content, code in ((b"", "empty"), (b"%PDF-" + b"0" * MAX_BYTES, "too_large")):
        with pytest.raises(UploadRefused) as caught:
            kind_of(content)
        assert caught.value.code == code


@given(st.binary(max_size=200))
def test_anything_is_judged(content):
    """No content makes it fail in another way."""
    try:
        kind = kind_of(content)
    except UploadRefused as refused:
        assert refused.code in ("empty", "type")
    else:
        assert kind.extension in ("pdf", "jpg", "png", "heic")


def test_a_bomb_is_never_unpacked():
    """A member of a gigabyte costs nothing: only the directory is read."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("word/document.xml", b"\0" * 200_000_000)
    assert kind_of(target.getvalue()).extension == "docx"
