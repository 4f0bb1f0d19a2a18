"""Days that come back every month."""

from datetime import date

import pytest

from recouvrement_auto.tools.monthly import in_month, last_occurrence


@pytest.mark.parametrize(
    ("day", "today", "found"),
    [
        (1, date(2026, 3, 17), date(2026, 3, 1)),
        (17, date(2026, 3, 17), date(2026, 3, 17)),
        (18, date(2026, 3, 17), date(2026, 2, 18)),
        (31, date(2026, 3, 17), date(2026, 2, 28)),
        (31, date(2026, 4, 30), date(2026, 4, 30)),
        (31, date(2024, 3, 1), date(2024, 2, 29)),
        (15, date(2027, 1, 3), date(2026, 12, 15)),
    ],
)
def test_the_last_time(day, today, found):
    assert last_occurrence(day, today) == found


def test_a_short_month_ends_earlier():
    assert in_month(30, 2026, 2) == date(2026, 2, 28)
    assert in_month(30, 2026, 1) == date(2026, 1, 30)
