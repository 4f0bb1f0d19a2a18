"""How customers of each behaviour buy and pay."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """Invoices of the last and of the previous twelve months, and lateness.

    ``lateness``: ``(weight, from, to)`` in days after the due date.
    """

    recent: int
    earlier: int
    lateness: tuple


BEHAVIOURS = {
    "good": Behaviour(6, 2, ((0.70, -3, 0), (0.30, 1, 2))),
    "occasional": Behaviour(4, 2, ((0.68, -2, 2), (0.32, 6, 21))),
    "usual": Behaviour(5, 2, ((0.07, -1, 2), (0.86, 6, 24), (0.07, 25, 29))),
    "difficult": Behaviour(3, 2, ((0.08, 0, 5), (0.27, 12, 30), (0.65, 34, 75))),
    "new": Behaviour(1, 0, ((1.0, -2, 2),)),
    "inactive": Behaviour(0, 5, ((0.60, -2, 2), (0.40, 5, 40))),
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


def lateness(rng, behaviour, draw):
    """Days between the due date and the payment; negative when paid early.

    :param draw: place between 0 (the best of the customer) and 1 (the worst)
    """
    bands = BEHAVIOURS[behaviour].lateness
    reached, band = 0.0, bands[-1]
    for weight, low, high in bands:
        reached += weight
        if draw < reached:
            band = (weight, low, high)
            break
    return rng.randint(*band[1:])


def amount(rng, size):
    """An amount before tax, spread around the median of the size."""
    median, largest = SIZES[size]
    return min(max(median * rng.lognormvariate(0, 0.55), median / 5), largest)
