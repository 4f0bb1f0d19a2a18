"""Two years of ordinary business: invoices and the payments that followed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from . import behaviour, products
from .model import Invoice, Payment
from .terms import due_dates, next_open_day, previous_open_day

SITES = (
    "Chantier Les Lauriers",
    "Résidence Bellevue",
    "École Jules-Ferry",
    "Villa Durand",
    "ZAC des Berges",
    "Lot 4 gros œuvre",
    "Extension atelier",
    "Le Clos des Vignes",
    "Immeuble rue Pasteur",
    "Réhabilitation halle",
)


def ordinary(rng, customer, today, years=2, quiet=0):
    """The invoices of a customer over two years, each with its payments so far.

    :param years: 1 leaves the first year out
    :param quiet: days before ``today`` without any invoice
    """
    habits = behaviour.BEHAVIOURS[customer.behaviour]
    found = []
    for back, span, count, skew in (
        (728, 363, habits.earlier if years > 1 else 0, 0.6),
        (364, 363 - quiet, habits.recent, 0.9),
    ):
        start = today - timedelta(days=back)
        days = _days(rng, start, span, count, skew)
        if customer.behaviour == "new":
            days = [today - timedelta(days=rng.randint(40, 75)) for _day in days]
        for day, draw in zip(days, behaviour.draws(rng, len(days)), strict=True):
            found.append(invoice(rng, customer, day, today, draw=draw))
    return found


def paid_at_once(rng, customer, today):
    """A delivery every eight days since the first reminder, paid on the day: what
    the credit manager agreed with large customers."""
    found = []
    for back in range(behaviour.ASKED_SINCE, 3, -8):
        day = previous_open_day(today - timedelta(days=back))
        made = invoice(rng, customer, day, today, behaviour.amount(rng, 3))
        payments = [Payment(day, number) for number in range(len(made.dues))]
        found.append(replace(made, payments=payments))
    return found


def _days(rng, start, span, count, skew):
    """``count`` working days in ``span`` days; ``skew`` below 1 puts more at the end."""
    places = [((rank + rng.random()) / count) ** skew for rank in range(count)]
    return [previous_open_day(start + timedelta(int(span * place))) for place in places]


def invoice(rng, customer, day, today, amount=None, marks=(), draw=0.5):
    """One invoice of ``day`` with the payments that arrived before ``today``."""
    amount = amount or behaviour.amount(rng, customer.size)
    order = ""
    if customer.nature in ("key_account", "public") or rng.random() < 0.55:
        order = f"BC{day:%y}-{rng.randint(101, 4999):04d}"
        if rng.random() < 0.5 and customer.nature == "standard":
            order = f"{order} {rng.choice(SITES)}"
    made = Invoice(
        customer=customer,
        day=day,
        dues=due_dates(customer.terms, day),
        lines=products.lines(rng, amount),
        term=customer.terms,
        order=order,
        delivery=f"BL{day:%y%m}-{rng.randint(1, 899):03d}",
        marks=frozenset(marks),
    )
    for number, due in enumerate(made.dues):
        made.payments += _payments(rng, made, number, due, today, draw)
    return made


def _payments(rng, invoice, number, due, today, draw):
    name = invoice.customer.behaviour
    asked = due >= today - timedelta(days=behaviour.ASKED_SINCE)
    late = behaviour.lateness(rng, name, draw, asked)
    wanted = max(due + timedelta(days=late), invoice.day)
    # Who pays in time pays before the week-end, who is late after it.
    paid = next_open_day(wanted) if late > 2 else previous_open_day(wanted)
    if paid >= today:
        return []
    payments = []
    if name in ("usual", "difficult") and rng.random() < 0.15:
        early = next_open_day(max(due, paid - timedelta(days=rng.randint(5, 15))))
        if early < paid:
            payments.append(Payment(early, number, Decimal("0.5")))
    recent = (today - paid).days < 45
    channel = "bank" if recent and rng.random() < 0.5 else "transfer"
    return [*payments, Payment(paid, number, channel=channel)]
