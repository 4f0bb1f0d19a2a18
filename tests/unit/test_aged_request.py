"""What is asked of an aged balance, and how its columns are written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools.aged_request import (
    MAX_LIMITS,
    AgedRequest,
    format_limits,
    parse_limits,
)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("30, 60, 90", (0, 30, 60, 90)),
        ("30;60;90", (0, 30, 60, 90)),
        (" 30 60/90 ", (0, 30, 60, 90)),
        ("0, 30", (0, 30)),
        ("1", (0, 1)),
        ("15,30,45,60,90,180", (0, 15, 30, 45, 60, 90, 180)),
    ],
)
def test_parse(text, limits):
    assert parse_limits(text) == limits


@pytest.mark.parametrize(
    "text",
    ["", None, "0", "a", "30, 30", "60, 30", "-5", "1.5", "1,2,3,4,5,6,7", "1000000"],
)
def test_refused(text):
    with pytest.raises(ValueError):
        parse_limits(text)


@given(
    st.lists(st.integers(1, 99_999), min_size=1, max_size=MAX_LIMITS, unique=True).map(
        sorted
    )
)
def test_text_and_back(limits):
    limits = (0, *limits)
    assert parse_limits(format_limits(limits)) == limits


def test_unknown_axis():
    with pytest.raises(ValueError):
        AgedRequest(date=date(2026, 1, 1), company_ids=(1,), group_by="name; DROP")
