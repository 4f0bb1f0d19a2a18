"""The first look of a night never says no where the planner would give a step."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from recouvrement_auto.tools import working_time
from recouvrement_auto.tools.ladder import Chooser, Profile, Version, pick
from recouvrement_auto.tools.near import Position, Sieve, may_be_due, may_pass
from recouvrement_auto.tools.planning import (
    END_STEP,
    TONES,
    Calendar,
    Item,
    Ladder,
    Step,
    next_step,
)

D = date(2026, 3, 2)  # a Monday
CODES = ("a", "b", "c", "d", "e")


def shift(day, step):
    one = timedelta(days=-1 if step.is_pre_due else 1)
    while not working_time.is_business_day(day, "FR"):
        day += one
    return day


WORKING = Calendar(
    shift, lambda day, gap: working_time.add_business_days(day, gap, "FR")
)
days = st.integers(-40, 60).map(lambda n: D + timedelta(n))
steps = st.builds(
    lambda code, anchor, delay, channel, tone, minimum, chance, light: Step(
        code,
        code,
        channel,
        tone,
        abs(delay) if anchor != "due_date" else delay,
        anchor=anchor,
        min_amount=Decimal(minimum),
        light=light,
        options={"min_chance": chance} if chance else {},
    ),
    st.sampled_from(CODES),
    st.sampled_from(("due_date", "due_date", "invoice_date", "previous")),
    st.integers(-12, 45),
    st.sampled_from(("email", "letter", "call", "sms")),
    st.sampled_from(TONES),
    st.sampled_from((0, 0, 50, 150)),
    st.sampled_from((0, 0, 40)),
    st.booleans(),
)
ladders = st.builds(
    lambda rows, gap, end: Ladder(
        1, 1, "any", tuple(rows), min_gap_days=gap, end_delay_days=end
    ),
    st.lists(steps, max_size=5, unique_by=lambda s: s.code),
    st.integers(0, 8),
    st.integers(0, 20),
)
positions = st.builds(
    lambda due, before, code, tone, delay, used: Position(
        due,
        due - timedelta(before),
        code,
        (TONES.index(tone), delay) if code else None,
        used if code else None,
    ),
    days,
    st.integers(0, 60),
    st.sampled_from(("", "", *CODES, "unknown", END_STEP)),
    st.sampled_from(TONES),
    st.integers(-12, 45),
    days,
)


def items(ladder, position, amount, chance, nobody, later):
    """An item as it is once everything was read."""
    sms = [s.code for s in ladder.steps if s.channel == "sms"]
    return Item(
        1,
        10,
        "F1",
        amount=Decimal(amount),
        residual=Decimal(amount),
        currency_id=1,
        ladder=ladder,
        late_chance=chance,
        passed_over=frozenset(sms) if nobody else frozenset(),
        gives_way=frozenset(sms) if later else frozenset(),
        **position._asdict(),
    )


@settings(max_examples=500, deadline=None)
@given(
    ladders,
    positions,
    days,
    st.sampled_from((1, 60, 200)),
    st.sampled_from((None, 10.0, 90.0)),
    st.booleans(),
    st.booleans(),
    st.sampled_from((-10, 0, 60, 200)),
)
def test_whatever_is_read_later_a_step_of_the_day_was_seen(
    ladder, position, day, amount, chance, nobody, later, total
):
    item = items(ladder, position, amount, chance, nobody, later)
    following = next_step(item, day, Decimal(total), WORKING)
    due = following.step is not None and following.on <= day
    seen = Sieve(day, WORKING).may_be_due(ladder, position)
    assert seen or not due
    assert seen == may_be_due(item, day, WORKING)


@settings(max_examples=300, deadline=None)
@given(ladders, positions, days)
def test_without_conditions_it_is_the_very_answer_of_the_planner(ladder, position, day):
    plain = tuple(
        Step(s.code, s.name, "email", s.tone, s.delay, s.anchor, light=s.light)
        for s in ladder.steps
    )
    ladder = Ladder(1, 1, "plain", plain, ladder.min_gap_days)
    item = items(ladder, position, 100, None, False, False)
    following = next_step(item, day, Decimal(100), WORKING)
    due = following.step is not None and following.on <= day
    assert may_be_due(item, day, WORKING) == due


def test_what_was_written_to_rests_until_the_gap_is_over():
    first = Step("r1", "r1", "email", "courteous", 3)
    second = Step("r2", "r2", "email", "precise", 10)
    ladder = Ladder(1, 1, "plain", (first, second), min_gap_days=4)
    position = Position(D - timedelta(30), D - timedelta(60), "r1", (0, 3), D)
    seen = [
        Sieve(D + timedelta(n), WORKING).may_be_due(ladder, position) for n in range(6)
    ]
    assert seen == [False, False, False, False, True, True]


def test_steps_that_something_may_pass_over():
    assert not may_pass(Step("r", "r", "email", "firm", 1))
    assert may_pass(Step("r", "r", "email", "firm", 1, min_amount=Decimal(5)))
    assert may_pass(Step("r", "r", "elsewhere", "firm", 1))
    assert may_pass(Step("r", "r", "email", "firm", -1, options={"min_chance": 30}))
    assert not Sieve(D, WORKING).may_be_due(None, Position(D, D))


versions = st.lists(
    st.builds(
        lambda number, nature, segments, hardship, total, age, grades: Version(
            number,
            number,
            number,
            nature,
            frozenset(segments),
            hardship,
            Decimal(total),
            age,
            Ladder(number, number, str(number), ()),
            grades=frozenset(grades),
        ),
        st.integers(1, 9),
        st.sampled_from(("", "public")),
        st.sets(st.sampled_from(("good", "bad"))),
        st.booleans(),
        st.sampled_from((0, 100)),
        st.sampled_from((0, 30)),
        st.sets(st.sampled_from(("A", "E"))),
    ),
    max_size=5,
    unique_by=lambda v: v.scenario_id,
)
profiles = st.lists(
    st.builds(
        Profile,
        st.sampled_from((0, 1, 2)),
        st.sampled_from(("standard", "public")),
        st.sampled_from(("", "good", "bad")),
        st.booleans(),
        st.sampled_from((Decimal(0), Decimal(100), Decimal(500))),
        st.sampled_from((0, 30, 90)),
        st.sampled_from(("", "A", "E")),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(versions, profiles)
def test_the_choice_that_is_kept_is_the_choice(versions, profiles):
    choose = Chooser(versions, 1)
    for profile in profiles + profiles:
        assert choose(profile) == pick(versions, profile, 1)
