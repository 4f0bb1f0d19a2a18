import pytest

from recouvrement_auto.tools import back_test
from recouvrement_auto.tools.payment_choice import decide

ROWS = 400
LABELS = [row % 4 == 0 for row in range(ROWS)]
CUSTOMERS = [row % 20 for row in range(ROWS)]


def towards(share, start=0, stop=ROWS):
    """Chances that come nearer to the truth with ``share``, away from it below 0."""
    return [
        0.25 + share * (label - 0.25) if start <= row < stop else 0.25
        for row, label in enumerate(LABELS)
    ]


def judged(chances, rule=None, short=False):
    return decide(chances, rule or towards(0), LABELS, CUSTOMERS, ROWS // 2, short)


def test_the_better_one_is_used():
    found = judged(towards(0.4))
    assert (found["used"], found["why"]) == ("model", "better")
    assert found["test"]["brier"] < found["rule_test"]["brier"]
    assert found["test_rows"] == ROWS


def test_as_good_as_the_rule_is_good_enough():
    """What differs by chance alone decides nothing."""
    rule = [0.25 + (0.01 if row % 2 else -0.01) for row in range(ROWS)]
    near = [0.25 - 0.0005 + (0.01 if row % 2 else -0.01) for row in range(ROWS)]
    found = judged(near, rule)
    assert found["used"] == "model"
    assert found["why"] in ("even", "better")


def test_the_rule_where_the_model_loses():
    found = judged(towards(-0.2))
    assert (found["used"], found["why"]) == ("rule", "brier")


def test_windows_of_a_short_history_do_not_speak_against_the_model():
    found = judged(towards(-0.2), short=True)
    assert (found["used"], found["why"]) == ("model", "even")
    assert found["test"]["brier"] > found["rule_test"]["brier"]


def test_the_rule_where_the_newest_window_is_lost():
    won = towards(0.4, 0, ROWS // 2)
    lost = towards(-0.2, ROWS // 2)
    both = [*won[: ROWS // 2], *lost[ROWS // 2 :]]
    found = judged(both)
    assert (found["used"], found["why"]) == ("rule", "newest")


def test_the_rule_where_the_order_is_lost():
    """Better chances on the whole, but late customers no longer come first."""
    rule = [0.35 + 0.01 * label for label in LABELS]
    model = [0.25 - 0.0001 * label for label in LABELS]
    found = judged(model, rule)
    assert found["test"]["brier"] < found["rule_test"]["brier"]
    assert (found["used"], found["why"]) == ("rule", "auc")


def test_an_order_by_chance_is_none_to_lose():
    """Where the rule does not put late rows first beyond chance, better chances are used."""
    rule = [0.2 if row // 4 % 2 else 0.3 for row in range(ROWS)]
    assert back_test.auc(rule, LABELS) == 0.5
    chances = [0.25 - 0.001 * label for label in LABELS]
    assert back_test.auc(chances, LABELS) < back_test.auc(rule, LABELS) - 0.02
    assert judged(chances, rule)["used"] == "model"


def test_rows_of_one_customer_are_no_proof():
    """The same rows say less when all of them come from two customers."""
    others = towards(0)
    chances = [
        p - 0.1 if customer < 1 else p + 0.02
        for p, customer in zip(others, CUSTOMERS, strict=True)
    ]
    many = back_test.margin(chances, others, LABELS, range(ROWS))
    few = back_test.margin(chances, others, LABELS, CUSTOMERS)
    assert many[0] == pytest.approx(few[0])
    assert few[1] > many[1]
    assert back_test.margin([], [], [], []) == (0.0, 0.0)
    mean = back_test.brier(chances, LABELS) - back_test.brier(others, LABELS)
    assert few[0] == pytest.approx(mean)
