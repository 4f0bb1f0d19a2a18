from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.terms import (
    CONSUMER,
    ERROR,
    METHOD_A,
    METHOD_B,
    PUBLIC,
    TERM_TOO_LONG,
    UNSPECIFIED,
    WARNING,
    Limits,
    SectorRule,
    Terms,
    cap,
    check,
    check_definition,
    end_of_decade,
    end_of_month,
)

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def day_of(invoice, **options):
    return cap(Terms(invoice, **options)).day


@pytest.mark.parametrize(
    ("invoice", "general", "a", "b", "periodic"),
    [
        ("2026-01-14", "2026-03-15", "2026-02-28", "2026-03-17", "2026-02-28"),
        ("2026-01-15", "2026-03-16", "2026-03-31", "2026-03-17", "2026-03-01"),
        ("2026-01-31", "2026-04-01", "2026-03-31", "2026-03-17", "2026-03-17"),
        ("2026-02-28", "2026-04-29", "2026-04-30", "2026-04-14", "2026-04-14"),
        ("2026-07-01", "2026-08-30", "2026-08-31", "2026-09-14", "2026-08-15"),
    ],
)
def test_examples_of_legal_fr_section_1(invoice, general, a, b, periodic):
    invoice = date.fromisoformat(invoice)
    assert str(day_of(invoice)) == general
    assert str(day_of(invoice, eom45=METHOD_A)) == a
    assert str(day_of(invoice, eom45=METHOD_B)) == b
    assert str(day_of(invoice, periodic=True)) == periodic
    loosest = cap(Terms(invoice, eom45=UNSPECIFIED))
    assert (str(loosest.day), loosest.severity) == (max(a, b), WARNING)


SIXTY_EOM = date(2026, 4, 30)  # what "60 days end of month" gives on 31 January 2026


@pytest.mark.parametrize(
    ("clause", "over"), [("no", 29), (METHOD_A, 30), (METHOD_B, 44)]
)
def test_sixty_days_end_of_month(clause, over):
    terms = Terms(date(2026, 1, 31), eom45=clause)
    problem = check(terms, [date(2026, 2, 28), SIXTY_EOM])
    assert (problem.code, problem.days_over) == (TERM_TOO_LONG, over)
    assert problem.cap.severity == ERROR


def test_last_lawful_day_is_lawful():
    terms = Terms(date(2026, 1, 31))
    assert check(terms, [date(2026, 4, 1)]) is None
    assert check(terms, [date(2026, 4, 2)]).days_over == 1
    assert check(terms, []) is None


def test_the_article_is_named():
    invoice = date(2026, 1, 31)
    assert cap(Terms(invoice)).article == "L441-10 I al. 2 C. com."
    assert cap(Terms(invoice, periodic=True)).article == "L441-10 I al. 4 C. com."
    assert cap(Terms(invoice, eom45=METHOD_A)).rule == "PT-3"
    assert cap(Terms(invoice, customer=PUBLIC)).article == "R2192-10 CCP"


def test_no_cap_for_a_consumer():
    terms = Terms(date(2026, 1, 31), customer=CONSUMER, periodic=True)
    assert cap(terms) is None
    assert check(terms, [date(2030, 1, 1)]) is None


@pytest.mark.parametrize(
    ("buyer", "expected"), [("general", 30), ("health", 50), ("undertaking", 60)]
)
def test_public_buyers_count_from_reception(buyer, expected):
    terms = Terms(
        date(2026, 1, 31),
        customer=PUBLIC,
        reception_date=date(2026, 2, 3),
        buyer=buyer,
    )
    assert (cap(terms).day - date(2026, 2, 3)).days == expected
    assert (cap(replace(terms, reception_date=None)).day - terms.invoice_date).days == (
        expected
    )


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        ("invoice", 30, date(2026, 3, 17)),  # road haulage
        ("delivery", 20, date(2026, 3, 1)),  # fresh meat
        ("end_of_month", 30, date(2026, 3, 30)),  # spirits
        ("end_of_decade", 30, date(2026, 3, 12)),  # perishable food, periodic invoice
    ],
)
def test_sector_caps_come_first(start, length, expected):
    terms = Terms(
        date(2026, 2, 15),
        delivery_date=date(2026, 2, 9),
        sector=SectorRule(start, length),
        periodic=True,
        eom45=METHOD_A,
    )
    assert cap(terms).day == expected
    assert cap(terms).article == "L441-11 II C. com."


def test_sector_cap_without_delivery_date_counts_from_the_invoice():
    terms = Terms(date(2026, 2, 15), sector=SectorRule("delivery", 20))
    assert cap(terms).day == date(2026, 3, 7)


def test_limits_are_data():
    limits = Limits(general=45, public={"general": 20})
    assert cap(Terms(date(2026, 1, 1)), limits).day == date(2026, 2, 15)
    public = Terms(date(2026, 1, 1), customer=PUBLIC)
    assert cap(public, limits).day == date(2026, 1, 21)


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer": "martian"},
        {"eom45": "C"},
        {"customer": PUBLIC, "buyer": "circus"},
        {"sector": SectorRule("full_moon", 3)},
    ],
)
def test_unknown_words_are_refused(wrong):
    with pytest.raises(ValueError, match=r"Unknown .*'"):
        cap(Terms(date(2026, 1, 1), **wrong))


def test_definition_sixty_days_net_never_exceeds():
    result = check_definition(lambda day: day + timedelta(days=60))
    assert (result.days_tried, result.days_over, result.worst) == (366, 0, 0)
    assert not result.can_exceed and result.example is None


def test_definition_sixty_days_end_of_month_can_exceed():
    result = check_definition(lambda day: end_of_month(day + timedelta(days=60)))
    assert result.can_exceed and not result.always_exceeds
    assert result.worst == 30
    assert end_of_month(result.example + timedelta(days=60)) == (
        result.example + timedelta(days=90)
    )


def test_definition_ninety_days_always_exceeds():
    result = check_definition(lambda day: day + timedelta(days=90))
    assert result.always_exceeds and result.worst == 30


def test_definition_is_tried_on_each_day_of_that_year():
    tried = []

    def net(day):
        tried.append(day)
        return day + timedelta(days=30)

    for year, length in ((2027, 365), (2028, 366)):
        tried.clear()
        assert check_definition(net, year=year).days_tried == length
        assert (tried[0], tried[-1]) == (date(year, 1, 1), date(year, 12, 31))


def test_definition_one_day_over_is_over():
    result = check_definition(lambda day: day + timedelta(days=61))
    assert (result.worst, result.example) == (1, date(2028, 1, 1))
    assert result.days_over == result.days_tried


def test_definition_for_a_consumer_has_nothing_to_compare():
    def consumer(day):
        return Terms(day, customer=CONSUMER)

    result = check_definition(lambda day: day + timedelta(days=900), consumer)
    assert (result.days_tried, result.can_exceed, result.always_exceeds) == (
        0,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("day", "end"), [(1, 10), (10, 10), (11, 20), (20, 20), (21, 28), (28, 28)]
)
def test_end_of_decade(day, end):
    assert end_of_decade(date(2026, 2, day)) == date(2026, 2, end)


@given(days)
def test_both_counts_give_45_to_75_days(invoice):
    for method in (METHOD_A, METHOD_B):
        assert 45 <= (day_of(invoice, eom45=method) - invoice).days <= 75


@given(days, st.integers(-90, 200), st.sampled_from(("no", "A", "B", "unspecified")))
def test_excess_is_measured_from_the_cap(invoice, length, clause):
    terms = Terms(invoice, eom45=clause)
    due = invoice + timedelta(days=length)
    problem = check(terms, [due])
    over = (due - cap(terms).day).days
    assert (problem.days_over if problem else 0) == max(0, over)
