from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.aging import Buckets, days_late

limits = st.sets(st.integers(-100, 400), min_size=1, max_size=6).map(
    lambda found: tuple(sorted(found))
)


def test_due_today_is_not_late():
    assert days_late(date(2026, 9, 22), date(2026, 9, 22)) == 0
    assert days_late(date(2026, 9, 22), date(2026, 9, 23)) == 1
    assert days_late(date(2026, 9, 22), date(2026, 9, 20)) == -2


@pytest.mark.parametrize(
    ("days", "index"),
    [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)],
)
def test_default_columns(days, index):
    assert Buckets().index(days) == index


def test_labels_and_bounds():
    assert Buckets().labels() == ("≤ 0", "1-30", "31-60", "61-90", "> 90")
    assert Buckets((0, 1)).labels() == ("≤ 0", "1", "> 1")
    assert Buckets((0, 30)).bounds() == ((None, 0), (1, 30), (31, None))
    assert len(Buckets()) == 5


@pytest.mark.parametrize("wrong", [(), (30, 30), (60, 30)])
def test_limits_must_rise(wrong):
    with pytest.raises(ValueError, match="rise"):
        Buckets(wrong)


@given(limits, st.integers(-500, 1000))
def test_each_day_is_in_one_column(cut, days):
    buckets = Buckets(cut)
    matches = [
        index
        for index, (first, last) in enumerate(buckets.bounds())
        if (first is None or first <= days) and (last is None or days <= last)
    ]
    assert matches == [buckets.index(days)]
    assert len(buckets.labels()) == len(buckets) == len(set(buckets.labels()))
