"""What a set of files consists of, so that a third party can prove that none was changed.

Standard library only: ``SHA256SUMS`` is checked by ``sha256sum -c`` on any machine.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import datetime

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
_CHUNK = 1 << 20
_TAKEN = '/\\:*?"<>|'


def file_name(text: str, fallback: str = "file") -> str:
    """``text`` as the name of a file: nothing that a path could hide in."""
    clean = "".join(" " if c in _TAKEN or not c.isprintable() else c for c in text)
    return " ".join(clean.split())[:100].strip(" .") or fallback


class Archive:
    """A ZIP whose members are hashed while they are written.

    ``with Archive(target) as archive: archive.add("a.txt", b"...")``; the manifest and the
    list of sums are its last members.
    """

    def __init__(self, target, about: dict | None = None):
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.about = dict(about or {})
        self.files: list[dict] = []

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        if exc_type is None:
            self._finish()
        self._zip.close()

    def add(self, name: str, content: bytes, **facts):
        """One file; a name that exists gets a number. Returns the name it has."""
        name = self._unique(name)
        self._zip.writestr(name, content)
        self._note(name, hashlib.sha256(content).hexdigest(), len(content), facts)
        return name

    def add_stream(self, name: str, chunks, **facts):
        """As ``add``, from an iterator of bytes: memory stays flat."""
        name, digest, size = self._unique(name), hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self._note(name, digest.hexdigest(), size, facts)
        return name

    def add_path(self, name: str, path, **facts):
        """As ``add_stream``, from a file on disk."""
        with open(path, "rb") as source:
            chunks = iter(lambda: source.read(_CHUNK), b"")
            return self.add_stream(name, chunks, **facts)

    def _unique(self, name):
        taken = {entry["name"].casefold() for entry in self.files}
        stem, dot, extension = name.rpartition(".")
        found, number = name, 2
        while found.casefold() in taken:
            found = f"{stem or extension} ({number}){dot}{extension if stem else ''}"
            number += 1
        return found

    def _note(self, name, digest, size, facts):
        self.files.append({"name": name, "bytes": size, "sha256": digest, **facts})

    def _finish(self):
        manifest = {**self.about, "files": self.files}
        text = json.dumps(manifest, ensure_ascii=False, indent=1, default=_plain)
        content = text.encode()
        self._zip.writestr(MANIFEST, content)
        sums = [(entry["sha256"], entry["name"]) for entry in self.files]
        sums.append((hashlib.sha256(content).hexdigest(), MANIFEST))
        lines = "".join(f"{digest}  {name}\n" for digest, name in sums)
        self._zip.writestr(SUMS, lines.encode())


def _plain(value):
    return value.isoformat() if isinstance(value, datetime) else str(value)
