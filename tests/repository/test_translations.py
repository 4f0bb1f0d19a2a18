"""French users read French: each text of each add-on is translated, none is doubtful."""

import re

import polib
import pytest
from sources import ADDONS, ROOT

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{\{ ?\w+ ?\}\}")
SHOWN = 15  # a first translation may lack hundreds


def catalogue(addon):
    """Template and French file of an add-on; None as long as it has no template."""
    folder = ROOT / addon / "i18n"
    template = folder / f"{addon}.pot"
    if not template.is_file():
        return None
    french = folder / "fr.po"
    assert french.is_file(), f"{addon} has a template but no fr.po"
    return polib.pofile(str(template)), polib.pofile(str(french))


def catalogues():
    return [found for found in map(catalogue, ADDONS) if found]


def key(entry):
    return entry.msgctxt, entry.msgid


def missing(template, french):
    translated = {key(e) for e in french if e.translated() and not e.obsolete}
    return [e.msgid for e in template if e.msgid and key(e) not in translated]


def altered(french):
    """Translations that lost or invented a placeholder."""
    return [
        entry.msgid
        for entry in french.translated_entries()
        if sorted(m[0] for m in PLACEHOLDER.finditer(entry.msgid))
        != sorted(m[0] for m in PLACEHOLDER.finditer(entry.msgstr))
    ]


def test_french_is_complete():
    for template, french in catalogues():
        assert not missing(template, french)[:SHOWN]


def test_french_is_certain():
    for _template, french in catalogues():
        assert not [entry.msgid for entry in french.fuzzy_entries()][:SHOWN]


def test_french_keeps_the_placeholders():
    for _template, french in catalogues():
        assert not altered(french)[:SHOWN]


def test_french_has_no_dead_entries():
    for template, french in catalogues():
        known = {key(entry) for entry in template}
        dead = [e.msgid for e in french if e.obsolete or key(e) not in known]
        assert not dead[:SHOWN]


@pytest.mark.parametrize(
    ("french", "gaps"),
    [
        ('msgid "A %(n)s"\nmsgstr "Un %(n)s"\n', ([], [])),
        ('msgid "A %(n)s"\nmsgstr ""\n', (["A %(n)s"], [])),
        ('#, fuzzy\nmsgid "A %(n)s"\nmsgstr "Un %(n)s"\n', (["A %(n)s"], [])),
        ('msgid "B"\nmsgstr "B"\n', (["A %(n)s"], [])),
        ('msgid "A %(n)s"\nmsgstr "Un %(m)s"\n', ([], ["A %(n)s"])),
    ],
)
def test_the_rule_sees_gaps(french, gaps):
    template = polib.pofile('msgid "A %(n)s"\nmsgstr ""\n')
    found = polib.pofile(french)
    assert (missing(template, found), altered(found)) == gaps
