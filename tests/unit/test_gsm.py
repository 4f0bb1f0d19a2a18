"""Alphabet, length and segments of short messages, against the figures of GSM 03.38."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_sms.tools import gsm, plain


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("é" * 160, "GSM-7", 160, 1),
        ("€" * 80, "GSM-7", 160, 1),
        (
            "€" * 81,
            "GSM-7",
            163,
            2,
        ),  # the 77th sign does not fit in 153: one place lost
        ("ê", "UCS-2", 1, 1),
        ("ê" * 70, "UCS-2", 70, 1),
        ("ê" * 71, "UCS-2", 71, 2),
        ("ê" * 134, "UCS-2", 134, 2),
        ("ê" * 135, "UCS-2", 135, 3),
        ("\U0001f600" * 35, "UCS-2", 70, 1),
        ("\U0001f600" * 36, "UCS-2", 73, 2),  # 33 in 67 places, one lost
        ("a\nb", "GSM-7", 3, 1),
    ],
)
def test_size(text, encoding, units, segments):
    found = gsm.size(text)
    assert (found.encoding, found.units, found.segments) == (encoding, units, segments)


@pytest.mark.parametrize(
    ("text", "plain_text"),
    [
        ("Société à régler où ?", "Société à régler où ?"),
        ("tôt, forêt, reçu, naïf, œuf", "tot, foret, recu, naif, oeuf"),
        ("l\u2019échéance \u00ab\u00a0ferme\u00a0\u00bb", 'l\'échéance "ferme"'),
        ("1\u202f234,56\u00a0€", "1 234,56 €"),
        ("a\u2013b\u2026", "a-b..."),
        ("Ça", "Ça"),
        ("Škoda", "Skoda"),
        ("e\u0301", "é"),
        ("zero\u200bwidth\u202e", "zerowidth"),
        ("Москва", "Москва"),
    ],
)
def test_fit(text, plain_text):
    assert gsm.fit(text) == plain_text


def test_french_typography_does_not_cost_a_segment():
    text = gsm.fit(
        "Négoce Martin\u00a0: sauf erreur, facture FAC/2026/00123 (1\u202f234,56\u00a0€) "
        "échue le 12/03/2026. Voir https://erp.martin.test/f/2s1zrAbCdEfGhIj\n"
        "Zoé Forêt, 04 78 00 00 00"
    )
    assert gsm.size(text) == gsm.Size("GSM-7", 159, 1)


@given(st.text())
def test_fit_is_stable_and_never_larger_in_alphabet(text):
    fitted = gsm.fit(text)
    assert gsm.fit(fitted) == fitted
    assert not (
        gsm.size(text).encoding == gsm.GSM and gsm.size(fitted).encoding == gsm.UCS2
    )


@given(st.text())
def test_segments_hold_the_text(text):
    found = gsm.size(text)
    single, each = gsm.ROOM[found.encoding]
    assert (found.segments == 0) == (text == "")
    assert found.left >= 0
    if found.segments > 1:
        assert found.units > single
        assert each * (found.segments - 1) < found.units <= each * found.segments


@given(st.text())
def test_what_was_frozen_is_what_leaves(text):
    fitted = plain.tidy(gsm.fit(text))
    assert plain.to_text(plain.to_html(fitted)) == fitted


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One<br>two</p>", "One\ntwo"),
        ("<p>One</p>\n<p>two</p>", "One\ntwo"),
        ('<p class="x">A &amp; B &lt;c&gt;</p>', "A & B <c>"),
        ("<div>One</div><div>two</div>", "One\ntwo"),
        ("<p>{{ company_name }} : <b>x</b></p>", "{{ company_name }} : x"),
        ("", ""),
    ],
)
def test_plain_text_of_html(body, text):
    assert plain.to_text(body) == text
