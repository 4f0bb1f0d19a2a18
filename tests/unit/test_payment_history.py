import math
import random
from dataclasses import replace

from benchmarks import _score_histories as histories
from hypothesis import given, settings
from hypothesis import strategies as st

from recouvrement_auto.tools.payment_history import (
    HORIZONS,
    Ask,
    Item,
    is_late,
    known_at,
    middle,
    observe,
    resolved_on,
)

DAY = 738_000  # a Tuesday of 2021


def items_of(name, rows=None, seed=1):
    """Items of a generated history and the ordinal of its cut-off."""
    if rows:
        histories.HISTORIES["_part"] = replace(histories.HISTORIES[name], rows=rows)
        name = "_part"
    found, cutoff = histories.history(name, seed)
    items = [
        Item(
            row[0],
            row[1],
            row[2].toordinal(),
            row[3].toordinal(),
            row[4].toordinal() if row[4] else None,
            row[5],
            row[6],
        )
        for row in found
    ]
    return items, cutoff.toordinal()


def rows_of(items, asks):
    """Features by key of the item, for comparison."""
    table = observe(items, asks)
    columns = [
        *table.common.values(),
        *(column for own in table.own for column in own.values()),
        *table.delays.values(),
        table.seen,
    ]
    return {
        items[ask.position].key: tuple(
            None if column[row] != column[row] else column[row] for column in columns
        )
        for row, ask in enumerate(table.asks)
    }


def one(items, day, **columns):
    """Features of a new item of customer "c" on ``day``."""
    asked = Item("asked", "c", day, day + 30, None, 100.0)
    table = observe([*items, asked], [Ask(len(items), day)])
    return table


def paid(delay, due=DAY, customer="c", key=None):
    return Item(key or f"{customer}{due}", customer, due - 30, due, due + delay, 100.0)


def test_erasing_the_future_changes_nothing():
    """The truncation test: 0 differing rows."""
    items, cutoff = items_of("steady", 1200)
    for day in (cutoff - 200, cutoff, cutoff + 60):
        before = known_at(items, day)
        asks = [Ask(p, i.invoiced) for p, i in enumerate(items) if i.invoiced < day]
        whole = rows_of(items, asks)
        position = {item.key: p for p, item in enumerate(before)}
        cut = rows_of(before, [Ask(p, before[p].invoiced) for p in position.values()])
        assert len(cut) > 300
        differing = [key for key in cut if cut[key] != whole[key]]
        assert not differing


def test_the_order_of_the_rows_changes_nothing():
    items, cutoff = items_of("steady", 600)
    shuffled = list(items)
    random.Random(5).shuffle(shuffled)
    asks = [Ask(p, item.invoiced) for p, item in enumerate(items)]
    other = [Ask(p, item.invoiced) for p, item in enumerate(shuffled)]
    assert rows_of(items, asks) == rows_of(shuffled, other)


def test_an_item_never_tells_its_own_outcome():
    """Even one that was paid, or due, before it was invoiced."""
    for change in ({"paid": DAY - 80}, {"paid": DAY + 200}, {"due": DAY - 90}):
        own = Item("own", "c", DAY - 50, DAY - 20, DAY - 10, 100.0)._replace(**change)
        table = observe([own], [Ask(0, own.invoiced)])
        assert table.seen[0] == 0
        assert table.common["overdue_count"][0] == 0


def test_what_is_known_in_the_morning():
    item = paid(3)
    assert resolved_on(item, 0) == (DAY + 1, True)
    assert resolved_on(item, 7) == (DAY + 4, False)
    assert one([item], DAY + 1).late[0][0] == 1
    assert one([item], DAY).seen[0] == 0
    # The payment of the third day is not known on its morning, but on the next.
    for day, share in ((DAY + 3, math.log(2)), (DAY + 4, 0.0)):
        assert one([item], day).common["overdue_count"][0] == share


def test_labels_wait_until_they_are_sure():
    item = paid(40)
    assert is_late(item, 30, DAY + 30) is None
    assert is_late(item, 30, DAY + 31) is True
    assert is_late(item, 30, DAY + 60) is True
    unpaid = item._replace(paid=None)
    assert is_late(unpaid, 0, DAY) is None
    assert is_late(unpaid, 0, DAY + 1) is True
    assert known_at([item], DAY + 40)[0].paid is None
    assert known_at([item], DAY + 41)[0].paid == DAY + 40
    assert known_at([item], DAY - 30) == []


def test_a_bad_record_gives_a_higher_anchor():
    good = one([paid(-1, DAY + n) for n in range(8)], DAY + 60)
    bad = one([paid(20, DAY + n) for n in range(8)], DAY + 60)
    assert good.own[0]["anchor"][0] < bad.own[0]["anchor"][0]
    assert good.delays["median"][0] < 0 < bad.delays["median"][0]


def test_payment_weekday_of_the_customer():
    friday = DAY + 3
    items = [paid(0, friday + 7 * n, key=n) for n in range(6)]
    table = one(items, friday + 60)
    asked_due = friday + 90
    expected = asked_due + table.delays["weekday"][0]
    assert (expected - friday) % 7 == 0
    assert abs(expected - asked_due) <= 3


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.integers(0, 60),
            st.integers(-20, 60),
            st.none() | st.integers(-40, 90),
        ),
        max_size=25,
    ),
    st.integers(0, 120),
)
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_a_slow_reader(rows, moment):
    items = [
        Item(n, who, DAY + start, DAY + start + terms, delay, 10.0)
        for n, (who, start, terms, delay) in enumerate(rows)
    ]
    items = [
        item._replace(paid=None if item.paid is None else item.due + item.paid)
        for item in items
    ]
    day = DAY + moment
    table = one(items, day)
    if not len(table):
        return
    record = table.common
    mine = [i for i in items if i.customer == "c"]
    assert not mine and record["new"][0] == 1
    asked = Item("asked", "a", day, day + 30, None, 100.0)
    table = observe([*items, asked], [Ask(len(items), day)])
    known = known_at(items, day)
    mine = [item for item in known if item.customer == "a"]
    for index, horizon in enumerate(HORIZONS):
        states = [is_late(item, horizon, day) for item in mine]
        assert table.late[index][0] == sum(state is True for state in states)
    overdue = [i for i in mine if i.paid is None and i.due < day]
    assert table.common["overdue_count"][0] == math.log1p(len(overdue))
    delays = sorted(i.paid - i.due for i in mine if i.paid is not None)
    if delays:
        share = len(delays) / (len(delays) + 1)
        _company = table.delays["company"][0]
        expected = share * middle(delays) + (1 - share) * _company
        assert abs(table.delays["median"][0] - expected) < 1e-9
