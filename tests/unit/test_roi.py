"""Return on investment against the example of legal-fr.md section 11."""

from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto_reports.tools.roi import gain

amount = st.floats(0, 1e9)


def test_example():
    """5,000,000 a year, 15 days won: 205,479 freed; 1,200 messages of 10 minutes."""
    found = gain(60, 45, 5_000_000, 4.0, 1200, 10, 0.5, 30)
    assert round(found.cash) == 205_479
    assert round(found.financing) == 8_219
    assert found.hours == 190
    assert found.value == 5_700
    assert (found.cost_by_hand, found.cost_now) == (5, 0.25)


@given(amount, amount, amount)
def test_days_lost_tie_cash_up(before, now, sales):
    found = gain(before, now, sales, 3, 0, 10, 1, 30)
    assert (found.cash <= 0) if now > before else (found.cash >= 0)
    assert found.hours == 0
