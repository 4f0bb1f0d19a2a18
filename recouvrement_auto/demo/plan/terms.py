"""Payment terms of the demo company: due dates of an invoice, and back."""

import calendar
from datetime import timedelta

# key: (name on the invoice, ((percent, days, end of month?), ...))
TERMS = {
    "30": ("30 jours date de facture", ((100, 30, False),)),
    "50": ("50 jours date de facture", ((100, 50, False),)),
    "60": ("60 jours date de facture", ((100, 60, False),)),
    "45fm": ("45 jours fin de mois", ((100, 45, True),)),
    "3x": (
        "3 échéances à 30, 60 et 90 jours",
        ((33.34, 30, False), (33.33, 60, False), (33.33, 90, False)),
    ),
    "now": (None, ((100, 0, False),)),
}


def month_end(day):
    """Last day of the month of ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def due_dates(term, day):
    """Due dates of the instalments of an invoice of ``day``."""
    dates = []
    for _percent, days, end_of_month in TERMS[term][1]:
        due = day + timedelta(days=days)
        dates.append(month_end(due) if end_of_month else due)
    return tuple(dates)


def invoice_date_for(term, due, instalment=0):
    """The invoice date that gives ``due`` for an instalment.

    An end of month cannot give any day: the invoice is dated so that it falls due at the
    last end of month that is not after ``due``.
    """
    _percent, days, end_of_month = TERMS[term][1][instalment]
    if end_of_month and due != month_end(due):
        due = due.replace(day=1) - timedelta(days=1)
    return due - timedelta(days=days)


def previous_open_day(day):
    """``day``, or the Friday before it."""
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def next_open_day(day):
    """``day``, or the Monday after it."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day
