"""Runs of ids: kept and read back, page by page."""

import random

import pytest

from recouvrement_auto_reports.tools import id_ranges


@pytest.mark.parametrize(
    "runs", [[], [(1, 1)], [(3, 4), (10, 1), (12, 200)], [(5, 1), (2**33, 7)]]
)
def test_what_is_packed_comes_back(runs):
    assert id_ranges.unpack(id_ranges.pack(runs)) == runs


def test_pages_are_all_the_ids_once_in_order():
    pick = random.Random(4)
    ids, runs = [], []
    first = 1
    for _number in range(50):
        first += pick.randrange(1, 9)
        count = pick.randrange(1, 30)
        runs.append((first, count))
        ids += range(first, first + count)
        first += count
    assert id_ranges.total(runs) == len(ids)
    for size in (1, 7, 1000):
        assert sum(id_ranges.pages(runs, 0, size), []) == ids
    for after in (0, ids[0], ids[17], ids[17] + 1, ids[-1]):
        found = sum(id_ranges.pages(runs, after, 5), [])
        assert found == [number for number in ids if number > after]


def test_a_full_log_takes_a_few_bytes():
    """One company alone: the runs break only where a transaction was rolled back."""
    runs = [(1 + 1001 * number, 1000) for number in range(1000)]
    assert id_ranges.total(runs) == 1_000_000
    assert len(id_ranges.pack(runs)) < 200
