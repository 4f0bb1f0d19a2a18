import copy
import json
from functools import cache

import pytest
from test_payment_history import items_of

from recouvrement_auto.tools.payment_history import Ask, known_at, observe
from recouvrement_auto.tools.payment_model import (
    chances_of,
    check,
    falling,
    predict,
    still,
    train,
)
from recouvrement_auto.tools.payment_trial import trial

HALF_YEAR = 182
# The smallest histories that still show what they are made for: a fit costs by the row.
ROWS = {
    "drifting": 3500,
    "reversed": 3000,
    "steady": 1200,
    "short": 900,
    "small": 1100,
    "noise": 900,
    "few_customers": 1500,
    "rare": 2000,
}


@cache
def history(name):
    return items_of(name, ROWS[name])


@cache
def trained(name):
    return train(*history(name))


@cache
def tried(name, short=False):
    """Lines of the trial by target."""
    model = None if short else trained(name)
    return {line["target"]: line for line in trial(*history(name), model)}


@pytest.fixture
def drifting():
    return *history("drifting"), trained("drifting")


def test_it_beats_the_rule_where_there_is_something_to_learn():
    line = tried("drifting")["late>7"]
    assert line["used"] == "model"
    assert line["brier"] < line["rule"]["brier"] * 0.95
    assert line["auc"] > line["rule"]["auc"]
    assert line["ece"] < 0.06
    assert line["lift"] > 1.3
    assert 0.7 < line["date_cover"] < 0.9
    assert line["date_mae"] < line["date_rules"]["due_date"]


def test_it_is_off_where_it_loses():
    """What was learnt turned round before the cut-off: the rule is used, and says why."""
    for horizon in ("0", "7"):
        target = trained("reversed")["targets"][horizon]
        assert target["used"] == "rule"
        assert target["why"] in ("brier", "auc", "newest")
        assert target["test"] and target["rule_test"]
    for line in tried("reversed").values():
        assert line["auc"] == line["rule"]["auc"]


def test_a_short_history_is_tried_but_not_shown():
    """The bench judges a model that the product does not show yet."""
    items, cutoff = history("short")
    shown, judged = trained("short"), train(items, cutoff, short=True)
    assert shown["level"] == judged["level"] == 0
    assert {target["why"] for target in shown["targets"].values()} == {"few_rows"}
    assert judged["targets"]["0"]["test"]
    assert judged["targets"]["0"]["why"] != "few_rows"
    assert tried("short", short=True)["late>0"]["level"] == 0
    assert judged["date"]["way"] == "mix"


@pytest.mark.parametrize("name", ["steady", "small", "noise", "few_customers", "rare"])
def test_never_worse_than_the_rule(name):
    for line in tried(name).values():
        if line["auc"] is not None:
            assert line["auc"] >= line["rule"]["auc"] - 0.02, line["target"]
        assert line["brier"] <= line["rule"]["brier"] * 1.03, line["target"]


def test_the_future_is_not_read(drifting):
    items, cutoff, model = drifting
    assert len(known_at(items, cutoff)) < len(items)
    assert train(known_at(items, cutoff), cutoff) == model


def test_same_rows_in_another_order_give_the_same_model(drifting):
    items, cutoff, model = drifting
    assert train(items[::-1], cutoff) == model


def test_too_little_data_gives_no_model():
    items, cutoff = items_of("small", 200)
    model = train(items, cutoff)
    assert model["level"] == 0
    assert {target["used"] for target in model["targets"].values()} == {"rule"}
    first = min(item.invoiced for item in items)
    many, _cutoff = history("drifting")
    soon = train(many, first + HALF_YEAR // 2)
    assert soon["level"] == 0
    assert train([], cutoff)["rows"] == 0


def test_rare_long_delays_have_no_model():
    target = trained("rare")["targets"]["30"]
    assert (target["used"], target["why"]) == ("rule", "few_late")


def test_chances_never_rise_with_the_delay(drifting):
    items, cutoff, model = drifting
    later = [Ask(p, i.invoiced) for p, i in enumerate(items) if i.invoiced >= cutoff]
    found = predict(model, observe(items, later), items)
    for chances in zip(*found["chances"], strict=True):
        assert 1 >= chances[0] >= chances[1] >= chances[2] >= 0
    for low, delay, high in zip(
        found["low"], found["delay"], found["high"], strict=True
    ):
        assert low <= delay <= high


def test_nearest_chances_that_fall():
    assert falling((0.5, 0.3, 0.1)) == (0.5, 0.3, 0.1)
    assert falling((0.2, 0.4, 0.1)) == pytest.approx((0.3, 0.3, 0.1))
    assert falling((0.1, 0.2, 0.6)) == pytest.approx((0.3, 0.3, 0.3))


def test_late_and_still_unpaid():
    chances = (0.5, 0.2, 0.05)
    assert still(chances, 0) == pytest.approx(0.1)
    assert still(chances, 7) == pytest.approx(0.25)
    assert still(chances, 30) == 1
    assert still(chances, 31) is None
    rising = [still(chances, days) for days in range(31)]
    assert rising == sorted(rising)
    assert still(chances, -4) == still(chances, 0)


def test_the_model_is_plain_data(drifting):
    items, cutoff, model = drifting
    stored = json.loads(json.dumps(model, allow_nan=False))
    assert check(stored) == model
    asks = [Ask(p, i.invoiced) for p, i in enumerate(items) if i.invoiced >= cutoff]
    table = observe(items, asks)
    rows = range(len(table))
    for text in ("0", "7"):
        index = ["0", "7", "30"].index(text)
        before = chances_of(model["targets"][text], table, index, rows)
        assert chances_of(stored["targets"][text], table, index, rows) == before


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("schema",), 1),
        (("targets",), {}),
        (("targets", "0", "used"), "trees"),
        (("targets", "0", "weights", "postcode"), 1.0),
        (("targets", "0", "weights", "amount"), float("nan")),
        (("targets", "0", "intercept"), 1e12),
        (("targets", "0", "scales", "amount"), -1.0),
        (("targets", "0", "anchor"), "1"),
        (("date", "way"), "oracle"),
        (("date", "range"), [3.0, 9.0]),
        (("date", "bounds"), [float("inf")]),
        (("rows",), True),
    ],
)
def test_a_wrong_model_is_refused(drifting, place, value):
    model = copy.deepcopy(drifting[2])
    cell = model
    for name in place[:-1]:
        cell = cell[name]
    cell[place[-1]] = value
    with pytest.raises(ValueError, match=place[0] if len(place) < 3 else place[1]):
        check(model)
    with pytest.raises(ValueError):
        check(None)
