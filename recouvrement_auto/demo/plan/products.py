"""What the company sells, and how an amount becomes lines of an invoice."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from .customers import DATA
from .model import Line


@dataclass(frozen=True)
class Product:
    """One line of ``data/products.csv``."""

    code: str
    name: str
    price: Decimal
    kind: str


@cache
def load():
    """The catalogue, in the order of the file."""
    with (DATA / "products.csv").open(encoding="utf-8", newline="") as source:
        return tuple(
            Product(r["code"], r["name"], Decimal(r["price"]), r["kind"])
            for r in csv.DictReader(source, delimiter=";")
        )


def lines(rng, amount):
    """Lines that come near ``amount`` before tax; big invoices have more of them."""
    goods = [p for p in load() if p.kind == "goods" and p.price <= amount]
    count = 1 if amount < 1500 else 2 if amount < 12_000 else 3
    chosen = rng.sample(goods, count)
    weights = [rng.uniform(0.6, 1.4) for _product in chosen]
    result = []
    for product, weight in zip(chosen, weights, strict=True):
        wanted = Decimal(str(round(amount * weight / sum(weights), 2)))
        quantity = max(1, round(wanted / product.price))
        result.append(Line(product.code, Decimal(quantity)))
    if amount > 900 and rng.random() < 0.25:
        delivery = "LIV-GRUE" if amount > 4000 else "LIV-CAMION"
        result.append(Line(delivery, Decimal(1)))
    return result
