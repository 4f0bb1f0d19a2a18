"""Texts that users write: a closed list of fields, put in once, never evaluated.

A field is ``{{ name }}`` and nothing else: no expression, no attribute, no condition.
An inline field is a value that is escaped; a block is markup that the suite made
itself. The text is cut into pieces once, so a value that looks like a field or like a
template is printed as it stands (a customer may be called ``{{7*7}}``).

``lint`` finds what must not be saved. Its problems carry a code and values for the
translation, and a sentence in English that says what to do.
"""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

INLINE = (
    "agreed_amount",
    "agreed_date",
    "agreed_reason",
    "answer_date",
    "plan_amount",
    "plan_date",
    "plan_rest",
    "partner_name",
    "contact_name",
    "company_name",
    "company_phone",
    "invoice_count",
    "total_overdue",
    "total_due",
    "oldest_due_date",
    "oldest_invoice",
    "oldest_days_late",
    "statement_date",
    "sender_name",
    "sender_function",
    "sender_phone",
    "sender_email",
    "deadline_days",
    "deadline_date",
    "previous_messages",
    "leader_number",
    "leader_amount",
    "leader_due_date",
    "invoice_link",
    "order_reference",
    "today",
    "total_claimed",
    "principal",
    "penalty_amount",
    "fee_count",
    "penalty_rate",
)
BLOCKS = (
    "items_table",
    "not_due_table",
    "credits_table",
    "payment_block",
    "action_buttons",
    "legal_notice",
    "claim_statement",
    "signature",
    "parties",
)

# A text longer than this is no letter; the limit also bounds the work of ``lint``.
MAX_LENGTH = 50_000
MAX_LINE = 250

BLANK = r"(?:\s|&nbsp;|&#160;)*"
FIELD = re.compile(
    r"(?<!\{)\{\{" + BLANK + r"([A-Za-z_][A-Za-z0-9_]*)" + BLANK + r"\}\}(?!\})"
)
# A block alone in its paragraph replaces the paragraph: a table cannot stand in one.
FILLER = r"(?:\s|&nbsp;|<br\s*/?>)*"
LONE_FIELD = re.compile(
    r"<p\b[^<>]*>" + FILLER + r"(\{\{[^{}]*\}\})" + FILLER + r"</p\s*>", re.I
)

# A tag never spans another "<" here: the patterns stay linear on hostile input.
CODE = re.compile(
    r"""<\s*/?\s*t(?=[\s/>])[^<>]*>?      # <t ...> and </t>
      | <[^<>]*[\s/"']t-[\w.:-]+\s*=      # any t- attribute
      | <\s*(?:script|iframe|object|embed)\b
      | javascript\s*: | \$\{ | \{% | %\} | \{\# | <% | <\?""",
    re.I | re.X,
)
FIELD_IN_TAG = re.compile(r"<[^<>]*\{\{[^{}<>]*\}\}")
BRACES = re.compile(r"\{\{([^{}]*)\}\}")

# What only the legal notice may say: it is empty where the law does not allow it.
LEGAL = re.compile(
    r"""(?:\b[ld]\s?\.?\s?)?(?<!\d)441-(?:10|5)(?!\d)
      | (?<![\d.,])40(?:[.,]0{1,2})?\s?(?:€|eur\b|euros?\b)
      | \bquarante\s(?:euros?|€)""",
    re.X,
)

# practice.md section 3: fees that nobody owes, titles of court acts, threats that are
# not possible, facts that only the log may state. No accents, lower case.
FORBIDDEN = (
    "frais de dossier",
    "frais de relance",
    "frais a votre charge",
    "sommation",
    "commandement",
    "injonction",
    "interrompt la prescription",
    "fichage",
    "saisie de vos",
    "saisie sur",
    "vous avez menti",
    "vous n'avez pas repondu",
    "sans reponse",
    "dernier avis",
    "urgent",
    "l'equipe",
)
# Added by the caller for a notice before the due date: nothing is late yet.
FORBIDDEN_BEFORE_DUE = ("relance", "impaye", "penalite", "mise en demeure", "retard")

SENTENCES = {
    "too_long": "The text is too long: keep it under %(limit)s characters.",
    "unknown_field": (
        "“{{ %(name)s }}” is not a field of this text: choose one from the list."
    ),
    "misspelt_field": (
        "“{{ %(name)s }}” is not a field of this text: write “{{ %(close)s }}” instead."
    ),
    "wrong_field": (
        "“%(found)s” is not a field: between “{{” and “}}” write one name from the "
        "list, nothing else and without formatting."
    ),
    "unbalanced_braces": (
        "A “{{” or “}}” stands alone: close each field, as in “{{ partner_name }}”."
    ),
    "field_in_tag": (
        "“%(found)s” puts a field inside a link, an image or a style: move the field "
        "into the text."
    ),
    "code": "“%(found)s” is program code: remove it, texts hold fields only.",
    "legal_text": (
        "“%(found)s” is legal text: remove it and put “{{ legal_notice }}”, which "
        "appears only for customers to whom the law applies."
    ),
    "forbidden_word": (
        "“%(found)s” may not be written to a customer: remove or replace it."
    ),
}


@dataclass(frozen=True)
class Problem:
    """Why a text cannot be saved: ``SENTENCES[code] % values``."""

    code: str
    values: dict = field(default_factory=dict, hash=False)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code] % self.values


class TemplateError(ValueError):
    """A text that cannot be rendered; ``problem`` says why."""

    def __init__(self, problem: Problem):
        super().__init__(problem.sentence)
        self.problem = problem


def names(text: str) -> frozenset[str]:
    """Names of the fields that a text uses."""
    return frozenset(FIELD.findall(text))


def render(
    text: str, values: Mapping[str, object], blocks: Mapping[str, str] | None = None
) -> str:
    """HTML of a body: values escaped, blocks as they are, everything put in once.

    :param values: inline fields; ``None`` and ``False`` print nothing
    :param blocks: markup made by the suite, never text of a user
    :raise TemplateError: a field without value, or braces that are no field
    """
    blocks = blocks or {}

    def fill(name):
        if name in blocks:
            return str(blocks[name])
        return html.escape(_clean(_text(name, values), keep="\n\t"))

    return _fill(LONE_FIELD.sub(lambda match: _lone(match, blocks), text), fill)


def render_text(
    text: str, values: Mapping[str, object], max_length: int = MAX_LINE
) -> str:
    """One line of plain text, such as a subject: no HTML, line end, hidden character.

    A line longer than ``max_length`` characters ends with an ellipsis.
    """
    line = clean_line(_fill(text, lambda name: clean_line(_text(name, values))))
    return line if len(line) <= max_length else line[: max_length - 1].rstrip() + "…"


def clean_line(text: str) -> str:
    """``text`` on one line, without control, direction or invisible characters.

    Nothing is left that could add a header to a message or show a name backwards.
    """
    return " ".join(_clean(text).split())


def lint(
    text: str,
    allowed_inline: Iterable[str] = INLINE,
    allowed_blocks: Iterable[str] = BLOCKS,
    extra_words: Iterable[str] = (),
) -> list[Problem]:
    """All problems of a text, empty when it may be saved.

    :param allowed_blocks: empty for a subject
    :param extra_words: more words to refuse, without accents, in lower case
    """
    text = text or ""
    if len(text) > MAX_LENGTH:
        return [Problem("too_long", {"limit": MAX_LENGTH})]
    problems = [
        *_lint_fields(text, {*allowed_inline, *allowed_blocks}),
        *_found("field_in_tag", FIELD_IN_TAG, text),
        *_found("code", CODE, text, html.unescape(text)),
        *_found("legal_text", LEGAL, *_readings(text)),
        *_found("forbidden_word", _words(extra_words), *_readings(text)),
    ]
    return list({(p.code, *p.values.values()): p for p in problems}.values())


def _fill(text: str, fill: Callable[[str], str]) -> str:
    pieces = FIELD.split(text)
    for literal in pieces[::2]:
        if "{{" in literal or "}}" in literal:
            raise TemplateError(Problem("unbalanced_braces"))
    pieces[1::2] = [fill(name) for name in pieces[1::2]]
    return "".join(pieces)


def _lone(match: re.Match, blocks: Mapping[str, str]) -> str:
    found = FIELD.fullmatch(match[1])
    return match[1] if found and found[1] in blocks else match[0]


def _text(name: str, values: Mapping[str, object]) -> str:
    if name not in values:
        raise TemplateError(Problem("unknown_field", {"name": name}))
    value = values[name]
    return "" if value is None or value is False else str(value)


def _clean(text: str, keep: str = "") -> str:
    """Line ends and separators as spaces, control and format characters dropped."""
    if text.isprintable():
        return text
    return "".join(_clean_char(char, keep) for char in text)


def _clean_char(char: str, keep: str) -> str:
    if char in keep:
        return char
    if char in "\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029":
        return " "
    # Cc control, Cf format (direction, zero width), Cs surrogate: no text of a person.
    return "" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char


def _lint_fields(text: str, allowed: set[str]) -> Iterable[Problem]:
    for name in dict.fromkeys(FIELD.findall(text)):
        if name not in allowed:
            close = difflib.get_close_matches(name[:64], sorted(allowed), 1)
            if close:
                yield Problem("misspelt_field", {"name": name[:64], "close": close[0]})
            else:
                yield Problem("unknown_field", {"name": name[:64]})
    rest = FIELD.sub("", text)
    for match in BRACES.finditer(rest):
        yield Problem("wrong_field", {"found": _short(match[0])})
    rest = BRACES.sub("", rest)
    if "{{" in rest or "}}" in rest:
        yield Problem("unbalanced_braces")


def _found(code: str, pattern: re.Pattern, *texts: str) -> Iterable[Problem]:
    for text in texts:
        for match in pattern.finditer(text):
            yield Problem(code, {"found": _short(match[0])})


def _short(text: str) -> str:
    text = clean_line(text)
    return text if len(text) <= 40 else text[:39] + "…"


def _readings(text: str) -> tuple[str, str]:
    """The text as a reader sees it, with tags as nothing and with tags as spaces.

    A tag may stand inside a word (``L441<b>-10</b>``) or between two words.
    """
    text = FIELD.sub(" ", text)
    return tuple(_plain(re.sub(r"<[^<>]*>", tag, text)) for tag in ("", " "))


def _plain(text: str) -> str:
    """Lower case, no accents, one kind of space, hyphen and apostrophe."""
    text = unicodedata.normalize("NFKD", html.unescape(text))
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    text = text.replace("\u2019", "'").replace("\u02bc", "'")
    return re.sub(r"\s?-\s?", "-", clean_line(text).lower())


def _words(extra: Iterable[str]) -> re.Pattern:
    words = "|".join(re.escape(word) for word in (*FORBIDDEN, *extra))
    return re.compile(rf"\b(?:{words})e?s?\b")
