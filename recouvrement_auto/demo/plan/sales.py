"""Two years of ordinary business: invoices and the payments that followed."""

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


def ordinary(rng, customer, today, scale=1.0):
    """The invoices of a customer over 24 months, each with its payments so far."""
    habits = behaviour.BEHAVIOURS[customer.behaviour]
    spans = ((728, habits.earlier, 0.6), (364, habits.recent, 0.9))
    found = []
    for back, count, skew in spans:
        start = today - timedelta(days=back)
        days = _days(rng, start, max(round(count * scale), count > 0), skew)
        if customer.behaviour == "new":
            days = [today - timedelta(days=rng.randint(35, 70)) for _day in days]
        for day, draw in zip(days, behaviour.draws(rng, len(days)), strict=True):
            found.append(invoice(rng, customer, day, today, draw=draw))
    return found


def _days(rng, start, count, skew):
    """``count`` working days over a year; ``skew`` below 1 puts more at its end."""
    return [
        previous_open_day(start + timedelta(int(363 * ((i + rng.random()) / count) ** skew)))
        for i in range(count)
    ]


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
    late = timedelta(days=behaviour.lateness(rng, name, draw))
    paid = next_open_day(max(due + late, invoice.day))
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
