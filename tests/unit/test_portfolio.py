"""Which agent gets a customer: order, conditions, edges."""

from decimal import Decimal

import pytest

from recouvrement_auto.tools.portfolio import (
    Candidate,
    PortfolioRule,
    first_rule,
    fits,
    letters,
    zip_codes,
)


def rule(**conditions):
    return PortfolioRule(rule_id=1, user_id=7, **conditions)


def test_the_first_that_fits_wins():
    rules = [
        PortfolioRule(1, 7, zips=("69",)),
        PortfolioRule(2, 8, segments=frozenset({5})),
        PortfolioRule(3, 9),
    ]
    assert first_rule(rules, Candidate(1, zip="69100", segment_id=5)).user_id == 7
    assert first_rule(rules, Candidate(1, zip="75001", segment_id=5)).user_id == 8
    assert first_rule(rules, Candidate(1)).user_id == 9
    assert first_rule(rules[:2], Candidate(1)) is None


@pytest.mark.parametrize(
    ("first", "last", "name", "expected"),
    [
        ("A", "F", "Éclair SA", True),
        ("A", "F", "Faure", True),
        ("A", "F", "Garnier", False),
        ("G", "", "Zinc", True),
        ("G", "", "Faure", False),
        ("DA", "DU", "Dupont", True),
        ("DA", "DU", "Dz", False),
        ("A", "Z", "3 Suisses", False),
        ("", "", "", True),
        ("l'", "", "L’Atelier", True),
    ],
)
def test_letters(first, last, name, expected):
    assert fits(rule(letter_from=first, letter_to=last), Candidate(1, name=name)) is (
        expected
    )


@pytest.mark.parametrize(
    ("overdue", "expected"),
    [("0", False), ("99.99", False), ("100", True), ("500", True), ("500.01", False)],
)
def test_amounts_include_their_ends(overdue, expected):
    wanted = rule(min_overdue=Decimal(100), max_overdue=Decimal(500))
    assert fits(wanted, Candidate(1, overdue=Decimal(overdue))) is expected


def test_each_condition_must_hold():
    both = rule(salespersons=frozenset({3}), countries=frozenset({4}))
    assert fits(both, Candidate(1, salesperson_id=3, country_id=4))
    assert not fits(both, Candidate(1, salesperson_id=3))
    assert not fits(both, Candidate(1, country_id=4))


def test_what_people_write():
    assert letters("Société  d'Élan") == "SOCIETEDELAN"
    assert zip_codes("69, 42;38  2A") == ("69", "42", "38", "2A")
    assert zip_codes("") == ()
