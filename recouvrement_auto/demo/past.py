"""The open items of the past, day by day, for the tale of the past nights."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import SQL

NO_TABLES = {"options": {}, "cycles": {}, "positions": {}, "extra": {}}


class PastItems:
    """What every customer owed on each day, from the entries and their matchings."""

    def __init__(self, env, company, context, start):
        self.env = env
        self.company = company
        self.context = context
        self.rows = self._rows(start)
        self.born, self.settled = self._movements()

    def _rows(self, start):
        """One row per line that was open on some Monday since ``start``."""
        OpenItem = self.env["recouvrement.open.item"]
        found, day = {}, start
        while day <= self.context.day:
            query = OpenItem._query(self.company, day)
            for row in self.env.execute_query_dict(query):
                if row["partner_id"]:
                    found.setdefault(row["line_id"], row)
            day += timedelta(days=7)
        return found

    def _movements(self):
        """Amounts of each line at birth, and what was matched on which day."""
        ids = tuple(self.rows) or (0,)
        born = {
            line_id: (day, amount, currency_amount)
            for line_id, day, amount, currency_amount in self.env.execute_query(
                SQL(
                    "SELECT id, date, balance, amount_currency FROM account_move_line "
                    "WHERE id IN %s",
                    ids,
                )
            )
        }
        settled = defaultdict(list)
        for line_id, day, amount, currency_amount in self.env.execute_query(
            SQL(
                """SELECT debit_move_id, max_date, amount, debit_amount_currency
                     FROM account_partial_reconcile WHERE debit_move_id IN %(ids)s
                UNION ALL
                   SELECT credit_move_id, max_date, -amount, -credit_amount_currency
                     FROM account_partial_reconcile WHERE credit_move_id IN %(ids)s""",
                ids=ids,
            )
        ):
            settled[line_id].append((day, amount, currency_amount))
        return born, settled

    def items(self, bundle):
        """The items of a customer, all days together, without position."""
        Facts = self.env["recouvrement.planner.facts"]
        partner_id = bundle.customer.partner_id.id
        return [
            Facts._item(row, self.context, bundle.version, NO_TABLES, [])
            for row in self.rows.values()
            if row["partner_id"] == partner_id
        ]

    def on(self, items, day: date):
        """``items`` as they stood in the evening before ``day``."""
        found = []
        for item in items:
            born, amount, residual = self.born[item.line_id]
            if born >= day:
                continue
            for settled_on, part, currency_part in self.settled[item.line_id]:
                if settled_on < day:
                    amount, residual = amount - part, residual - currency_part
            if amount:
                found.append(replace(item, amount=Decimal(amount), residual=residual))
        return found
