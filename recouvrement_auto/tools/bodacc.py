"""Notices of the BODACC, as the open data of the DILA export them, read as signals.

Pure. Data set ``annonces-commerciales``: JSON (a list, an answer of the interface, lines) or
CSV. ``registre`` holds the SIREN in two forms, the parts that differ by kind of notice are
JSON inside of a text, and a judgment may be dated in French words. Source: legal-fr.md
section 9.5. A notice says something of a company, never what is to be done.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

SOURCE = "BODACC"
MARKS = ("familleavis", "registre", "dateparution")
PARTS = ("jugement", "acte", "modificationsgenerales", "radiationaurcs", "depot")
INSOLVENCY = ("collective", "retablissement_professionnel", "conciliation")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet"),
    *("aout", "septembre", "octobre", "novembre", "decembre"),
)
# First word that fits, in what the judgment says; how much it moves the score.
GRAVITY = (
    (r"extinction du passif|mettant fin|fin de la procedure", "info"),
    (r"liquidation|insuffisance d.actif", "critical"),
    (r"plan de (sauvegarde|redressement|continuation)", "watch"),
    (r"redressement|resolution", "critical"),
    (r"sauvegarde|retablissement|conciliation", "alert"),
)
DIRECTOR = r"administration|gerant|president|dirigeant|directeur|mandataire social"
ADDRESS = r"siege|adresse|domicile"


class BadNotices(ValueError):
    """The file is no export of notices; ``code`` is ``json``, ``csv`` or ``columns``."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Notice(NamedTuple):
    """One notice; ``kinds`` and ``severity`` are those of ``recouvrement.signal``.

    ``replaces`` is the number of the notice that it corrects or cancels; a cancelling
    one has no kind. ``opens`` is True where claims are to be declared from its day.
    """

    number: str
    day: date
    sirens: tuple[str, ...]
    kinds: tuple[str, ...]
    severity: str
    says: str
    note: str
    address: str
    replaces: str | None
    opens: bool


def is_export(text: str) -> bool:
    """True where the text looks like an export of notices, not like our own CSV."""
    start = text.lstrip()
    if start[:1] in ("[", "{"):
        return True
    head = start.partition("\n")[0].lower()
    return all(mark in head for mark in MARKS)


def read(text: str) -> tuple[list[Notice], int]:
    """``(notices, unread)``: in the order of publication, without those that a later one
    of the same file corrects or cancels; how many lack a number, a day or a SIREN.

    :raises BadNotices: it is no such export
    """
    records = list(_records(text))
    if records and not any(all(mark in r for mark in MARKS) for r in records):
        raise BadNotices("columns")
    found = [_notice(record) for record in records]
    notices = {notice.number: notice for notice in found if notice}
    for notice in list(notices.values()):
        notices.pop(notice.replaces, None)
    ordered = sorted(notices.values(), key=lambda notice: (notice.day, notice.number))
    return ordered, found.count(None)


# === SHAPES OF THE FILE === #


def _records(text: str) -> Iterable[dict]:
    text = text.strip().lstrip("\ufeff")
    if text[:1] not in ("[", "{"):
        return _csv_records(text)
    try:
        whole = json.loads(text)
    except ValueError:
        try:
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError:
            raise BadNotices("json") from None
    if isinstance(whole, dict):
        whole = whole.get("results") or whole.get("records") or [whole]
    if not isinstance(whole, list) or not all(isinstance(one, dict) for one in whole):
        raise BadNotices("json")
    return [_fields(one) for one in whole]


def _fields(record: dict) -> dict:
    """The fields of a record, which older answers wrap."""
    for name in ("record", "fields"):
        if isinstance(record.get(name), dict):
            record = record[name]
    return record


def _csv_records(text: str) -> list[dict]:
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    lines = io.StringIO(text, newline="")
    try:
        reader = csv.DictReader(lines, delimiter=delimiter, strict=True)
        return [{k.strip().lower(): v for k, v in row.items() if k} for row in reader]
    except csv.Error:
        raise BadNotices("csv") from None


# === ONE NOTICE === #


def _notice(record: dict) -> Notice | None:
    number, day = str(record.get("id") or "").strip(), _day(record.get("dateparution"))
    sirens = _sirens(record.get("registre"))
    if not number or not day or not sirens:
        return None
    family = str(record.get("familleavis") or "").lower()
    parts = {name: _part(record.get(name)) for name in PARTS}
    type_of = _plain(f"{record.get('typeavis')} {record.get('typeavis_lib')}")
    cancels, corrects = "annul" in type_of, "rectif" in type_of
    previous = _part(record.get("parutionavisprecedent"))
    text = _text(parts)
    kinds = () if cancels else _kinds(family, _plain(text))
    says = parts["jugement"].get("nature") or record.get("familleavis_lib") or family
    severity = _severity(family, _plain(f"{says} {text}"))
    return Notice(
        *(number, day, sirens, kinds, severity, str(says), _note(record, text)),
        str(record.get("url_complete") or ""),
        _number_of(previous) if cancels or corrects else None,
        family == "collective" and _opens(_plain(f"{says} {text}")),
    )


def _kinds(family: str, text: str) -> tuple[str, ...]:
    if family in INSOLVENCY:
        return ("insolvency",)
    if family == "dpc":
        return ("accounts",)
    if family == "modification":
        kinds = [
            kind
            for kind, words in (("director", DIRECTOR), ("address", ADDRESS))
            if re.search(words, text)
        ]
        return tuple(kinds) or ("other",)
    return ("other",)


def _severity(family: str, text: str) -> str:
    if family in INSOLVENCY:
        fits = (severity for words, severity in GRAVITY if re.search(words, text))
        return next(fits, "alert")
    return {"radiation": "alert", "vente": "watch"}.get(family, "info")


def _opens(text: str) -> bool:
    """A judgment that opens proceedings; a conversion opens no new time limit."""
    return bool(re.search(r"jugement d.ouverture|ouvr(e|ant) (la|une) procedure", text))


def _text(parts: dict) -> str:
    """What the parts of a notice say, without its numbers and dates."""
    judgment, deposit = parts["jugement"], parts["depot"]
    texts = [
        judgment.get("famille"),
        judgment.get("nature"),
        judgment.get("complementJugement"),
        deposit.get("typeDepot"),
        deposit.get("descriptif"),
        parts["modificationsgenerales"].get("descriptif"),
        parts["acte"].get("descriptif"),
        parts["radiationaurcs"].get("commentaire"),
    ]
    return " ".join(str(text).strip() for text in texts if text)


def _note(record: dict, text: str) -> str:
    judged = _day(_part(record.get("jugement")).get("date"))
    lines = (record.get("commercant"), record.get("tribunal"), judged, text)
    return "\n".join(str(line) for line in lines if line)


def _number_of(previous: dict) -> str | None:
    """Number of an earlier notice: letter of the bulletin, issue, place in it."""
    letter = str(previous.get("nomPublication") or "").strip()[-1:].upper()
    issue, place = previous.get("numeroParution"), previous.get("numeroAnnonce")
    return f"{letter}{issue}{place}" if letter and issue and place else None


def _sirens(value) -> tuple[str, ...]:
    """The SIREN of ``registre``, each once: a list or a text, with or without blanks."""
    texts = value if isinstance(value, list) else re.split(r"[,;|\[\]\"]", value or "")
    digits = (re.sub(r"[\s\u00a0\u202f]", "", str(text)) for text in texts)
    return tuple(dict.fromkeys(d for d in digits if re.fullmatch(r"\d{9}", d)))


def _part(value) -> dict:
    """A part of a notice, given as it is or as JSON in a text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {"descriptif": value} if value.strip() else {}
    return value if isinstance(value, dict) else {}


def _day(value) -> date | None:
    text = _plain(str(value or ""))
    iso = re.match(r"(\d{4})-(\d{2})-(\d{2})", text)
    french = re.fullmatch(r"(\d{1,2})(?:er)?[ /]([a-z]+|\d{1,2})[ /](\d{4})", text)
    try:
        if iso:
            return date(*map(int, iso.groups()))
        if french:
            number, month, year = french.groups()
            month = int(month) if month.isdigit() else MONTHS.index(month) + 1
            return date(int(year), month, int(number))
    except ValueError:
        return None  # no day of the calendar
    return None


def _plain(text: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFD", text.replace("\u2019", "'"))
    return "".join(c for c in parts if not unicodedata.combining(c)).lower().strip()
