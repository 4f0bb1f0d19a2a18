"""One list out of several sources, by pages: nothing twice, nothing lost."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.timeline import fold, merge, newest_first

START = datetime(2026, 3, 1)


def event(source, number, hours, **more):
    return {
        "source": source,
        "id": number,
        "at": START + timedelta(hours=hours),
        **more,
    }


def ask(history, source, position, limit):
    """What a source answers: its events after a position, newest first."""
    events = sorted((e for e in history if e["source"] == source), key=newest_first)
    if position:
        events = [e for e in events if (e["at"], e["id"]) < position]
    return events[: limit + 1]


def pages(history, sources, limit):
    shown, more = {}, True
    while more:
        found = {s: ask(history, s, shown.get(s), limit) for s in sources}
        page, shown, more = merge(found, limit, shown)
        yield page


histories = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=60
).map(
    lambda rows: [event(source, n, hours) for n, (source, hours) in enumerate(rows, 1)]
)


@given(histories, st.integers(1, 9))
def test_pages_are_the_whole_history_in_order(history, limit):
    found = [e for page in pages(history, "abc", limit) for e in page]
    assert found == sorted(history, key=newest_first)


@given(histories, st.integers(1, 9))
def test_only_the_last_page_is_short(history, limit):
    sizes = [len(page) for page in pages(history, "abc", limit)]
    assert all(size == limit for size in sizes[:-1])
    assert sizes[-1] <= limit


def test_nothing_at_all():
    assert merge({"a": []}, 5, {}) == ([], {}, False)


def test_neighbours_that_say_the_same_are_folded():
    events = [
        event("a", 4, 9, fold="held"),
        event("a", 3, 8, fold="held"),
        event("b", 2, 7),
        event("a", 1, 6, fold="held"),
    ]
    folded = fold(events)
    assert [(e["id"], e.get("count", 1)) for e in folded] == [(4, 2), (2, 1), (1, 1)]
    assert folded[0]["since"] == START + timedelta(hours=8)


@given(histories)
def test_folding_counts_every_event(history):
    marked = [{**e, "fold": "x" if e["source"] == "a" else None} for e in history]
    folded = fold(sorted(marked, key=newest_first))
    assert sum(e.get("count", 1) for e in folded) == len(history)
