import csv
import io
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools.safe_csv import SafeCsv, safe

CORPUS = (
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "=DDE('cmd';'/C calc';'x')",
    '=HYPERLINK("http://evil.example","x")',
    '"=1+1"',
    "'=1+1",
    "|calc",
    "=cmd|' /C calc'!A0",
)


def written(values, **options):
    target = io.StringIO()
    SafeCsv(target, **options).row(values)
    text = target.getvalue().removeprefix("\ufeff")
    delimiter = ";" if options.get("comma") else ","
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_corpus_stays_text():
    for text in CORPUS:
        (cell,) = written([text])
        assert cell.startswith("'"), text


@given(st.text(max_size=40))
def test_no_cell_begins_like_a_formula(text):
    cell = safe(text)
    assert not cell.lstrip().startswith(
        ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|")
    )
    assert not cell.startswith(("\t", "\r", "\n"))


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 .,/-]{0,30}", fullmatch=True))
def test_harmless_text_is_left_alone(text):
    assert written([text]) == [text]


def test_numbers_and_dates_of_the_language():
    values = [-1234.5, 7, date(2026, 3, 17), None]
    assert written(values) == ["-1234.50", "7", "2026-03-17", ""]
    assert written(values, comma=True, date_format="%d/%m/%Y") == [
        "-1234,50",
        "7",
        "17/03/2026",
        "",
    ]
