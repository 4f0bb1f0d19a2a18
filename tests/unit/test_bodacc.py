"""Notices of the BODACC read as signals; shapes as the open data give them."""

import csv
import io
import json
from datetime import date

import pytest

from recouvrement_auto.tools.bodacc import BadNotices, is_export, read

OPENING = {
    "id": "A202601765232",
    "dateparution": "2026-09-15",
    "typeavis": "annonce",
    "typeavis_lib": "Avis initial",
    "familleavis": "collective",
    "familleavis_lib": "Procédures collectives",
    "registre": ["000 000 018", "000000018"],
    "commercant": "IMPRIMERIE DU PORT",
    "tribunal": "Greffe du Tribunal de Commerce de Lille",
    "jugement": json.dumps(
        {
            "famille": "Jugement d'ouverture",
            "nature": "Jugement d'ouverture de liquidation judiciaire",
            "date": "8 septembre 2026",
        }
    ),
    "parutionavisprecedent": None,
    "url_complete": "https://example.invalid/A202601765232",
}


def notice(**changes):
    notices, unread = read(json.dumps([{**OPENING, **changes}]))
    assert not unread
    return notices[0]


def judged(nature, more="", **changes):
    part = {"nature": nature, "complementJugement": more}
    return notice(jugement=json.dumps(part), **changes)


def test_an_opening():
    found = notice()
    assert found.number == "A202601765232"
    assert found.day == date(2026, 9, 15)
    assert found.sirens == ("000000018",)
    assert found.kinds == ("insolvency",)
    assert found.severity == "critical"
    assert found.says == "Jugement d'ouverture de liquidation judiciaire"
    assert found.opens
    assert found.note.splitlines()[:3] == [
        "IMPRIMERIE DU PORT",
        "Greffe du Tribunal de Commerce de Lille",
        "2026-09-08",
    ]


@pytest.mark.parametrize(
    ("nature", "more", "severity", "opens"),
    [
        ("Jugement d'ouverture", "Redressement judiciaire.", "critical", True),
        ("Jugement d’ouverture d'une procédure de sauvegarde", "", "alert", True),
        ("Jugement arrêtant le plan de redressement", "", "watch", False),
        (
            "Jugement prononçant la résolution du plan de redressement",
            "",
            "watch",
            False,
        ),
        ("Clôture pour insuffisance d'actif", "", "critical", False),
        ("Clôture pour extinction du passif", "de la liquidation", "info", False),
        ("Jugement de conversion en liquidation judiciaire", "", "critical", False),
        ("Autre jugement et ordonnance", "", "alert", False),
    ],
)
def test_gravity_of_a_judgment(nature, more, severity, opens):
    found = judged(nature, more)
    assert (found.severity, found.opens) == (severity, opens)


@pytest.mark.parametrize(
    ("family", "part", "kinds", "severity"),
    [
        ("dpc", {"depot": '{"typeDepot": "Comptes annuels"}'}, ("accounts",), "info"),
        (
            "modification",
            {
                "modificationsgenerales": '{"descriptif": "Transfert du siège social et '
                "modification de l'administration\"}"
            },
            ("director", "address"),
            "info",
        ),
        ("modification", {}, ("other",), "info"),
        ("radiation", {}, ("other",), "alert"),
        ("vente", {"acte": {"descriptif": "Fonds vendu"}}, ("other",), "watch"),
        ("conciliation", {}, ("insolvency",), "alert"),
    ],
)
def test_kinds(family, part, kinds, severity):
    found = notice(familleavis=family, familleavis_lib="", jugement=None, **part)
    assert (found.kinds, found.severity) == (kinds, severity)


def test_the_shapes_of_the_file():
    expected = read(json.dumps([OPENING]))[0]
    lines = "\n".join(json.dumps(OPENING) for _n in range(2))
    for text in (
        json.dumps({"total_count": 1, "results": [OPENING]}),
        json.dumps({"records": [{"fields": OPENING}]}),
        json.dumps({"records": [{"record": {"fields": OPENING}}]}),
        json.dumps(OPENING),
        lines,
        table([OPENING], ";"),
        "\ufeff" + table([OPENING], ","),
    ):
        assert is_export(text.lstrip("\ufeff"))
        assert read(text) == (expected, 0)


def table(records, delimiter):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(OPENING), delimiter=delimiter)
    writer.writeheader()
    for record in records:
        writer.writerow({**record, "registre": ",".join(record["registre"])})
    return out.getvalue()


def test_seller_and_buyer():
    found = notice(registre=["000 000 018", "000000018", "000000026"])
    assert found.sirens == ("000000018", "000000026")


def test_a_later_notice_replaces_the_one_it_names():
    previous = json.dumps(
        {
            "nomPublication": "BODACC A",
            "numeroParution": "20260176",
            "dateParution": "2026-09-15",
            "numeroAnnonce": 5232,
        }
    )
    later = {"id": "A202601801111", "dateparution": "2026-09-22"}
    corrected = {**OPENING, **later, "typeavis": "rectificatif"}
    corrected["parutionavisprecedent"] = previous
    (found,) = read(json.dumps([corrected, OPENING]))[0]
    assert (found.number, found.replaces) == ("A202601801111", "A202601765232")
    assert found.kinds == ("insolvency",)
    cancelled = {**corrected, "typeavis": "annulation"}
    (found,) = read(json.dumps([OPENING, cancelled]))[0]
    assert found.kinds == ()
    assert found.replaces == "A202601765232"
    named_only = {**corrected, "typeavis": "annonce"}
    assert len(read(json.dumps([OPENING, named_only]))[0]) == 2


def test_what_cannot_be_read_is_counted():
    bad = [
        {**OPENING, "id": ""},
        {**OPENING, "registre": None},
        {**OPENING, "dateparution": "2026-13-01"},
    ]
    notices, unread = read(json.dumps([OPENING, *bad]))
    assert (len(notices), unread) == (1, 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[{", "json"),
        ("[1, 2]", "json"),
        ('{"a": 1}', "columns"),
        ('[{"siren": "1"}]', "columns"),
        ('familleavis;registre;dateparution\n"a;b', "csv"),
    ],
)
def test_another_file_is_refused(text, code):
    with pytest.raises(BadNotices) as caught:
        read(text)
    assert caught.value.code == code


def test_our_own_columns_are_no_export():
    assert not is_export("customer;kind;date;source\nR-100;other;2026-03-01;X\n")
