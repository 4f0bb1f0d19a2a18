"""The customers of the demo company, read from ``data/customers.csv``."""

import csv
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from . import identity

DATA = Path(__file__).resolve().parent.parent / "data"

# Customers that carry a case of their own, whatever the size of the company.
SWISS, IRISH = "chf", "english"


@dataclass(frozen=True)
class Customer:
    """One line of the file. ``number`` is its rank, from which identifiers derive."""

    number: int
    key: str
    name: str
    street: str
    zip: str
    city: str
    contact: str
    function: str
    behaviour: str
    terms: str
    size: int
    seller: str
    tags: frozenset

    @property
    def is_person(self):
        """True for the private person."""
        return "consumer" in self.tags

    @property
    def nature(self):
        """Nature of the collection file."""
        for nature in ("key_account", "public", "consumer"):
            if nature in self.tags:
                return nature
        return "standard"

    @property
    def ladder(self):
        """The scenario that this customer should be given, see ``ladders.py``."""
        return self.behaviour if self.nature == "standard" else self.nature

    @property
    def siren(self):
        """Its SIREN; none for persons and foreigners."""
        if self.is_person or self.tags & {SWISS, IRISH}:
            return ""
        return identity.siren(self.number, public=self.nature == "public")

    @property
    def email(self):
        """The general address of the accounts department, or what stands for it."""
        if "no_email" in self.tags:
            return ""
        if "bad_email" in self.tags:
            return f"comptabilite[at]{self.key}.example"
        if self.is_person:
            return "g.pommier@courrier.example"
        local = "accounts" if IRISH in self.tags else "comptabilite"
        return f"{local}@{self.key}.example"

    @property
    def contact_email(self):
        """The address of the named contact."""
        if not self.contact or self.tags & {"no_email", "bad_email"}:
            return ""
        return f"{ascii_name(self.contact)}@{self.key}.example"


def ascii_name(name):
    """``Père Xavier Domenget`` -> ``pere.xavier.domenget``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join(plain.lower().replace("'", "").split())


def load(scale=1.0):
    """The customers: all of them, or for a small company those with a case of their own.

    :param scale: share of the ordinary customers, those without any tag, that is kept
    """
    with (DATA / "customers.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    customers, kept = [], 0.0
    for number, row in enumerate(rows, 1):
        tags = frozenset(row.pop("tags").split())
        size = int(row.pop("size"))
        customer = Customer(number=number, tags=tags, size=size, **row)
        if not tags:
            kept += min(scale, 1.0)
            if kept < 1.0 - 1e-9:
                continue
            kept -= 1.0
        customers.append(customer)
    return customers
