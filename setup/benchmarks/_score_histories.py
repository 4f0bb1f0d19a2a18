"""Payment histories with a known truth, each with a character that real ledgers have.

Every history is made from its name and a seed alone. A customer has a hidden usual delay,
spread, weekday of payment runs and share of disputes; nothing of that is in the rows.
"""

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

COLUMNS = (
    "invoice",
    "customer",
    "invoice_date",
    "due_date",
    "paid_date",
    "amount",
    "disputed",
)


@dataclass(frozen=True)
class Character:
    """What makes a history; days, shares and counts."""

    rows: int
    customers: int
    days: int
    start: date = date(2023, 1, 2)
    cutoff: float = 0.7  # share of the days before the cut-off
    skew: float = 1.0  # of the number of invoices per customer
    delay: float = 0.0  # middle of the customers' usual delays
    between: float = 6.0  # spread of the usual delays between customers
    within: float = 5.0  # spread of the delays of one customer
    bad: float = 0.03  # share of customers in trouble: 40 days more
    drift: float = 0.0  # days by which delays change over the history
    growth: float = 0.0  # share of invoices that come later than evenly
    runs: float = 0.0  # share of customers who pay on one weekday only
    month_runs: float = 0.0  # share of customers who pay on the last day of a month
    disputes: float = 0.02
    terms: tuple = (30, 30, 45, 60)
    new: float = 0.2  # share of customers who first come after a third of the time
    spells: float = 0.1  # share of customers with a bad quarter
    flip: bool = False  # large amounts come late at first, and small ones later on
    open_share: bool = True  # the file ends, and what is not paid by then is empty


HISTORIES = {
    "steady": Character(2466, 100, 700, drift=-3, disputes=0.2, between=8, bad=0),
    "large": Character(
        *(40_000, 1056, 480),
        *(date(2022, 1, 3), 0.72, 1.6, -1.5, 2.5, 2.0, 0.02),
        runs=0.4,
        disputes=0.01,
    ),
    "scattered": Character(
        *(8753, 3276, 900),
        skew=1.3,
        delay=14,
        between=14,
        within=22,
        bad=0.1,
        new=0.8,
    ),
    "short": Character(
        *(2431, 61, 105),
        cutoff=0.87,
        between=8,
        within=7,
        terms=(5, 8, 15, 30),
        new=0.05,
    ),
    "drifting": Character(6000, 200, 900, drift=12, between=7),
    "payment_runs": Character(11_000, 300, 730, runs=0.6, month_runs=0.3, within=3),
    "growing": Character(8000, 400, 730, growth=0.7, new=0.7),
    "rare": Character(9000, 250, 800, delay=-6, between=3, within=2.5, bad=0.01),
    "few_customers": Character(5000, 14, 700, skew=0.6, disputes=0.1),
    "small": Character(1100, 60, 600),
    # What is learnt turns out wrong: the model must lose and be off.
    "reversed": Character(5000, 150, 700, between=4, flip=True, spells=0, bad=0),
    "noise": Character(3000, 120, 600, between=0, bad=0, spells=0, within=12),
}


def history(name, seed=1):
    """``(rows, cut-off)``: rows as tuples of ``COLUMNS``, dates or None."""
    character = HISTORIES[name]
    chance = random.Random(f"{name}-{seed}")
    customers = [_customer(character, chance) for _n in range(character.customers)]
    weights = [customer["weight"] for customer in customers]
    rows = []
    for number in range(character.rows):
        customer_id = chance.choices(range(len(customers)), weights)[0]
        rows.append(
            _row(character, chance, number, customer_id, customers[customer_id])
        )
    end = character.start + timedelta(days=character.days)
    if character.open_share:
        rows = [
            (*row[:4], None if row[4] > end else row[4], *row[5:])
            for row in rows
            if row[2] <= end
        ]
    rows.sort(key=lambda row: (row[2], row[0]))
    return rows, character.start + timedelta(int(character.days * character.cutoff))


def _customer(character, chance):
    run = chance.random()
    return {
        "weight": chance.lognormvariate(0, character.skew),
        "delay": character.delay
        + chance.gauss(0, character.between)
        + (40 if chance.random() < character.bad else 0),
        "within": character.within * chance.lognormvariate(0, 0.4),
        "weekday": chance.randrange(5) if run < character.runs else None,
        "month_end": character.runs <= run < character.runs + character.month_runs,
        "from": chance.uniform(0.33, 0.95) if chance.random() < character.new else 0,
        "spell": chance.random() if chance.random() < character.spells else None,
        "terms": chance.choice(character.terms),
        "amount": chance.lognormvariate(7, 0.8),
        "disputes": min(0.9, character.disputes * chance.lognormvariate(0, 1)),
    }


def _row(character, chance, number, customer_id, customer):
    moment = customer["from"] + (1 - customer["from"]) * chance.random()
    if character.growth and chance.random() < character.growth:
        moment = max(moment, chance.random(), chance.random())
    invoiced = character.start + timedelta(int(moment * character.days))
    due = invoiced + timedelta(customer["terms"])
    disputed = chance.random() < customer["disputes"]
    delay = customer["delay"] + character.drift * moment
    delay += chance.gauss(0, customer["within"]) + (12 if disputed else 0)
    if customer["spell"] is not None and 0 < moment - customer["spell"] < 0.2:
        delay += 15
    if chance.random() < 0.02:
        delay += chance.expovariate(1 / 30)
    share = chance.lognormvariate(0, 0.6)
    if character.flip:
        delay += 12 * math.log(share) * (1 if moment < 0.55 else -1)
    paid = max(due + timedelta(math.floor(delay)), invoiced + timedelta(1))
    paid = _run(paid, customer)
    amount = round(customer["amount"] * share, 2)
    return f"F{number:06}", f"C{customer_id:04}", invoiced, due, paid, amount, disputed


def _run(day, customer):
    """The first day from ``day`` on which this customer pays."""
    if customer["month_end"]:
        following = (day.replace(day=28) + timedelta(4)).replace(day=1)
        day = following - timedelta(1)
    while day.weekday() > 4 or customer["weekday"] not in (None, day.weekday()):
        day += timedelta(1)
    return day
