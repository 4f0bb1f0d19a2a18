"""A company's payment model: trained on its own items, held against the rule, plain data.

For each horizon (late at all, by more than 7, by more than 30 days) a rule-anchored
logistic regression is fitted on the older part of the history and tested on the newer
one. Where the rule is better, the rule is used (``payment_choice``): the customer's own
share of late items, drawn to that of the company. The model is a dict of numbers and
names that JSON can hold; ``check`` accepts nothing else. Source: scoring.md section 4.
"""

from __future__ import annotations

import math

from . import anchored_logit, back_test
from .payment_choice import MODEL, RULE, decide
from .payment_date import WAYS, foretell, learn
from .payment_history import (
    COMMON,
    HORIZONS,
    OWN,
    Ask,
    Table,
    is_late,
    known_at,
    observe,
)

SCHEMA = 2
MOST_ROWS = 50_000  # the newest ones (scoring.md section 4.2)
TRIED = 1e-5  # precision of the weights that are only tried
SPLITS = (0.6, 0.8)  # the rows from there on compare model and rule, in two windows
# Everybody looks new in the oldest rows: they are left out where rows are plenty.
BURN_IN, BURN_IN_ABOVE = 0.10, 10_000
# Minimum data (scoring.md section 4.6).
MIN_ROWS, MIN_DAYS, MIN_LATE, MIN_LATE_30 = 300, 182, 30, 200
# Drift since the training, on that many items at least.
WATCH_ROWS, WATCH_GAP, WATCH_ECE = 100, 0.05, 0.08

MOST_SURE = 0.99  # an item may always be paid tomorrow

# Risk drivers: more of it can only mean more risk.
SIGNS = (
    *("drift_last", "drift_recent", "other_ratio", "due_weekday"),
    *("mean_delay", "overdue_share", "overdue_count", "disputes", "disputes_lost"),
    *("promises_broken", "bounces"),
)


def train(items, day, short=False):
    """The model of a company as one could make it on the morning of ``day``.

    :param items: list of ``Item``; what happened on ``day`` or later is not read
    :param day: ordinal
    :param short: judge it even where the history is too short to show percentages
    :return: dict, see ``check``
    """
    known = known_at(items, day)
    asks = [
        Ask(position, item.invoiced)
        for position, item in enumerate(known)
        if item.due < day
    ]
    asks.sort(key=lambda ask: (ask.day, str(known[ask.position].key)))
    days = asks[-1].day - asks[0].day if asks else 0
    table = observe(known, asks[-MOST_ROWS:])
    rows = _Rows(known, table, day, days < MIN_DAYS)
    targets = {str(h): _target(rows, index, h) for index, h in enumerate(HORIZONS)}
    model = {
        "schema": SCHEMA,
        "trained_on": day,
        "rows": len(table),
        "level": rows.level(),
        "targets": targets,
        "date": learn(known, table, day),
    }
    if not model["level"] and not short:
        for target in targets.values():
            target.update(used=RULE, why="few_rows")
    return model


class _Rows:
    """The rows of a training: which are mature, and when they were invoiced.

    ``short`` is said of the whole history, of which the rows are the newest part.
    """

    def __init__(self, items, table, day, short):
        self.items, self.table, self.day, self.short = items, table, day, short
        ranked = sorted(
            range(len(table)),
            key=lambda row: (table.asks[row].day, str(self.item(row).key)),
        )
        burnt = int(len(ranked) * BURN_IN) if len(ranked) > BURN_IN_ABOVE else 0
        self.order = ranked[burnt:]

    def item(self, row):
        return self.items[self.table.asks[row].position]

    def mature(self, horizon, today):
        """Rows in order of invoicing of which the outcome was known for sure."""
        return [row for row in self.order if today - self.item(row).due > horizon]

    def labels(self, rows, horizon):
        return [int(is_late(self.item(row), horizon, self.day)) for row in rows]

    def level(self):
        """0 = too little to say anything in percent, 1 = enough (scoring.md 4.6)."""
        rows = self.mature(0, self.day)
        if len(rows) < MIN_ROWS or sum(self.labels(rows, 0)) < MIN_LATE:
            return 0
        return int(not self.short)


def _target(rows, index, horizon):
    """Fit, test against the rule, decide, and fit again on all the rows."""
    mature = rows.mature(horizon, rows.day)
    labels = rows.labels(mature, horizon)
    found = {"rows": len(mature), "late": sum(labels), "used": RULE, "why": "few_rows"}
    found["test"] = found["rule_test"] = None
    enough = MIN_LATE if horizon < 30 else MIN_LATE_30
    if len(mature) < MIN_ROWS or not enough <= sum(labels) <= len(labels) - MIN_LATE:
        found["why"] = "few_rows" if len(mature) < MIN_ROWS else "few_late"
        return found
    found.update(_test(rows, index, horizon, mature))
    found.update(fitted(rows.table, index, mature, labels))
    return found


def _test(rows, index, horizon, mature):
    """Time-split figures of model and rule, and which of them is used.

    Two windows of the newer rows, each foretold by what was known before it.
    """
    cuts = [int(len(mature) * share) for share in SPLITS]
    chances, rule, actual, customers, newest, part = [], [], [], [], 0, None
    for start, stop in zip(cuts, [*cuts[1:], len(mature)], strict=True):
        split = rows.item(mature[start]).invoiced
        older = rows.mature(horizon, split)
        labels = rows.labels(older, horizon)
        if not 0 < sum(labels) < len(labels):
            continue
        newer, newest = mature[start:stop], len(actual)
        part = fitted(rows.table, index, older, labels, part, TRIED)
        chances += chances_of(part, rows.table, index, newer)
        rule += [rows.table.own[index]["rule"][row] for row in newer]
        actual += rows.labels(newer, horizon)
        customers += [rows.item(row).customer for row in newer]
    if not 0 < sum(actual) < len(actual):
        return {"why": "few_late"}
    decided = decide(chances, rule, actual, customers, newest, rows.short)
    return {**decided, "split_on": rows.item(mature[cuts[0]]).invoiced}


def fitted(table, index, rows, labels, start=None, enough=anchored_logit.ENOUGH):
    """Weights learnt from these rows of the table for the horizon at ``index``.

    :param start: weights of other rows of the table, near which these are
    :param enough: see ``anchored_logit.fit``
    """
    columns = table.columns(index)
    anchor = [columns["anchor"][row] for row in rows]
    names = [name for name in columns if name not in ("anchor", "rule")]
    part = {name: [columns[name][row] for row in rows] for name in names}
    means, scales, part = anchored_logit.standardise(part)
    return {
        **anchored_logit.fit(anchor, part, labels, SIGNS, start, enough),
        "means": means,
        "scales": scales,
    }


def chances_of(target, table, index, rows):
    """Probabilities of the model of one horizon for these rows."""
    columns = table.columns(index)
    terms = [(target["anchor"], [columns["anchor"][row] for row in rows])]
    for name, weight in target["weights"].items():
        column = [columns[name][row] for row in rows]
        scaled = anchored_logit.scaled(
            column, target["means"][name], target["scales"][name]
        )
        terms.append((weight, scaled))
    scores = anchored_logit.linear(target["intercept"], terms)
    return [anchored_logit.sigmoid(score) for score in scores]


# === PREDICTION === #


def predict(model, table: Table, items):
    """Probabilities and delays of every row of ``table``.

    :return: dict of columns: ``chances``, one list per horizon, not rising with it;
        ``rule``, the same by the rule alone; ``delay, low, high``, days after the due date
    """
    rows = range(len(table))
    chances, rules = [], []
    for index, horizon in enumerate(HORIZONS):
        target = model["targets"][str(horizon)]
        rule = list(table.own[index]["rule"])
        use_model = target["used"] == MODEL
        chances.append(chances_of(target, table, index, rows) if use_model else rule)
        rules.append(rule)
    ordered = [falling(row) for row in zip(*chances, strict=True)]
    columns = [list(column) for column in zip(*ordered, strict=True)]
    found = {"chances": columns or [[] for _h in HORIZONS], "rule": rules}
    return {**found, **foretell(model["date"], table, items)}


def falling(chances):
    """The nearest chances that do not rise: late by 30 days means late by 7."""
    groups = []
    for chance in chances:
        groups.append([chance, 1])
        while len(groups) > 1 and groups[-1][0] > groups[-2][0]:
            value, count = groups.pop()
            before, others = groups[-1]
            total = count + others
            groups[-1] = [(value * count + before * others) / total, total]
    return tuple(value for value, count in groups for _one in range(count))


def still(chances, days, index=-1):
    """Chance to be later than the horizon at ``index`` for what is unpaid after ``days``.

    The chances of the horizons are points of a survival curve, straight in its logarithm
    between them. ``None`` once it is later than that.
    """
    if days > HORIZONS[index]:
        return None
    logs = [math.log(max(chance, 1e-4)) for chance in chances]
    days = max(days, 0)
    here = logs[0]
    for place, (low, high) in enumerate(zip(HORIZONS, HORIZONS[1:], strict=False)):
        if low <= days <= high:
            share = (days - low) / (high - low)
            here = logs[place] + share * (logs[place + 1] - logs[place])
            break
    most = 1.0 if days == HORIZONS[index] else MOST_SURE
    return min(most, math.exp(logs[index] - here))


def watch(model, table, items, day):
    """How the model did on the rows of ``table``, whose outcome is known on ``day``.

    :return: ``{horizon: {"rows", "mean", "rate", "ece", "brier", "rule_brier"}}``
    """
    found = predict(model, table, items)
    result = {}
    for index, horizon in enumerate(HORIZONS):
        rows = [
            row
            for row, ask in enumerate(table.asks)
            if day - items[ask.position].due > horizon
        ]
        if not rows:
            continue
        labels = [
            int(is_late(items[table.asks[row].position], horizon, day)) for row in rows
        ]
        chances = [found["chances"][index][row] for row in rows]
        rule = [found["rule"][index][row] for row in rows]
        result[str(horizon)] = {
            "rows": len(rows),
            "mean": round(math.fsum(chances) / len(rows), 4),
            "rate": round(sum(labels) / len(rows), 4),
            "ece": back_test.rounded(back_test.calibration_error(chances, labels)),
            "brier": back_test.rounded(back_test.brier(chances, labels), 5),
            "rule_brier": back_test.rounded(back_test.brier(rule, labels), 5),
        }
    return result


def has_drifted(watched):
    """True when the chances of one horizon are off: fit again (scoring.md 4.7)."""
    return any(
        one["rows"] >= WATCH_ROWS
        and (abs(one["mean"] - one["rate"]) > WATCH_GAP or one["ece"] > WATCH_ECE)
        for one in watched.values()
    )


# === PLAIN DATA === #

MOST = 1e6


def is_of_another_kind(model):
    """True for a model that was learnt by another version of this file: whole, but not
    to be used."""
    return isinstance(model, dict) and model.get("schema") not in (None, SCHEMA)


def check(model):
    """Refuse what is no model: ``ValueError`` names the place.

    Nothing is executed when a model is loaded, but a wrong number would be believed:
    every one is finite and bounded, every name is known.
    """
    if not isinstance(model, dict) or model.get("schema") != SCHEMA:
        raise ValueError(f"schema: {SCHEMA} is expected")
    for name in ("trained_on", "rows", "level"):
        _number(model.get(name), name)
    targets = model.get("targets")
    if not isinstance(targets, dict) or set(targets) != set(map(str, HORIZONS)):
        raise ValueError("targets: one for each horizon is expected")
    for horizon, target in targets.items():
        _check_target(target, f"targets.{horizon}")
    _check_date(model.get("date"))
    return model


def _check_target(target, where):
    if target.get("used") not in (MODEL, RULE):
        raise ValueError(f"{where}.used: {target.get('used')!r}")
    if "weights" not in target:
        if target["used"] == MODEL:
            raise ValueError(f"{where}.weights: missing")
        return
    known = {*COMMON, *OWN}
    for name, weight in target["weights"].items():
        if name not in known:
            raise ValueError(f"{where}.weights.{name}: unknown")
        _number(weight, f"{where}.weights.{name}")
        _number(target["means"].get(name), f"{where}.means.{name}")
        _number(target["scales"].get(name), f"{where}.scales.{name}", 0)
    for name in ("intercept", "anchor"):
        _number(target.get(name), f"{where}.{name}")


def _check_date(learnt):
    if not isinstance(learnt, dict) or learnt.get("way") not in WAYS:
        raise ValueError("date.way: unknown")
    for place, (low, high) in {
        **learnt["ranges"],
        "range": learnt["range"],
    }.items():
        _number(low, f"date.ranges.{place}")
        _number(high, f"date.ranges.{place}")
        if low > 0 or high < 0:
            raise ValueError(f"date.ranges.{place}: the foretold day is outside")
    for bound in learnt["bounds"]:
        _number(bound, "date.bounds", 0)


def _number(value, where, least=-MOST):
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not good or not math.isfinite(value) or not least <= value <= MOST:
        raise ValueError(f"{where}: {value!r} is no number that can be right")
