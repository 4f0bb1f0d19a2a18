"""The plan of the demo company: deterministic, believable, the same on every day."""

import re
import sys
import types
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from stdnum import iban as iban_number
from stdnum.fr import siren, siret, tva
from stdnum.ie import vat as irish_vat

ADDON = Path(__file__).resolve().parent.parent.parent / "recouvrement_auto"

# ``demo/__init__`` needs Odoo, its ``plan`` does not.
package = types.ModuleType("recouvrement_auto.demo")
package.__path__ = [str(ADDON / "demo")]
sys.modules.setdefault(package.__name__, package)

from recouvrement_auto.demo.plan import (  # noqa: E402
    behaviour,
    customers,
    identity,
    ladders,
    ledger,
    products,
    scenes,
    terms,
)
from recouvrement_auto.tools import working_time  # noqa: E402

TUESDAY = date(2026, 11, 24)
YEAR = [
    date(2026, 1, 1) + timedelta(days=7 * week + week % 7) for week in range(0, 52, 2)
]
DAYS = [TUESDAY + timedelta(days=n) for n in range(7)]


@pytest.fixture(scope="module")
def plan():
    return ledger.build(TUESDAY)


def flat(found):
    """Everything that a ledger says, to compare two of them."""
    return [
        (i.customer.key, i.day, i.dues, i.lines, i.order, i.payments, sorted(i.marks))
        for i in found.invoices
    ]


def test_same_day_same_ledger(plan):
    again = ledger.build(TUESDAY)
    assert flat(again) == flat(plan)
    assert flat(ledger.build(TUESDAY + timedelta(days=1))) != flat(plan)


@pytest.mark.parametrize("day", YEAR)
def test_never_ages(day):
    found = ledger.build(day)
    figures = ledger.counts(found)
    assert figures["customers"] == 117
    assert 500 <= figures["invoices"] <= 900
    assert 90 <= figures["open"] <= 170
    assert figures["behaviours"] == 6
    assert min(i.day for i in found.invoices) >= day - timedelta(days=730)
    assert max(i.day for i in found.invoices) < day
    assert all(p.day < day for i in found.invoices for p in i.payments)
    assert all(p.day >= i.day for i in found.invoices for p in i.payments)


def test_small_company_keeps_every_case(plan):
    small = ledger.build(TUESDAY, scale=0.1)
    assert ledger.counts(small)["invoices"] < len(plan.invoices) / 2
    tags = {t for c in plan.customers for t in c.tags}
    assert {t for c in small.customers for t in c.tags} == tags
    assert {i.marks for i in plan.invoices if i.marks} == {
        i.marks for i in small.invoices if i.marks
    }


def test_each_instalment_is_paid_once(plan):
    for invoice in plan.invoices:
        last = Counter(p.instalment for p in invoice.payments if p.share == 1)
        assert not last or max(last.values()) == 1, invoice
        assert set(last) <= set(range(len(invoice.dues)))


def test_scenes_name_known_customers():
    known = {c.key for c in customers.load()}
    assert scenes.actors() <= known
    assert set(scenes.CREDITS) <= known


def test_identifiers_are_right_and_unique():
    found = customers.load()
    numbers = [c.siren for c in found if c.siren]
    assert len(numbers) == len(set(numbers)) > 100
    for number in [*numbers, identity.siren(0)]:
        assert siren.is_valid(number)
        assert siret.is_valid(identity.siret(number))
        assert tva.is_valid(identity.french_vat(number))
        assert number.startswith(("000", "2100"))  # given to nobody
    assert irish_vat.is_valid(identity.irish_vat(3456789))
    assert iban_number.is_valid(identity.iban(20190603))
    assert len({c.name for c in found}) == len(found)


def test_nobody_real_can_be_reached():
    for customer in customers.load():
        phone = identity.phone(2000 + customer.number, customer.zip)
        assert re.fullmatch(r"(01 99 00|04 65 71) \d\d \d\d", phone)
        assert identity.mobile(customer.number).startswith("06 39 98 ")
        for address in (customer.email, customer.contact_email):
            assert not address or address.endswith(".example")
            assert address.isascii()


def test_cases_of_the_issue_are_there():
    found = customers.load()
    natures = Counter(c.nature for c in found)
    assert natures["key_account"] == 3
    assert natures["public"] == 3
    assert natures["consumer"] == 1
    tags = Counter(t for c in found for t in c.tags)
    for tag in (
        "chf english client no_email bad_email archived_contact bounced paused "
        "item_paused unallocated unallocated_small credit_over blocked no_followup "
        "doubtful old_debt below_min instalments no_term hardship own_segment"
    ).split():
        assert tags[tag] == (2 if tag == "below_min" else 1), tag
    assert {c.terms for c in found} == set(terms.TERMS)
    assert {c.behaviour for c in found} == set(behaviour.BEHAVIOURS)


@pytest.mark.parametrize("term", terms.TERMS)
@pytest.mark.parametrize("day", DAYS)
def test_invoice_date_gives_the_due_date(term, day):
    due = terms.due_dates(term, terms.invoice_date_for(term, day))[0]
    assert due == day or (term == "45fm" and due == terms.month_end(due) < day)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", ["good", "occasional", "usual", "difficult", "public"])
@pytest.mark.parametrize("step", ["first", "second", "call", "firm", "formal"])
def test_a_scene_falls_on_the_night(day, name, step):
    """The step is due on the day itself; a few cannot fall on a given day of the week."""
    ladder = ladders.default()[name]
    wanted = ladders.step_of(ladder, step)
    if wanted is None:
        return
    due = day - timedelta(days=ladders.days_late(ladder, step, day))

    def is_open(other):
        return other == day or working_time.is_business_day(other)

    taken = ladders.taken_on(ladder, wanted, due, day, 1000, is_open)
    assert taken and day - timedelta(days=4) <= taken <= day
    if name == "occasional":
        assert taken == day


def test_lines_come_near_the_amount():
    import random

    rng = random.Random(1)
    prices = {p.code: p.price for p in products.load()}
    for amount in (30, 640, 2150, 31000):
        total = sum(
            line.quantity * prices[line.product] for line in products.lines(rng, amount)
        )
        assert 0.5 * amount <= total <= 1.5 * amount + 150


def test_lateness_keeps_the_shares_of_the_behaviour():
    import random

    rng = random.Random(7)
    for name, limit in (("good", 2), ("usual", 29), ("difficult", 75)):
        days = [behaviour.lateness(rng, name, draw) for draw in behaviour.draws(rng, 6)]
        assert max(days) <= limit
        if name == "usual":
            assert sum(d > 5 for d in days) >= 5
        if name == "difficult":
            assert sum(d > 30 for d in days) >= 3


@pytest.mark.parametrize("name", behaviour.BEHAVIOURS)
def test_nobody_is_called_otherwise_before_the_first_reminder(name):
    """A band is late before and after, beyond 30 days before and after."""
    habits = behaviour.BEHAVIOURS[name]
    assert len(habits.lateness) == len(habits.unasked)
    for (_weight, low, high), (before_low, before_high) in zip(
        habits.lateness, habits.unasked, strict=True
    ):
        assert low <= before_low <= before_high
        assert (high <= 2) == (before_high <= 2)
        if name != "inactive":
            assert (high <= 30) == (before_high <= 30)


@pytest.mark.parametrize("day", YEAR[::5])
def test_cash_comes_sooner_once_customers_are_reminded(day):
    """DSO of the half-year before the first reminder against that of yesterday."""
    prices = {p.code: p.price for p in products.load()}
    rows = []
    for invoice in ledger.build(day).invoices:
        amount = float(sum(li.quantity * prices[li.product] for li in invoice.lines))
        amount *= (
            -1 if invoice.kind == "credit" else 0 if "refunded" in invoice.marks else 1
        )
        part = amount / len(invoice.dues)
        paid = {p.instalment: p.day for p in invoice.payments if p.share == 1}
        rows.append((invoice.day, amount, part, paid, len(invoice.dues)))

    def dso(on):
        open_now = sum(
            part
            for made, _amount, part, paid, count in rows
            for number in range(count)
            if made <= on and paid.get(number, day) > on
        )
        sold = sum(a for made, a, *_rest in rows if 0 <= (on - made).days < 90)
        return open_now / sold * 90

    start = day - timedelta(days=behaviour.ASKED_SINCE)
    before = [dso(start - timedelta(days=30 * n)) for n in range(6)]
    assert dso(day - timedelta(days=1)) < sum(before) / len(before)


def test_only_plain_files_stand_in_the_demo():
    """The whole company is under version control: text, and one small picture."""
    found = {
        p.suffix for p in (ADDON / "demo").rglob("*.*") if "__pycache__" not in str(p)
    }
    assert found <= {".py", ".csv", ".xml", ".svg", ".png"}
    assert (ADDON / "demo" / "img" / "logo.png").stat().st_size < 20_000
