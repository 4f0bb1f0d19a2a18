"""How customers of each behaviour buy and pay."""

from dataclasses import dataclass

ASKED_SINCE = 130  # days: how long messages have been sent


@dataclass(frozen=True)
class Behaviour:
    """Invoices of the last and of the previous twelve months, and lateness.

    ``lateness``: ``(weight, from, to)`` in days after the due date; ``unasked``: the days of
    each band before anybody was reminded. A band is late or not in both: what a customer is
    called does not hang on when he bought.
    """

    recent: int
    earlier: int
    lateness: tuple
    unasked: tuple


# Who is late and pays on a Saturday pays on Monday: 28 leaves room for it below 30 days.
BEHAVIOURS = {
    "good": Behaviour(6, 2, ((0.70, -3, 0), (0.30, 1, 2)), ((-2, 1), (2, 2))),
    "occasional": Behaviour(4, 2, ((0.68, -2, 2), (0.32, 6, 21)), ((0, 2), (26, 28))),
    "usual": Behaviour(
        5,
        2,
        ((0.07, -1, 2), (0.86, 6, 24), (0.07, 25, 28)),
        ((1, 2), (25, 28), (27, 28)),
    ),
    "difficult": Behaviour(
        3,
        2,
        ((0.08, 0, 5), (0.27, 12, 28), (0.65, 34, 75)),
        ((3, 5), (24, 28), (66, 80)),
    ),
    "new": Behaviour(1, 0, ((1.0, -2, 2),), ((0, 2),)),
    "inactive": Behaviour(0, 5, ((0.60, -2, 2), (0.40, 5, 40)), ((0, 2), (25, 50))),
}

# Amounts before tax by size of the customer: median and largest.
SIZES = {
    1: (640, 2_400),
    2: (2_150, 8_500),
    3: (5_800, 21_000),
    4: (13_500, 48_000),
    5: (31_000, 96_000),
}


def draws(rng, count):
    """``count`` numbers between 0 and 1, evenly spread, in an order of chance.

    Lateness drawn with them has the shares of the behaviour even for four invoices. The
    last two never get the highest: nothing is known yet of what they will bring.
    """
    order = list(range(count))
    rng.shuffle(order)
    worst = order.index(count - 1) if count else 0
    if count > 2 and worst >= count - 2:
        other = rng.randrange(count - 2)
        order[worst], order[other] = order[other], order[worst]
    return [(rank + 0.5) / count for rank in order]


def lateness(rng, behaviour, draw, asked=True):
    """Days between the due date and the payment; negative when paid early.

    :param draw: place between 0 (the best of the customer) and 1 (the worst)
    :param asked: False for what fell due before the first reminder ever
    """
    habits = BEHAVIOURS[behaviour]
    reached, place = 0.0, len(habits.lateness) - 1
    for rank, (weight, _low, _high) in enumerate(habits.lateness):
        reached += weight
        if draw < reached:
            place = rank
            break
    days = habits.lateness[place][1:] if asked else habits.unasked[place]
    return rng.randint(*days)


def amount(rng, size):
    """An amount before tax, spread around the median of the size."""
    median, largest = SIZES[size]
    return min(max(median * rng.lognormvariate(0, 0.55), median / 5), largest)
