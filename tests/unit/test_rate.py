"""The limiter, against a count made by hand."""

from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.rate import Limiter


def test_burst_then_even_refill():
    limiter = Limiter(3, 60)
    assert [limiter.allow("a", 0) for _ in range(4)] == [True, True, True, False]
    assert limiter.allow("b", 0)
    assert not limiter.allow("a", 19)
    assert limiter.allow("a", 20)
    assert not limiter.allow("a", 21)


def test_another_size():
    limiter = Limiter(3, 60)
    assert sum(limiter.allow("a", 0, 10) for _ in range(20)) == 10


def test_memory_is_flat():
    limiter = Limiter(1, 60, max_keys=5)
    for number in range(1000):
        limiter.allow(number, 0)
    assert len(limiter._buckets) == 5
    limiter.clear()
    assert not limiter._buckets


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_never_more_than_burst_and_refill(pauses):
    """Over any time: at most the bucket and what flowed in."""
    limiter, now, passed = Limiter(5, 10), 0.0, 0
    for pause in pauses:
        now += pause
        passed += limiter.allow("k", now)
    assert passed <= 5 + now * 5 / 10 + 1e-6


def test_a_clock_that_goes_back_gives_nothing():
    limiter = Limiter(1, 10)
    assert limiter.allow("a", 100)
    assert not limiter.allow("a", 0)
