"""Return on investment: cash freed, hours saved, cost of a message. Estimates, and said so."""

from __future__ import annotations

from dataclasses import dataclass

from .kpi import cash_freed


@dataclass(frozen=True)
class Gain:
    """What collection by the suite brought since it started.

    ``days`` of DSO won (negative when lost), ``cash`` freed by them, ``financing`` saved a
    year on that cash, ``hours`` saved, their ``value``, and the cost of one message by hand
    and now. Money in the currency of the company.
    """

    days: float
    cash: float
    financing: float
    hours: float
    value: float
    cost_by_hand: float
    cost_now: float


def gain(
    dso_before: float,
    dso_now: float,
    yearly_sales: float,
    financing_rate: float,
    messages: int,
    minutes_by_hand: float,
    minutes_now: float,
    hourly_cost: float,
) -> Gain:
    """Cash = yearly sales / 365 x days won; hours = messages x minutes saved.

    :param financing_rate: percent a year that the company pays for its cash
    :param minutes_now: minutes that a person still spends on a message
    """
    days = dso_before - dso_now
    cash = cash_freed(yearly_sales, days)
    hours = messages * (minutes_by_hand - minutes_now) / 60
    return Gain(
        days=days,
        cash=cash,
        financing=cash * financing_rate / 100,
        hours=hours,
        value=hours * hourly_cost,
        cost_by_hand=minutes_by_hand / 60 * hourly_cost,
        cost_now=minutes_now / 60 * hourly_cost,
    )
