from datetime import date
from decimal import Decimal

import pytest
from benchmarks._scores_csv import BadFile, parse_day, read

HEAD = "invoice,customer,invoice_date,due_date,paid_date,amount\n"
ROW = "F1,C1,2024-01-05,2024-02-05,2024-02-09,120.50\n"


@pytest.fixture
def load(tmp_path):
    """``load(text)`` gives the rows and the remarks."""

    def run(text, encoding="utf-8"):
        file = tmp_path / "history.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        said = []
        return read(file, said.append), said

    return run


def test_plain_file(load):
    rows, said = load(HEAD + ROW + "F2,C1,2024-01-06,2024-02-06,,10\n")
    assert rows[0] == (
        *("F1", "C1", date(2024, 1, 5), date(2024, 2, 5), date(2024, 2, 9)),
        *(Decimal("120.50"), False),
    )
    assert rows[1][4] is None
    assert said == []


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEAD + ROW,
        (HEAD + ROW).replace("\n", "\r\n"),
        (HEAD + ROW).replace(",", "\t"),
        HEAD.upper() + ROW,
        HEAD.replace("_", " ") + ROW,
        "\n" + HEAD + "\n" + ROW + "\n",
        (HEAD + ROW).replace(",", ";").replace("120.50", "120,50"),
        (HEAD + ROW).replace(",", ";").replace("120.50", "1 20,50 €"),
        HEAD + ROW.replace("2024-01-05", "2024-01-05 00:00:00"),
        HEAD + ROW.replace("2024-01-05", "20240105"),
        HEAD + ROW.replace("2024-01-05", "20240105.0"),
        HEAD + ROW.replace("2024-01-05", "05/01/24"),
        (HEAD + ROW).encode("utf-16"),
        b"\xfe\xff" + (HEAD + ROW).encode("utf-16-be"),
        "sep=;\r\n" + (HEAD + ROW).replace(",", ";"),
        HEAD.strip() + ",\n" + ROW.strip() + ",\n",
        HEAD + ROW.strip() + ", \n",
        HEAD + '"F1","C1","2024-01-05","2024-02-05","2024-02-09","120.50"\n',
    ],
)
def test_the_same_in_other_dress(load, text):
    rows, _said = load(text)
    assert rows[0][2:6] == (
        *(date(2024, 1, 5), date(2024, 2, 5), date(2024, 2, 9)),
        Decimal("120.50"),
    )


def test_days_and_months(load):
    text = HEAD + "F1,C1,05/01/2024,31/01/2024,09/02/2024,1\n"
    rows, said = load(text)
    assert rows[0][2:5] == (date(2024, 1, 5), date(2024, 1, 31), date(2024, 2, 9))
    assert said == []
    _rows, said = load(HEAD + "F1,C1,05/01/2024,01/02/2024,,1\n")
    assert sum("read as day first" in one for one in said) == 2
    rows, _said = load(HEAD + "F1,C1,01/25/2024,01/31/2024,02/19/2024,1\n")
    assert rows[0][2] == date(2024, 1, 25)
    # No day above 12 in two columns: they are written like the third.
    rows, said = load(HEAD + "F1,C1,01/05/2024,02/05/2024,02/19/2024,1\n")
    assert rows[0][2:4] == (date(2024, 1, 5), date(2024, 2, 5))
    assert said == []
    both = (
        text + "F2,C1,01/25/2024,31/01/2024,,1\n" + "F3,C1,25/01/2024,31/01/2024,,1\n"
    )
    with pytest.raises(
        BadFile, match=r"Line 4, column invoice_date: day first.*line 3"
    ):
        load(both)


def test_other_encoding_is_said(load):
    rows, said = load(HEAD + ROW.replace("C1", "Société"), "cp1252")
    assert rows[0][1] == "Société"
    assert "Windows-1252" in said[0]


def test_amounts(load):
    for text, amount in (
        ('"1,234.56"', "1234.56"),
        ('"1.234,56"', "1234.56"),
        ('"12,5"', "12.5"),
        ("1\u00a0234.5", "1234.5"),
    ):
        rows, _said = load(HEAD + ROW.replace("120.50", text))
        assert rows[0][5] == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        (HEAD, "no invoice"),
        (HEAD.replace(",amount", "") + ROW, "Line 1: column amount is missing"),
        (HEAD.replace("customer", "invoice") + ROW, "customer is missing"),
        (HEAD.replace("amount", "amount,amount") + ROW, "amount stands twice"),
        (
            HEAD + ROW + "F2,C1,2024-13-05,2024-02-05,,1\n",
            "Line 3, column invoice_date",
        ),
        (HEAD + "F2,C1,2024-01-05,soon,,1\n", "Line 2, column due_date: 'soon'"),
        (HEAD + "F2,C1,2024-01-05,,,1\n", "Line 2, column due_date: empty"),
        (HEAD + "F2,C1,2024-02-30,2024-03-30,,1\n", "no day of the calendar"),
        (HEAD + "F2,C1,0024-02-20,2024-03-30,,1\n", "the year"),
        (HEAD + "F2,,2024-02-20,2024-03-30,,1\n", "Line 2, column customer: empty"),
        (HEAD + "F2,C1,2024-02-20,2024-03-30,,many\n", "Line 2, column amount: 'many'"),
        (HEAD + "F2,C1,2024-02-20,2024-03-30,,nan\n", "column amount: empty"),
        (HEAD + "F2,C1,2024-02-20,2024-03-30,,1e999\n", "no amount that can be"),
        (HEAD + "F2,C1,2024-02-20,2024-03-30\n", "Line 2: 4 cells"),
        (HEAD + "F2,C1,2024-02-20,2024-03-30,,1,5\n", "Line 2: 7 cells"),
        ((HEAD + ROW).encode("utf-16") + b"x", "no text"),
        (HEAD + '"F2,C1,2024-02-20\n', "Line"),
        (b"\x00\x01\x02", "no text"),
        (
            HEAD.replace("amount", "amount,disputed") + ROW.strip() + ",maybe\n",
            "Line 2, column disputed: 'maybe'",
        ),
    ],
)
def test_a_bad_file_is_refused_by_line_and_column(load, text, message):
    with pytest.raises(BadFile, match=message):
        load(text)


def test_odd_rows_are_said(load):
    text = HEAD + ROW + ROW + ROW.replace("02-09", "02-20")
    text += "F3,C1,2024-01-05,2024-02-05,2024-01-01,5\n"
    text += "F4,C1,2024-01-05,2023-12-31,2024-02-01,5\n"
    text += "A1,C1,2024-01-05,2024-02-05,2024-01-09,-50\n"
    rows, said = load(text)
    assert [(row[0], row[4]) for row in rows] == [
        ("F1", date(2024, 2, 20)),
        ("F3", date(2024, 1, 1)),
        ("F4", date(2024, 2, 1)),
    ]
    told = "\n".join(said)
    for words in (
        "1 repeated rows left out, the first on line 3",
        "another payment date, the first on line 4",
        "1 rows paid before the invoice, the first on line 5",
        "1 rows due before the invoice, the first on line 6",
        "1 rows without a positive amount left out (7)",
    ):
        assert words in told


@pytest.mark.parametrize("nothing", ["", " ", "NaN", "NaT", "null", "None", "-"])
def test_what_stands_for_unpaid(load, nothing):
    rows, said = load(HEAD + ROW.replace("2024-02-09", nothing))
    assert rows[0][4] is None
    assert said == []


def test_an_instalment_that_is_partly_open_is_open(load):
    text = HEAD + ROW + "F1,C1,2024-01-05,2024-02-05,,120.50\n"
    rows, _said = load(text)
    assert len(rows) == 1 and rows[0][4] is None


def test_flags(load):
    head = HEAD.replace("amount", "amount,disputed")
    for word, expected in (("oui", True), ("0", False), ("", False), ("True", True)):
        rows, _said = load(head + ROW.strip() + f",{word}\n")
        assert rows[0][6] is expected


def test_missing_file(tmp_path):
    with pytest.raises(BadFile, match="cannot be opened"):
        read(tmp_path / "nothing.csv", print)


def test_cut_off():
    assert parse_day("2024-01-31") == date(2024, 1, 31)
    with pytest.raises(BadFile, match="the cut-off"):
        parse_day("31/01/2024")
