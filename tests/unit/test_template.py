import html
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.template import (
    BLOCKS,
    FORBIDDEN,
    FORBIDDEN_BEFORE_DUE,
    INLINE,
    MAX_LENGTH,
    MAX_LINE,
    SENTENCES,
    TemplateError,
    clean_line,
    lint,
    names,
    render,
    render_text,
)

BODY = """<p>Bonjour {{ contact_name }},</p>
<p>Sauf erreur ou omission de notre part, nous n'avons pas trouvé, au
{{ statement_date }}, le règlement de la facture {{leader_number}}.</p>
<p>{{ items_table }}</p><p>{{ legal_notice }}<br></p>{{ signature }}"""

HOSTILE = [
    "{{7*7}}",
    "{{ company_name }}",
    '<t t-out="1"/>',
    "${1}",
    "{% if 1 %}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\\1 \\g<0>",
    "%(name)s {0}",
]


def codes(text, *args):
    return [problem.code for problem in lint(text, *args)]


def test_render():
    result = render(
        "<p>{{ partner_name }} doit {{total_due}}, {{\xa0invoice_count&nbsp;}}.</p>",
        {"partner_name": "A & B", "total_due": "10 €", "invoice_count": 2},
    )
    assert result == "<p>A &amp; B doit 10 €, 2.</p>"


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_printed_as_they_are(value):
    values = {"partner_name": value, "company_name": "SECRET"}
    assert html.unescape(render("{{ partner_name }}", values)) == value
    assert render("{{ partner_name }}", values) == html.escape(value)
    assert render_text("{{ partner_name }}", values) == value
    # In front of another field, and next to braces that it could complete.
    twice = render("{{ partner_name }}{{ company_name }}", values)
    assert twice == html.escape(value) + "SECRET"


def test_a_value_cannot_complete_a_field_with_its_neighbour():
    values = {"partner_name": "{{", "contact_name": " company_name }}"}
    text = "{{ partner_name }}{{ contact_name }}"
    assert render(text, values) == "{{ company_name }}"


def test_blocks_are_markup_and_replace_their_paragraph():
    result = render(
        "<p>a</p><p class='x'> {{ items_table }}<br/></p><p>b {{ signature }}</p>",
        {},
        {"items_table": "<table></table>", "signature": "<b>X {{ y }}</b>"},
    )
    assert result == "<p>a</p><table></table><p>b <b>X {{ y }}</b></p>"


def test_an_inline_field_keeps_its_paragraph():
    assert render("<p>{{ today }}</p>", {"today": "1"}) == "<p>1</p>"


@pytest.mark.parametrize("nothing", [None, False])
def test_missing_values_print_nothing(nothing):
    assert render("a{{ order_reference }}b", {"order_reference": nothing}) == "ab"


def test_zero_is_a_value():
    values = {"penalty_amount": Decimal("0.00"), "fee_count": 0}
    assert render("{{ penalty_amount }}/{{ fee_count }}", values) == "0.00/0"


@pytest.mark.parametrize(
    "text",
    [
        "{{ unknown }}",
        "{{ 7*7 }}",
        "{{ a.b }}",
        "{{ a",
        "a }}",
        "{{{ today }}}",
        "{{{ today }}",
    ],
)
def test_what_is_no_field_does_not_render(text):
    for render_it in (render, render_text):
        with pytest.raises(TemplateError) as caught:
            render_it(text, {"a": 1, "today": "x"})
        assert caught.value.problem.code in SENTENCES


@pytest.mark.parametrize(
    "value",
    [
        "Durand\r\nBcc: victim@example.com",
        "Durand\nBcc: victim@example.com",
        "Durand\x0b\x85Bcc: victim@example.com",
        "Durand\u2028Bcc: victim@example.com",
        "Du\u202erand Bcc:\u200b victim@example.com\u2069\ufeff",
        "Du\x00rand\tBcc: vic\x1btim@example.com\ud800",
    ],
)
def test_subjects_are_one_visible_line(value):
    subject = render_text("{{ partner_name }}", {"partner_name": value})
    assert subject == "Durand Bcc: victim@example.com"


def test_the_text_of_a_subject_is_cleaned_too():
    assert render_text("a\r\nb\u202e {{ today }}", {"today": "1"}) == "a b 1"


def test_long_subjects_are_cut():
    subject = render_text("{{ partner_name }}", {"partner_name": "x" * 10_000})
    assert len(subject) == MAX_LINE and subject.endswith("…")


def test_bodies_keep_lines_but_no_hidden_character():
    values = {"partner_name": "a\u202eb\r\nc\x00"}
    assert render("{{ partner_name }}", values) == "ab \nc"


def test_accents_emoji_and_nbsp_survive():
    assert clean_line("Société Générale – 1\u202f000 € 🎉") == (
        "Société Générale – 1 000 € 🎉"
    )


def test_names():
    assert names(BODY) == {
        "contact_name",
        "statement_date",
        "leader_number",
        "items_table",
        "legal_notice",
        "signature",
    }


def test_a_good_text_has_no_problem():
    assert lint(BODY) == []
    assert lint("") == lint(None) == []


def test_each_field_of_the_list_is_accepted():
    assert lint(" ".join(f"{{{{ {name} }}}}" for name in INLINE + BLOCKS)) == []
    assert not set(INLINE) & set(BLOCKS)


def test_blocks_are_refused_where_none_is_allowed():
    assert codes("{{ items_table }}", INLINE, ()) == ["unknown_field"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ password }}", "unknown_field"),
        ("{{ Partner_name }}", "misspelt_field"),
        ("{{ partner_nam }}", "misspelt_field"),
        ("{{ object.name }}", "wrong_field"),
        ("{{ 7*7 }}", "wrong_field"),
        ("{{ object.sudo().env['ir.config_parameter'] }}", "wrong_field"),
        ("{{ <b>today</b> }}", "wrong_field"),
        ("{{}}", "wrong_field"),
        ("{{ today", "unbalanced_braces"),
        ("today }}", "unbalanced_braces"),
        ("{{ {today} }}", "unbalanced_braces"),
        ("{{{ today }}}", "wrong_field"),
        ('<a href="{{ today }}">x</a>', "field_in_tag"),
        ('<t t-out="1"/>', "code"),
        ("<T>x</T>", "code"),
        ("&lt;t t-esc=&quot;1&quot;&gt;", "code"),
        ('<p t-if="1">x</p>', "code"),
        ("<p/t-out='1'>x</p>", "code"),
        ('<p class="a"t-att-href="b">x</p>', "code"),
        ("<script>x</script>", "code"),
        ('<a href="javascript:x">y</a>', "code"),
        ("${object}", "code"),
        ("{% set x = 1 %}", "code"),
        ("<% x %>", "code"),
        ("articles L441-10", "legal_text"),
        ("L. 441‑10 du code de commerce", "legal_text"),
        ("L441<b>-10</b>", "legal_text"),
        ("L44<b>1-10</b>", "legal_text"),
        ("article D 441 - 5", "legal_text"),
        ("D441&#45;5", "legal_text"),
        ("L４４１-10", "legal_text"),
        ("l441\u200b-10", "legal_text"),
        ("indemnité de 40 €", "legal_text"),
        ("indemnité de 40\xa0EUR", "legal_text"),
        ("indemnité de 40,00€", "legal_text"),
        ("indemnité de <p>1</p><p>40&nbsp;&euro;</p>", "legal_text"),
        ("quarante euros", "legal_text"),
        ("<p>Frais de dossier : 15</p>", "forbidden_word"),
        ("FRAIS DE <b>RELANCE</b>", "forbidden_word"),
        ("frais à votre charge", "forbidden_word"),
        ("Sommation de payer", "forbidden_word"),
        ("SOMMATIONS", "forbidden_word"),
        ("cette lettre interrompt la prescription", "forbidden_word"),
        ("URGENT", "forbidden_word"),
        ("L’équipe comptable", "forbidden_word"),
    ],
)
def test_problems(text, code):
    found = codes(text)
    assert code in found
    assert all(problem.sentence for problem in lint(text))


@pytest.mark.parametrize(
    "text",
    [
        "votre consommation",  # holds "sommation"
        "140 €, 2 340 €, 1.40 €, 1,40 €, 40 jours, 400 euros",
        "facture 441-100, 1441-10",
        "un t-shirt, le point t - x",
        '<p title="un t-shirt">a</p><table><tr><td>1</td></tr></table>',
        "{ today } et { a: b }",
        "Nous vous mettons en demeure de nous régler la somme de {{ principal }}.",
    ],
)
def test_innocent_texts(text):
    assert lint(text) == []


@pytest.mark.parametrize("word", FORBIDDEN)
def test_each_forbidden_word_is_found(word):
    assert codes(f"<p>Bonjour, {word.upper()}.</p>") == ["forbidden_word"]


def test_more_words_before_the_due_date():
    text = "Facture impayée : ceci est une relance."
    assert lint(text) == []
    found = lint(text, INLINE, BLOCKS, FORBIDDEN_BEFORE_DUE)
    assert [p.values["found"] for p in found] == ["impayee", "relance"]


def test_a_problem_is_told_once_and_says_what_to_do():
    (problem,) = lint("{{ partner_nam }} {{ partner_nam }}")
    assert problem.values == {"name": "partner_nam", "close": "partner_name"}
    assert problem.sentence == (
        "“{{ partner_nam }}” is not a field of this text: "
        "write “{{ partner_name }}” instead."
    )


@pytest.mark.parametrize(
    "unit",
    ["<", "{{", "}}", "{{ ", "<p ", "<p> ", "{{ a }}", "<t ", " t-a=", "40 ", "&#"],
)
def test_hostile_length_is_answered_at_once(unit):
    start = time.process_time()
    lint(unit * (MAX_LENGTH // len(unit)))
    assert codes(unit * 5_000_000) == ["too_long"]
    assert time.process_time() - start < 1


any_text = st.text(max_size=40) | st.sampled_from(HOSTILE)


@given(any_text, any_text, any_text)
def test_render_puts_each_value_in_exactly_once(before, value, other):
    before = before.replace("{", "").replace("}", "")
    text = before + "{{ partner_name }}|{{ today }}"
    result = render(text, {"partner_name": value, "today": other})
    assert result.startswith(before)
    assert "<" not in result[len(before) :]
    line = render_text(text, {"partner_name": value, "today": other})
    assert line == clean_line(line)
    assert len(line.splitlines()) <= 1


@given(st.text(alphabet="{}<>t-=/ apx&;é€40", max_size=60))
def test_what_passes_the_linter_renders(text):
    if not lint(text, ("a", "p", "x"), ()):
        render(text, {"a": 1, "p": 2, "x": 3})
        render_text(text, {"a": 1, "p": 2, "x": 3})
