"""Hours per file and cost per message, from logged actions."""

import pytest

from recouvrement_auto_reports.tools.effort import effort


def test_minutes_of_each_action_add_up():
    found = effort(
        {"call.made": 6, "reminder.confirmed": 60, "unknown": 99},
        {"call.made": 8.0, "reminder.confirmed": 0.5},
        files=3,
        messages=39,
        hourly_cost=30.0,
    )
    assert found.hours == pytest.approx((6 * 8 + 60 * 0.5) / 60)
    assert found.hours_per_file == pytest.approx(found.hours / 3)
    assert found.cost == pytest.approx(39.0)
    assert found.cost_per_message == pytest.approx(1.0)


def test_nothing_done_costs_nothing():
    found = effort({}, {"call.made": 8.0}, files=0, messages=0, hourly_cost=30.0)
    assert (found.hours, found.hours_per_file, found.cost_per_message) == (0, 0, 0)
