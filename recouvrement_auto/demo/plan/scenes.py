"""The open items that make tonight worth looking at, one case after the other."""

import csv
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from . import sales
from .customers import DATA
from .ladders import days_late
from .model import Line, OnAccount, Opening, Payment
from .terms import due_dates, invoice_date_for, previous_open_day

QUIET = 62  # days in which the only invoices of the actors are those of the scenes
CREDITS = {"beton-cire-lyon": 260, "btp-ferreol": 940, "decobati": None}
SETTLED = (15, 30)  # days ago, when the other debts of the actors were paid


def load():
    """Rows of ``data/scenes.csv``: customer key, step, amount and marks."""
    with (DATA / "scenes.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter=";"))


def actors():
    """Keys of the customers that play in a scene."""
    return {row["customer"] for row in load()}


def clear_stage(rng, invoices, today):
    """Settle what an actor owes, so that his scenes alone decide what tonight brings."""
    kept = []
    for invoice in invoices:
        day = previous_open_day(today - timedelta(days=rng.randint(*SETTLED)))
        if invoice.is_open(today) and invoice.due >= day:
            continue
        if invoice.is_open(today):
            invoice.payments = [
                p for p in invoice.payments if p.share != 1 and p.day <= day
            ] + [Payment(day, n) for n in range(len(invoice.dues))]
        kept.append(invoice)
    return kept


def play(rng, customers, ladders, today):
    """The invoices of the scenes."""
    by_key = {customer.key: customer for customer in customers}
    return [
        _invoice(rng, by_key[row["customer"]], row, ladders, today)
        for row in load()
        if row["customer"] in by_key
    ]


def _invoice(rng, customer, row, ladders, today):
    amount = float(row["amount"])
    late = days_late(ladders[customer.ladder], row["step"], today, amount)
    day = invoice_date_for(customer.terms, today - timedelta(days=late))
    made = sales.invoice(rng, customer, day, today, amount, row["marks"].split())
    made = replace(made, payments=[], dues=due_dates(customer.terms, day))
    if amount < 10:
        made.lines = [Line("MOR-BAT-25", Decimal(1))]
    if "tiny" in made.marks:
        paid = previous_open_day(today - timedelta(days=12))
        made.payments = [
            Payment(paid, short=Decimal(str(round(rng.uniform(0.2, 1.9), 2))))
        ]
    return made


def on_account(customers, today):
    """Money that nobody has matched yet."""
    amounts = {"unallocated": "4000.00", "unallocated_small": "640.00"}
    found = []
    for customer in customers:
        for tag in customer.tags & set(amounts):
            day = previous_open_day(today - timedelta(days=3))
            memo = f"VIR {customer.name.upper()} ACOMPTE CHANTIER"
            found.append(OnAccount(customer, day, Decimal(amounts[tag]), memo))
    return found


def openings(customers, today):
    """Items taken over from a merged business: a general journal, no invoice."""
    day = previous_open_day(today - timedelta(days=150))
    found = []
    for rank, customer in enumerate(c for c in customers if "opening" in c.tags):
        due = today - timedelta(days=96 + 21 * rank)
        amount = Decimal("1842.60") + 615 * rank
        found.append(Opening(customer, day, due, amount, f"FA-{2087 + 31 * rank}"))
    return found


def credits(rng, ledger):
    """Credit notes without an invoice, still open.

    That of ``decobati`` takes back what is overdue to the cent: nothing is due any more.
    """
    by_key = {customer.key: customer for customer in ledger.customers}
    found = []
    for key, amount in CREDITS.items():
        if key not in by_key:
            continue
        day = previous_open_day(ledger.today - timedelta(days=rng.randint(15, 20)))
        note = sales.invoice(rng, by_key[key], day, ledger.today, amount)
        late = [
            i
            for i in ledger.invoices
            if i.customer.key == key and i.is_open(ledger.today)
        ]
        whole = amount is None and late
        lines = late[0].lines if whole else note.lines
        note = replace(note, kind="credit", lines=lines, dues=(day,), payments=[])
        note.order = "Reprise de marchandise" if whole else "Remise de fin d'année"
        found.append(note)
    return found
