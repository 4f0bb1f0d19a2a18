"""What is known of a customer off the ledger, the season and the age of the relation."""

import math
import random

import pytest
from test_payment_history import DAY, items_of, one, rows_of

from recouvrement_auto.tools.payment_history import (
    KINDS,
    SHRINK,
    Ask,
    Fact,
    History,
    Item,
    known_at,
    observe,
)
from recouvrement_auto.tools.payment_model import train

YEAR = 364


def told(facts, day, key="asked", known=()):
    """Features of a new item of customer "c" who has these facts."""
    asked = Item(key, "c", day, day + 30, None, 100.0)
    return observe(History([*known, asked], facts), [Ask(len(known), day)]).common


def value(name, facts, day=DAY + 10, **options):
    return told(facts, day, **options)[name][0]


@pytest.mark.parametrize("kind", ["disputes", "disputes_lost", "disputes_won"])
def test_disputes_count_from_the_next_morning(kind):
    fact = Fact("c", DAY + 9, kind)
    assert value(kind, [fact]) == 1 / SHRINK
    assert value(kind, [fact], DAY + 9) == 0
    assert value(kind, [fact._replace(customer="d")]) == 0
    others = set(KINDS) - {kind, "promises_kept"}
    assert all(value(name, [fact]) == 0 for name in others)


def test_a_dispute_says_nothing_of_its_own_invoice():
    facts = [Fact("c", DAY, "disputes", ("asked", 7)), Fact("c", DAY, "disputes", (9,))]
    assert value("disputes", facts) == 1 / SHRINK
    assert value("disputes", facts, key="other") == 2 / SHRINK


def test_promises_are_weighed_against_each_other():
    kept = [Fact("c", DAY, "promises_kept")] * 3
    broken = [Fact("c", DAY, "promises_broken")] * 3
    assert value("promises_broken", []) == 0
    assert value("promises_broken", kept) == pytest.approx(-0.3)
    assert value("promises_broken", broken) == pytest.approx(0.3)
    assert value("promises_broken", kept + broken) == 0


def test_messages_that_came_back_within_a_year():
    facts = [Fact("c", DAY, "bounces"), Fact("c", DAY + 200, "bounces")]
    assert value("bounces", facts, DAY + 201) == math.log1p(2)
    assert value("bounces", facts, DAY + 400) == math.log1p(1)
    assert value("bounces", facts, DAY + 900) == 0


def test_age_of_the_relation_is_a_share():
    """Days would grow with the calendar (scoring.md 4.1); a short history says nothing."""
    first = Item("first", "old", DAY, DAY + 30, DAY + 31, 10.0)
    mine = Item("mine", "c", DAY + 450, DAY + 480, DAY + 481, 10.0)
    assert math.isnan(one([first, mine], DAY + 300).common["age"][0])
    assert one([first, mine], DAY + 600).common["age"][0] == pytest.approx(0.25)
    assert one([first], DAY + 600).common["age"][0] == 0


def seasonal(years=2.6, late_in=range(180, 240)):
    """Everybody pays late in one part of the year."""
    chance = random.Random(3)
    items = []
    for number in range(int(years * 700)):
        invoiced = DAY + int(number / 700 * 365)
        due = invoiced + 30
        late = (due - DAY) % 365 in late_in or chance.random() < 0.1
        items.append(
            Item(number, f"c{number % 40}", invoiced, due, due + 5 * late - 2, 50.0)
        )
    return items


def test_the_season_of_a_year_ago():
    items = seasonal()
    due = {"summer": DAY + 2 * 365 + 210, "spring": DAY + 2 * 365 + 90}
    found = {}
    for name, day in due.items():
        asked = Item(name, "c1", day - 30, day, None, 50.0)
        known = known_at([*items, asked], day - 29)
        table = observe(known, [Ask(known.index(asked), day - 30)])
        found[name] = table.own[0]["season"][0]
    assert found["summer"] > 1
    assert found["spring"] < -0.3
    # Without a year and a half before it nothing is said.
    early = [Ask(p, i.invoiced) for p, i in enumerate(items) if i.due < DAY + 500]
    assert not any(observe(items, early).own[0]["season"])


def test_erasing_the_future_changes_nothing():
    """The truncation test, facts and seasons included: 0 differing rows."""
    chance = random.Random(8)
    items, _cutoff = items_of("steady", 900)
    customers = sorted({item.customer for item in items})
    facts = [
        Fact(
            chance.choice(customers),
            chance.choice(items).due + chance.randrange(-20, 40),
            chance.choice(KINDS),
            (chance.choice(items).key,),
        )
        for _fact in range(600)
    ]
    whole = History(items, facts)
    for part in (0.5, 0.8, 0.97):
        day = sorted(item.invoiced for item in items)[int(len(items) * part)]
        asks = [Ask(p, i.invoiced) for p, i in enumerate(whole) if i.invoiced < day]
        before = known_at(whole, day)
        cut = rows_of(before, [Ask(p, i.invoiced) for p, i in enumerate(before)])
        assert cut == rows_of(whole, asks)
        assert len(before.facts) < len(facts)


def test_what_was_learnt_from_facts_is_in_the_model():
    chance = random.Random(4)
    items, facts = [], []
    for number in range(500):
        customer, invoiced = f"c{number % 30}", DAY + number
        risky = number % 30 < 15
        late = chance.random() < (0.75 if risky else 0.25)
        items.append(
            Item(
                number,
                customer,
                invoiced,
                invoiced + 20,
                invoiced + 20 + 12 * late,
                9.0,
            )
        )
        if number < 60 and risky:
            facts.append(Fact(customer, invoiced, "promises_broken"))
    day = DAY + 520
    told_model = train(History(items, facts), day)["targets"]["7"]
    silent = train(items, day)["targets"]["7"]
    assert told_model["weights"]["promises_broken"] > 0.03
    assert silent["weights"].get("promises_broken", 0) == 0
