"""What was known of a customer's payments on a day: the features of the prediction.

One relation of items is walked once, customer by customer, in the order in which things
became known. Nothing is read that happened on the asked day or later: a payment of that
day may have come after the question. Days are ordinals (``date.toordinal``), delays are
days after the due date. Source of the features: scoring.md section 4.1.

An item is *resolved* for a horizon of h days when one knows whether it was late by more
than h days: at its payment, or h days after the due date while it is unpaid.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right, insort
from collections import Counter, deque
from datetime import date
from typing import NamedTuple

HORIZONS = (0, 7, 30)
SHRINK = 5  # weight of the company's rate against the customer's own items
NEW_BELOW = 3  # with fewer items known the rate of newcomers is the prior
RECENT = 5
RECENT_DAYS = 180
SLOT_SHRINK = 4
LONGEST_DELAY = 365  # a longer delay says nothing more

COMMON = (
    "mean_delay",
    "spread",
    "overdue_share",
    "overdue_count",
    "amount",
    "amount_relative",
    "terms",
    "new",
    "due_monday",
    "due_friday",
    "due_saturday",
    "due_sunday",
    "month_end",
    "disputes",
    "disputes_lost",
    "disputes_won",
    "promises_broken",
    "bounces",
    "age",
)
OWN = (
    *("anchor", "rule", "drift_last", "drift_recent", "other_ratio", "due_weekday"),
    "season",
)
MISSING = math.nan
# A customer pays on one weekday when so large a share of at least that many payments say so.
FEW_BEYOND = 5  # with fewer such delays of the customer those of all are read
FEW_DAYS, ONE_WEEKDAY = 4, 0.6
SATURDAY, SUNDAY = 6, 0  # ordinal modulo 7: day 1 was a Monday


class Item(NamedTuple):
    """One instalment: ordinals, ``paid`` is None while it is unpaid."""

    key: object
    customer: object
    invoiced: int
    due: int
    paid: int | None
    amount: float
    disputed: bool = False


class Fact(NamedTuple):
    """What became known of a customer on a day, off the ledger; ``kind`` is of ``KINDS``.

    ``own`` are the keys of the items that it is about: of them it foretells nothing.
    """

    customer: object
    day: int
    kind: str
    own: tuple = ()


# A dispute was opened; it was lost: the invoice stood; won: a credit note was granted.
KINDS = (
    *("disputes", "disputes_lost", "disputes_won"),
    *("promises_kept", "promises_broken", "bounces"),
)


class History(list):
    """The items of a company, with the ``facts`` of its customers."""

    def __init__(self, items=(), facts=()):
        super().__init__(items)
        self.facts = list(facts)


class Ask(NamedTuple):
    """A question: what was known on ``day`` about the item at ``position``.

    ``morning`` is given for an item that is overdue: the features stop at its due date, so
    that its own delay is no part of them, but how others were paid that were as late is
    told as of then.
    """

    position: int
    day: int
    morning: int | None = None


def known_at(items, day):
    """The items as they were known on the morning of ``day``: no later payment."""
    return History(
        (
            item._replace(paid=None)
            if item.paid is not None and item.paid >= day
            else item
            for item in items
            if item.invoiced < day
        ),
        (fact for fact in facts_of(items) if fact.day < day),
    )


def facts_of(items):
    """The facts that come with ``items``; a plain list has none."""
    return getattr(items, "facts", ())


def is_late(item, horizon, today):
    """True or False once it is known on the morning of ``today``, else None."""
    if item.paid is not None and item.paid < today:
        return item.paid - item.due > horizon
    return True if today - item.due > horizon else None


def resolved_on(item, horizon):
    """``(morning, late)`` from which it is known whether the item is late.

    Never before the morning after its invoice: what is paid in advance was no item yet.
    """
    overdue = max(item.due + horizon, item.invoiced) + 1
    if item.paid is not None and item.paid - item.due <= horizon:
        return paid_morning(item), False
    return overdue, True


def paid_morning(item):
    """The first morning on which the payment is known."""
    return max(item.paid, item.invoiced) + 1


def logit(ratio: float) -> float:
    """Log-odds of a ratio, which is kept off 0 and 1."""
    ratio = min(max(ratio, 1e-3), 1 - 1e-3)
    return math.log(ratio / (1 - ratio))


class Table:
    """Features of the asked items, by column: what one fit or one scoring reads."""

    def __init__(self):
        self.asks = []
        self.common = {name: array("d") for name in COMMON}
        self.own = [{name: array("d") for name in OWN} for _h in HORIZONS]
        self.seen = array("l")
        self.late = [array("l") for _h in HORIZONS]
        self.delays = {name: array("d") for name in DELAYS}
        self.beyond = {}  # position of the item: later delays, sorted

    def __len__(self):
        return len(self.asks)

    def columns(self, index):
        """All the columns of the horizon at ``index``, by name."""
        return {**self.own[index], **self.common}


# Ways to foretell a delay, from what is known of the customer (``_Record.delays``).
DELAYS = ("median", "mix", "mean", "last", "company", "weekday", "spread")


class Market:
    """Rates of the company as they were known on any day, newcomers apart."""

    WINDOW = 365
    ENOUGH = 100

    def __init__(self, items, newcomers):
        self._rates = [_Rate(items, None, h) for h in HORIZONS]
        self._first = [_Rate(items, newcomers, h) for h in HORIZONS]
        self._seasons = [_Season(items, h) for h in HORIZONS]
        self.since = min((item.invoiced for item in items), default=0)
        paid = sorted(
            (paid_morning(item), _clip(item.paid - item.due))
            for item in items
            if item.paid is not None
        )
        self._paid_days = [day for day, _delay in paid]
        self._delays = [delay for _day, delay in paid]
        self._medians = {}

    def rate(self, index, day):
        """Share of late items of all customers, from those of the year before."""
        return self._rates[index].at(day, self.WINDOW, self.ENOUGH)

    def newcomer_rate(self, index, day):
        """The same over the first items of each customer, drawn to all."""
        late, seen = self._first[index].counts(day, self.WINDOW)
        return (late + 20 * self.rate(index, day)) / (seen + 20)

    def season(self, index, due, day):
        """How much later one pays at this time of the year, in log-odds.

        From the items that were due around the same day a year ago, against the year
        around them; 0 where that is not known.
        """
        return self._seasons[index].at(due, day)

    def beyond(self, day, late):
        """Delays above ``late`` among the last 2,000 payments known on ``day``, sorted."""
        stop = bisect_right(self._paid_days, day)
        recent = self._delays[max(0, stop - 2000) : stop]
        return sorted(delay for delay in recent if delay > late)

    def delay(self, day):
        """``(median, mean)`` of the last 2,000 payments known on ``day``."""
        # Once a week: the company's middle does not move from one day to the next.
        week = day - day % 7
        if week not in self._medians:
            stop = bisect_right(self._paid_days, week)
            recent = sorted(self._delays[max(0, stop - 2000) : stop])
            self._medians[week] = (
                (middle(recent), sum(recent) / len(recent)) if recent else (0.0, 0.0)
            )
        return self._medians[week]


class _Rate:
    """Cumulated resolutions of one horizon."""

    def __init__(self, items, only, horizon):
        rows = sorted(
            resolved_on(item, horizon)
            for position, item in enumerate(items)
            if only is None or position in only
        )
        self._days = [day for day, _late in rows]
        self._late = [0]
        for _day, late in rows:
            self._late.append(self._late[-1] + late)

    def counts(self, day, window):
        stop = bisect_right(self._days, day)
        start = bisect_left(self._days, day - window)
        return self._late[stop] - self._late[start], stop - start

    def at(self, day, window, enough):
        late, seen = self.counts(day, window)
        if seen < enough:
            stop = bisect_right(self._days, day)
            late, seen = self._late[stop], stop
        # Two imaginary items, one of them late: no rate is 0 or 1.
        return (late + 1) / (seen + 2)


class _Season:
    """Late items of one horizon by the day on which they were due."""

    YEAR, NEAR, SHRINK = 364, 15, 50  # 52 weeks: the days of the week stay

    def __init__(self, items, horizon):
        self._wait = horizon + 1
        # What is invoiced long after it was due is known too late to be counted.
        rows = sorted(
            (item.due, resolved_on(item, horizon)[1])
            for item in items
            if item.invoiced <= item.due + self._wait
        )
        self._days = [due for due, _late in rows]
        self._late = [0]
        for _due, late in rows:
            self._late.append(self._late[-1] + late)
        self._kept = {}

    def at(self, due, day):
        if due - self.YEAR + self.YEAR // 2 + self._wait >= day:
            return 0.0
        if due not in self._kept:
            self._kept[due] = self._of(due - self.YEAR)
        return self._kept[due]

    def _of(self, middle_day):
        late, seen = self._between(middle_day, self.NEAR)
        all_late, all_seen = self._between(middle_day, self.YEAR // 2)
        if not self._days or self._days[0] > middle_day - self.YEAR // 2:
            return 0.0
        usual = (all_late + 1) / (all_seen + 2)
        return logit((late + self.SHRINK * usual) / (seen + self.SHRINK)) - logit(usual)

    def _between(self, middle_day, days):
        start = bisect_left(self._days, middle_day - days)
        stop = bisect_right(self._days, middle_day + days)
        return self._late[stop] - self._late[start], stop - start


class _Record:
    """Running record of one customer."""

    __slots__ = (
        *("seen", "late", "last", "recent", "slots", "sorted", "last_delays", "total"),
        *("squares", "open", "overdue", "log_amounts", "invoices", "days", "first"),
        *("counts", "own_counts", "bounced", "recent_late"),
    )

    def __init__(self):
        self.seen = [0] * len(HORIZONS)
        self.late = [0] * len(HORIZONS)
        self.last = [deque(maxlen=RECENT) for _h in HORIZONS]
        self.recent = [deque() for _h in HORIZONS]
        self.recent_late = [0] * len(HORIZONS)
        self.slots = [{} for _h in HORIZONS]
        self.sorted, self.last_delays = [], deque(maxlen=RECENT)
        self.total = self.squares = self.log_amounts = 0.0
        self.open = self.overdue = self.invoices = 0
        self.days = [0] * 7
        self.first = None
        self.counts, self.own_counts, self.bounced = Counter(), {}, deque()

    def resolve(self, index, day, late, due):
        """An item is now known to be late or not."""
        self.seen[index] += 1
        self.late[index] += late
        self.last[index].append(late)
        self.recent[index].append((day, late))
        self.recent_late[index] += late
        slot = self.slots[index].setdefault(due % 7, [0, 0])
        slot[0] += late
        slot[1] += 1

    def pay(self, item):
        """A payment is now known."""
        delay = _clip(item.paid - item.due)
        insort(self.sorted, delay)
        self.last_delays.append(delay)
        self.total += delay
        self.squares += delay * delay
        self.open -= 1
        self.overdue -= item.paid > item.due
        self.counts["disputes"] += item.disputed
        self.days[item.paid % 7] += 1

    def invoice(self, item):
        """An invoice is now known."""
        if self.first is None:
            self.first = item.invoiced
        self.open += 1
        self.invoices += 1
        self.log_amounts += math.log(max(item.amount, 0.01))

    def learn(self, fact):
        """A fact is now known."""
        self.counts[fact.kind] += 1
        for key in fact.own:
            self.own_counts.setdefault(key, Counter())[fact.kind] += 1
        if fact.kind == "bounces":
            self.bounced.append(fact.day)

    # === FEATURES === #

    def common(self, item, day, market_delay, since):
        """Values of ``COMMON``; ``since`` is the first day of the history."""
        paid = len(self.sorted)
        spread = MISSING
        if paid > 1:
            variance = (self.squares - self.total**2 / paid) / (paid - 1)
            spread = math.log1p(math.sqrt(max(variance, 0.0)))
        open_count = self.open - (item.invoiced < day)
        amount = math.log(max(item.amount, 0.01))
        relative = amount - self.log_amounts / self.invoices if self.invoices else 0.0
        weekday = (item.due - 1) % 7  # ordinal 1 was a Monday
        return (
            _compress((self.total + 3 * market_delay) / (paid + 3)),
            spread,
            self.overdue / (open_count + 2),
            math.log1p(self.overdue),
            amount,
            relative,
            math.log1p(max(item.due - item.invoiced, 0)),
            float(self.seen[0] == 0),
            float(weekday == 0),
            float(weekday == 4),
            float(weekday == 5),
            float(weekday == 6),
            float(_is_month_end(item.due)),
            *self._behaviour(item, day, paid),
            self._age(day, since),
        )

    def _age(self, day, since):
        """Age of the relation as a share of that of the history: days alone grow with the
        calendar, and in a short history everybody is new."""
        if day - since < Market.WINDOW:
            return MISSING
        return 0.0 if self.first is None else (day - self.first) / (day - since)

    def _behaviour(self, item, day, paid):
        """Disputes, promises and returned messages, none of them about the item."""
        known = self.counts
        if item.key in self.own_counts:
            known = known - self.own_counts[item.key]
        kept, broken = known["promises_kept"], known["promises_broken"]
        while self.bounced and self.bounced[0] < day - Market.WINDOW:
            self.bounced.popleft()
        return (
            known["disputes"] / (paid + SHRINK),
            known["disputes_lost"] / (paid + SHRINK),
            known["disputes_won"] / (paid + SHRINK),
            (broken + 1) / (kept + broken + 2) - 0.5,
            math.log1p(len(self.bounced)),
        )

    def own(self, index, item, day, market):
        """Values of ``OWN`` for one horizon."""
        seen, late = self.seen[index], self.late[index]
        rate = market.rate(index, day)
        prior = rate if seen >= NEW_BELOW else market.newcomer_rate(index, day)
        ratio = (late + SHRINK * prior) / (seen + SHRINK)
        last = self.last[index]
        drift = (sum(last) + 2 * ratio) / (len(last) + 2) - ratio
        other = 2 if index < 2 else 1
        other_rate = market.rate(other, day)
        slot_late, slot_seen = self.slots[index].get(item.due % 7, (0, 0))
        slot = (slot_late + SLOT_SHRINK * ratio) / (slot_seen + SLOT_SHRINK) - ratio
        return (
            logit(ratio),
            (late + SHRINK * rate) / (seen + SHRINK),
            drift,
            self._recent_drift(index, day, ratio),
            (self.late[other] + SHRINK * other_rate) / (self.seen[other] + SHRINK),
            slot,
            market.season(index, item.due, day),
        )

    def _recent_drift(self, index, day, ratio):
        recent = self.recent[index]
        while recent and recent[0][0] < day - RECENT_DAYS:
            self.recent_late[index] -= recent.popleft()[1]
        late = self.recent_late[index]
        return (late + SHRINK * ratio) / (len(recent) + SHRINK) - ratio

    def delays(self, item, market_delay):
        """Foretold delays, one for each way of ``DELAYS`` but the last, a spread."""
        paid = len(self.sorted)
        if not paid:
            return (market_delay,) * 6 + (MISSING,)
        weight = paid / (paid + 1)
        median = weight * middle(self.sorted) + (1 - weight) * market_delay
        last = sum(self.last_delays) / len(self.last_delays)
        mix = (middle(self.sorted) + middle(sorted(self.last_delays))) / 2
        mix = weight * mix + (1 - weight) * market_delay
        return (
            median,
            mix,
            weight * self.total / paid + (1 - weight) * market_delay,
            last,
            market_delay,
            self._on_payment_day(item.due, median),
            self._spread(),
        )

    def _on_payment_day(self, due, delay):
        """``delay`` moved to the nearest day of the week on which this customer pays."""
        total, count = sum(self.days), max(self.days)
        if total < FEW_DAYS:
            return delay
        day = due + round(delay)
        if count >= ONE_WEEKDAY * total:
            back = (day - self.days.index(count)) % 7
            return float(day - back - due if back <= 3 else day - back + 7 - due)
        if not self.days[SATURDAY] + self.days[SUNDAY]:
            day += {SATURDAY: 2, SUNDAY: 1}.get(day % 7, 0)
            return float(day - due)
        return delay

    def beyond(self, late):
        """Delays of the customer above ``late``, sorted."""
        return self.sorted[bisect_right(self.sorted, late) :]

    def _spread(self):
        """Half the range of the middle 80 % of the delays, None with fewer than 3."""
        paid = len(self.sorted)
        if paid < NEW_BELOW:
            return MISSING
        cut = paid // 10
        return (self.sorted[-1 - cut] - self.sorted[cut]) / 2


def observe(items, asks):
    """The ``Table`` of the asked items, in the order of ``asks`` sorted by customer.

    :param items: ``History``, or a list of ``Item``; the walk does not depend on its order
    :param asks: list of ``Ask``
    """
    order, newcomers = _order(items)
    market = Market(items, newcomers)
    asked, facts = {}, {}
    for ask in asks:
        asked.setdefault(items[ask.position].customer, []).append(ask)
    for fact in sorted(facts_of(items), key=lambda fact: (fact.day, fact.kind)):
        facts.setdefault(fact.customer, []).append(fact)
    table = Table()
    for customer, positions in order.items():
        if customer in asked:
            events = _events(items, positions, asked[customer])
            events += [
                (fact.day + 1, FACT, rank, fact)
                for rank, fact in enumerate(facts.get(customer, ()))
            ]
            events.sort(key=lambda event: event[:3])
            _walk(items, events, market, table)
    return table


def _order(items):
    """Positions by customer in the order of invoicing, and those of newcomers."""
    ranked = sorted(
        range(len(items)),
        key=lambda p: (items[p].invoiced, items[p].due, str(items[p].key)),
    )
    order, newcomers = {}, set()
    for position in ranked:
        mine = order.setdefault(items[position].customer, [])
        if len(mine) < NEW_BELOW:
            newcomers.add(position)
        mine.append(position)
    return order, newcomers


RESOLVED, PAID, OVERDUE, FACT, ASKED, BEYOND, INVOICED = range(7)


def _events(items, positions, asks):
    """What became known of one customer, to be sorted; a question comes before the same
    day's invoices and after what was known in the morning."""
    events = [(ask.day, ASKED, rank, ask) for rank, ask in enumerate(asks)]
    events += [
        (ask.morning, BEYOND, rank, ask)
        for rank, ask in enumerate(asks)
        if ask.morning is not None
    ]
    for rank, position in enumerate(positions):
        item = items[position]
        events.append((item.invoiced, INVOICED, rank, item))
        for index, horizon in enumerate(HORIZONS):
            day, late = resolved_on(item, horizon)
            events.append((day, RESOLVED, rank * 3 + index, (index, late, item.due)))
        if item.paid is not None:
            events.append((paid_morning(item), PAID, rank, item))
        if item.paid is None or item.paid > item.due:
            day = max(item.due, item.invoiced) + 1
            events.append((day, OVERDUE, rank, item))
    return events


def _walk(items, events, market, table):
    record = _Record()
    for day, kind, _rank, what in events:
        if kind == RESOLVED:
            index, late, due = what
            record.resolve(index, day, late, due)
        elif kind == PAID:
            record.pay(what)
        elif kind == OVERDUE:
            record.overdue += 1
        elif kind == INVOICED:
            record.invoice(what)
        elif kind == FACT:
            record.learn(what)
        elif kind == BEYOND:
            late = day - 1 - items[what.position].due
            own = record.beyond(late)
            table.beyond[what.position] = (
                own if len(own) >= FEW_BEYOND else market.beyond(day, late)
            )
        else:
            _note(items[what.position], what, record, market, table)


def _note(item, ask, record, market, table):
    """Add one row of features to the table."""
    median, mean = market.delay(ask.day)
    table.asks.append(ask)
    table.seen.append(record.seen[0])
    for column, value in zip(
        table.common.values(),
        record.common(item, ask.day, mean, market.since),
        strict=True,
    ):
        column.append(value)
    for index, own in enumerate(table.own):
        table.late[index].append(record.late[index])
        values = record.own(index, item, ask.day, market)
        for column, value in zip(own.values(), values, strict=True):
            column.append(value)
    for column, value in zip(
        table.delays.values(), record.delays(item, median), strict=True
    ):
        column.append(value)


# === SMALL HELP === #


def middle(ordered) -> float:
    """Median of a sorted sequence that is not empty."""
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return (ordered[half - 1] + ordered[half]) / 2


def _clip(delay):
    return min(max(delay, -LONGEST_DELAY), LONGEST_DELAY)


def _compress(days):
    return math.copysign(math.log1p(abs(days)), days)


def _is_month_end(ordinal):
    """The last three days of a month."""
    return date.fromordinal(ordinal + 3).day <= 3
