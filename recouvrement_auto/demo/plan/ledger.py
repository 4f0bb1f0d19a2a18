"""The whole ledger of the demo company for one day."""

import random

from . import behaviour, customers, ladders, sales, scenes
from .model import Ledger

SEED = 20190603
REFUNDED, REFUNDED_IN_PART = 7, 9
PROMPT = 2  # customers who pay on delivery since the first reminder


def build(today, scale=1.0, scenarios=None):
    """Plan the ledger: same day and scale, same ledger.

    :param today: the day of the demo; nothing is booked on it or after it
    :param scale: share of the ordinary customers; below one half, of one year only
    :param scenarios: ladder of each behaviour and nature, see ``ladders``
    """
    scenarios = {**ladders.default(), **(scenarios or {})}
    actors = scenes.actors()
    years = 2 if scale >= 0.5 else 1
    ledger = Ledger(today, customers.load(scale))
    for customer in ledger.customers:
        rng = random.Random(f"{SEED}:{customer.key}")
        acts = customer.key in actors
        quiet = scenes.QUIET if acts else 0
        invoices = sales.ordinary(rng, customer, today, years, quiet)
        if acts:
            invoices = scenes.clear_stage(rng, invoices, today)
        ledger.invoices += invoices
    rng = random.Random(SEED)
    if years > 1:
        for customer in _prompt(ledger.customers, actors):
            ledger.invoices += sales.paid_at_once(rng, customer, today)
    rng = random.Random(SEED)
    _refund(rng, ledger)
    ledger.invoices += scenes.play(rng, ledger.customers, scenarios, today)
    ledger.invoices += scenes.credits(rng, ledger)
    ledger.on_account = scenes.on_account(ledger.customers, today)
    ledger.openings = scenes.openings(ledger.customers, today)
    ledger.invoices.sort(key=lambda i: (i.day, i.customer.number))
    return ledger


def _prompt(found, actors):
    """The good payers who buy most, without any case of their own."""
    plain = [
        c for c in found if c.behaviour == "good" and not c.tags and c.key not in actors
    ]
    return sorted(plain, key=lambda c: (-c.size, c.number))[:PROMPT]


def _refund(rng, ledger):
    """Mark invoices that a credit note cancelled, or reduced before they were paid."""
    paid = [
        i for i in ledger.invoices if len(i.dues) == 1 and not i.is_open(ledger.today)
    ]
    paid = [i for i in paid if len(i.payments) == 1 and i.payments[0].day > i.day]
    count = min(REFUNDED + REFUNDED_IN_PART, len(paid) // 4)
    for rank, invoice in enumerate(rng.sample(paid, count)):
        if rank < count * REFUNDED // (REFUNDED + REFUNDED_IN_PART):
            invoice.marks |= {"refunded"}
            invoice.payments = []
        elif len(invoice.lines) > 1:
            invoice.marks |= {"refunded_in_part"}


def counts(ledger):
    """Figures of a plan, for tests and the log."""
    return {
        "customers": len(ledger.customers),
        "invoices": len(ledger.invoices),
        "payments": sum(len(i.payments) for i in ledger.invoices),
        "open": sum(i.is_open(ledger.today) for i in ledger.invoices),
        "behaviours": len(
            {c.behaviour for c in ledger.customers} & set(behaviour.BEHAVIOURS)
        ),
    }
