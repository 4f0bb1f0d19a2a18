"""Best channel and half-day: small numbers say nothing, a clear lead does."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools.moment import (
    LEAD,
    MIN_CALLS,
    MIN_CONTACTS,
    Advice,
    Row,
    Tally,
    advise,
    best,
    rates,
    slot,
    tallies,
)

CHANNELS = ("call", "email", "letter", "sms")
SLOTS = tuple(slot(day, hour) for day in range(5) for hour in (9, 15))
USUAL = dict.fromkeys(CHANNELS, Decimal("0.3"))


@st.composite
def rows(draw):
    channel = draw(st.sampled_from(CHANNELS))
    contacts = draw(st.integers(1, 12))
    answers = draw(st.integers(0, contacts))
    half = draw(st.sampled_from(SLOTS)) if channel == "call" else None
    return Row(channel, half, contacts, answers)


def test_slots():
    assert slot(1, 0) == slot(1, 11) == "1am"
    assert slot(4, 12) == slot(4, 23) == "4pm"


def test_the_example_of_the_guide():
    """Six of eight calls answered, all five on Tuesday morning, few e-mails."""
    own = [Row("call", "1am", 5, 5), Row("call", "3pm", 3, 1), Row("email", None, 9, 1)]
    found = advise(own, {"call": Decimal("0.4"), "email": Decimal("0.2")})
    # Calls: (6 + 5 x 0.4) / 13 = 0.62; Tuesday: (5 + 5 x 0.62) / 10 = 0.81.
    assert found == Advice("call", Tally(8, 6), "1am", Tally(5, 5))


def test_too_few_contacts_name_nothing():
    own = [Row("email", None, MIN_CONTACTS - 1, MIN_CONTACTS - 1)]
    assert advise(own, USUAL) == Advice()
    own = [Row("call", "1am", MIN_CALLS - 1, MIN_CALLS - 1), Row("call", "2am", 4, 0)]
    assert advise(own, USUAL).slot is None


def test_as_everybody_names_nothing():
    own = [Row("email", None, 100, 30), Row("call", "1am", 100, 30)]
    assert advise(own, USUAL) == Advice()


def test_one_who_always_answers_gets_no_hour():
    own = [Row("call", half, 10, 10) for half in SLOTS]
    found = advise(own, USUAL)
    assert (found.channel, found.slot) == ("call", None)


def test_another_channel_that_does_as_well_is_not_beaten():
    """Far above what is usual for e-mails, yet calls are answered better still."""
    own = [Row("email", None, 10, 5), Row("call", None, 10, 7)]
    usual = {"email": Decimal("0.1"), "call": Decimal("0.7")}
    assert best(tallies(own, "channel"), usual, MIN_CONTACTS) is None


@given(st.lists(rows(), max_size=12))
def test_what_is_named_was_tried_and_leads(own):
    found = advise(own, USUAL)
    channels, slots = tallies(own, "channel"), tallies(own, "slot")
    if found.channel:
        tally = channels[found.channel]
        assert tally == found.channel_tally
        assert tally.contacts >= MIN_CONTACTS
        assert Decimal(tally.answers) / tally.contacts > USUAL[found.channel] + LEAD
    if found.slot:
        assert slots[found.slot] == found.slot_tally
        assert found.slot_tally.contacts >= MIN_CALLS
        assert found.slot_tally.answers > 0


@given(
    st.lists(rows(), max_size=12).flatmap(
        lambda a: st.tuples(st.just(a), st.permutations(a))
    )
)
def test_the_order_does_not_matter(both):
    own, mixed = both
    assert advise(own, USUAL) == advise(mixed, USUAL)
    assert rates(tallies(own, "channel")) == rates(tallies(mixed, "channel"))


@given(st.lists(rows(), min_size=1, max_size=12), st.data())
def test_one_more_answer_never_takes_the_name_away(own, data):
    """The same contacts, one of them answered after all."""
    before = advise(own, USUAL)
    better = [
        number
        for number, row in enumerate(own)
        if row.answers < row.contacts
        and (row.channel == before.channel or (row.slot and row.slot == before.slot))
    ]
    if not better:
        return
    number = data.draw(st.sampled_from(better))
    row = own[number]
    changed = [*own]
    changed[number] = row._replace(answers=row.answers + 1)
    after = advise(changed, USUAL)
    if row.channel == before.channel:
        assert after.channel == before.channel
    if row.slot and row.slot == before.slot:
        assert after.slot == before.slot
