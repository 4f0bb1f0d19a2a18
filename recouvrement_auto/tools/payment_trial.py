"""A trial of the prediction: learn before a day, foretell after it, compare.

What the product would have said of each invoice on its own date, held against what came.
The same code learns and foretells every night (``payment_model``).
"""

from __future__ import annotations

from . import back_test
from .payment_history import HORIZONS, Ask, is_late, observe
from .payment_model import chances_of, predict, train


def trial(items, cutoff, model=None):
    """One dict of figures per horizon: of what the product uses, of the rule alone, and of
    the model alone; the model is None where nothing could be learnt.

    Learns from what was known on the morning of ``cutoff`` (ordinal): an invoice paid
    later is unpaid. Foretells the invoices from that day on, each from what was known on
    its own date. An unpaid one counts once it is late for the horizon at the end of the
    history, or known to be so. A history too short for percentages is tried all the same:
    ``level`` 0 says that the product would not show them.

    :param model: what was learnt on that morning, if that is known already
    """
    model = model or train(items, cutoff, short=True)
    asks = [
        Ask(position, item.invoiced)
        for position, item in enumerate(items)
        if item.invoiced >= cutoff
    ]
    table = observe(items, asks)
    found = predict(model, table, items)
    end = 1 + max(max(item.invoiced, item.paid or 0) for item in items)
    dates = _dates(items, table, found)
    return [
        {
            **_figures(items, table, found, model, index, horizon, end),
            **dates,
            "level": model["level"],
            "train_rows": model["targets"][str(horizon)]["rows"],
        }
        for index, horizon in enumerate(HORIZONS)
    ]


def _figures(items, table, found, model, index, horizon, end):
    target = model["targets"][str(horizon)]
    rows, labels = [], []
    for row, ask in enumerate(table.asks):
        late = is_late(items[ask.position], horizon, end)
        if late is not None:
            rows.append(row)
            labels.append(int(late))
    own = None
    if "weights" in target:
        own = back_test.figures(chances_of(target, table, index, rows), labels)
    chances = [found["chances"][index][row] for row in rows]
    rule = [found["rule"][index][row] for row in rows]
    return {
        "target": f"late>{horizon}",
        "rows": len(rows),
        "late_share": back_test.rounded(sum(labels) / len(labels)) if labels else None,
        "used": target["used"],
        "why": target["why"],
        **back_test.figures(chances, labels),
        "rule": back_test.figures(rule, labels),
        "model": own,
    }


def _dates(items, table, found):
    """Errors in days of the foretold date, over what was paid."""
    rows = [
        row
        for row, ask in enumerate(table.asks)
        if items[ask.position].paid is not None
    ]
    actual = [_delay(items[table.asks[row].position]) for row in rows]

    def error(column):
        return back_test.rounded(
            back_test.mean_error([column[row] for row in rows], actual), 2
        )

    inside = sum(
        found["low"][row] <= delay <= found["high"][row]
        for row, delay in zip(rows, actual, strict=True)
    )
    return {
        "date_rows": len(rows),
        "date_mae": error(found["delay"]),
        "date_cover": back_test.rounded(inside / len(rows), 3) if rows else None,
        "date_rules": {
            "due_date": error([0.0] * len(table)),
            "past_mean": error(table.delays["mean"]),
            "past_median": error(table.delays["median"]),
        },
    }


def _delay(item):
    return item.paid - item.due
