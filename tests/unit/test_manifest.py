import hashlib
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools.manifest import Archive, file_name


def read(target):
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_sums_are_those_of_the_members(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"x" * 3_000_000)
    target = io.BytesIO()
    with Archive(target, {"company": "Négoce"}) as archive:
        archive.add("a.txt", b"one", rows=3)
        archive.add("A.txt", b"two")
        archive.add_stream("b/c.csv", iter([b"1", b"2"]))
        archive.add_path("d", path)
    files = read(target)
    assert set(files) == {
        "a.txt",
        "A (2).txt",
        "b/c.csv",
        "d",
        "manifest.json",
        "SHA256SUMS",
    }
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256(files[name]).hexdigest() == digest
    manifest = json.loads(files["manifest.json"])
    assert manifest["company"] == "Négoce"
    assert manifest["files"][0] == {
        "name": "a.txt",
        "bytes": 3,
        "sha256": hashlib.sha256(b"one").hexdigest(),
        "rows": 3,
    }


def test_an_error_leaves_no_manifest():
    target = io.BytesIO()
    with pytest.raises(RuntimeError), Archive(target) as archive:
        archive.add("a", b"1")
        raise RuntimeError
    assert "manifest.json" not in read(target)


@given(st.text())
def test_names_hold_no_path(text):
    name = file_name(text)
    assert name and not set(name) & set('/\\:*?"<>|\n\0')
    assert not name.startswith(".") and len(name) <= 100
