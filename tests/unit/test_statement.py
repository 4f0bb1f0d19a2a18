"""Totals and choices of a statement, against sums made another way."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.statement import (
    FILTERS,
    SORTS,
    Statement,
    chosen,
    kind_of,
    line_of,
)

DAY = date(2026, 3, 17)
CENTS = st.integers(-9_999_999, 9_999_999).filter(bool)


def make(number, late, cents, currency="EUR", disputed=0, move_type="out_invoice"):
    amount = Decimal(cents) / 100
    row = {
        "line_id": number,
        "move_id": number,
        "move_name": f"INV/{number:04d}",
        "move_ref": "",
        "move_type": move_type,
        "invoice_date": DAY - timedelta(late + 30),
        "due_date": DAY - timedelta(late),
        "original": amount,
        "residual": amount,
    }
    return line_of(row, DAY, currency=currency, disputed=Decimal(disputed) / 100)


@given(
    st.lists(
        st.tuples(st.integers(-90, 200), CENTS, st.sampled_from(["EUR", "USD"])),
        max_size=30,
    )
)
def test_totals_equal_plain_sums(rows):
    lines = [make(n, late, cents, cur) for n, (late, cents, cur) in enumerate(rows, 1)]
    statement = Statement("customer", DAY, "fr_FR", lines)
    totals = {total.currency: total for total in statement.totals}
    assert set(totals) == {currency for _late, _cents, currency in rows}
    for currency, total in totals.items():
        mine = [(late, cents) for late, cents, cur in rows if cur == currency]
        debts = [(late, cents) for late, cents in mine if cents > 0]
        assert total.balance * 100 == sum(cents for _late, cents in mine)
        assert total.debit * 100 == sum(cents for _late, cents in debts)
        assert total.overdue * 100 == sum(c for late, c in debts if late > 0)
        assert sum(total.ages) == total.debit
        assert total.ages[0] == total.debit - total.overdue


def test_kinds():
    """Each entry under its own name."""
    assert kind_of("out_invoice", Decimal(1)) == "invoice"
    assert kind_of("out_refund", Decimal(-1)) == "credit_note"
    assert kind_of("entry", Decimal(-1)) == "payment"
    assert kind_of("entry", Decimal(1)) == "entry"


def test_a_dispute_takes_its_part_out_and_no_more():
    line = make(1, 5, 10_000, disputed=4_000)
    assert (line.asked, line.residual) == (Decimal(60), Decimal(100))
    assert make(1, 5, 10_000, disputed=99_000).asked == 0
    total = Statement("c", DAY, "en_US", [make(1, 5, 100, disputed=900)]).totals[0]
    assert total.disputed == Decimal(1)


def test_choices_part_the_lines():
    """Each line is overdue, to come, or a credit: no line twice, none lost."""
    lines = [make(1, 5, 100), make(2, 0, 200), make(3, -9, 300), make(4, 7, -50)]
    parts = [chosen(lines, which=name) for name in ("overdue", "not_due", "credits")]
    assert sorted(x.line_id for part in parts for x in part) == [1, 2, 3, 4]
    assert [x.line_id for x in parts[0]] == [1]
    assert {"all", "disputed"} | {"overdue", "not_due", "credits"} == set(FILTERS)


def test_search_and_order():
    lines = [make(1, 5, 100), make(12, 3, 900), make(2, 9, 300)]
    assert [x.line_id for x in chosen(lines)] == [2, 1, 12]
    assert [x.line_id for x in chosen(lines, sort="amount")] == [12, 2, 1]
    assert [x.line_id for x in chosen(lines, "inv/001")] == [12]
    assert [x.line_id for x in chosen(lines, "  ")] == [2, 1, 12]
    for sort in (*SORTS, "'; DROP TABLE"):
        assert len(chosen(lines, sort=sort)) == 3
