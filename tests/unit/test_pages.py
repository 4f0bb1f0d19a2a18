from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools.pages import paginate

CENTS = st.integers(-(10**9), 10**9).map(lambda n: n / 100)


@given(
    st.lists(st.tuples(CENTS, CENTS), max_size=90), st.integers(1, 9), st.integers(1, 9)
)
def test_nothing_is_lost(rows, first, following):
    pages = paginate(rows, list, 2, first, following)
    assert [row for page in pages for row in page.rows] == rows
    assert len(pages[0].rows) <= first
    assert all(0 < len(page.rows) <= following for page in pages[1:])
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
    for column in (0, 1):
        exact = sum(Decimal(str(row[column])) for row in rows)
        assert Decimal(str(pages[-1].so_far[column])) == exact


@given(st.lists(CENTS, min_size=1, max_size=60))
def test_carried_is_what_stood_before(amounts):
    pages = paginate(amounts, lambda x: [x], 1, 4, 5)
    assert pages[0].carried is None
    for before, page in zip(pages, pages[1:], strict=False):
        assert page.carried == before.so_far


def test_a_page_without_rows_exists():
    (page,) = paginate([], list, 3, 2, 2)
    assert (page.rows, page.so_far, page.count) == ([], [0.0, 0.0, 0.0], 1)


def test_no_room_is_refused():
    with pytest.raises(ValueError):
        paginate([1], lambda x: [x], 1, 0, 3)
