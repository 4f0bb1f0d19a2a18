"""Which of a model and the rule foretells better, judged on invoices that neither had seen.

The model is used unless the rule is better beyond chance. Rows of one customer resemble each
other, so that chance is measured by customer.
The comparison is that of scoring.md sections 3 and 4.7: squared errors first, order second.
"""

from __future__ import annotations

from . import back_test

MODEL, RULE = "model", "rule"
SURE = 2.0  # standard errors by which the rule must be better to be taken
WORSE_AUC = 0.02  # section 3: never worse than the rule by more


def decide(chances, rule, actual, customers, newest, short=False):
    """Which one is used, why, and the figures of both.

    :param chances: by the model
    :param rule: chances by the rule for the same rows
    :param actual: 1 for late rows, else 0
    :param customers: of the rows
    :param newest: rows from there on are the newest window, which must not be lost alone
    :param short: the history is so short that the windows hold little of it and what was
        learnt before them less: they do not speak against the model
    """

    test, rule_test = (back_test.figures(c, actual) for c in (chances, rule))
    used, why = MODEL, "better" if test["brier"] < rule_test["brier"] else "even"
    lost = "" if short else _lost(chances, rule, actual, customers, newest)
    if lost:
        used, why = RULE, lost
    return {
        "test_rows": len(actual),
        "test": test,
        "rule_test": rule_test,
        "curve": _curve(chances, actual),
        "rule_curve": _curve(rule, actual),
        "used": used,
        "why": why,
    }


def _lost(chances, rule, actual, customers, newest):
    """By what the rule is better: ``brier``, ``auc``, ``newest`` (either of them there), or
    an empty text."""

    def is_worse(start=0):
        columns = (column[start:] for column in (chances, rule, actual, customers))
        mean, error = back_test.margin(*columns)
        return mean > SURE * error

    if is_worse():
        return "brier"
    if _disordered(chances, rule, actual):
        return "auc"
    if is_worse(newest) or _disordered(
        chances[newest:], rule[newest:], actual[newest:]
    ):
        return "newest"
    return ""


def _disordered(chances, rule, actual):
    """The rule puts late rows before the others beyond chance, and the chances do so less."""
    order, usual = back_test.auc(chances, actual), back_test.auc(rule, actual)
    if order is None or usual - 0.5 <= SURE * back_test.auc_error(actual):
        return False
    return order < usual - WORSE_AUC


def _curve(chances, labels):
    return [
        [count, round(foretold, 4), round(seen, 4)]
        for count, foretold, seen in back_test.calibration(chances, labels)
    ]
