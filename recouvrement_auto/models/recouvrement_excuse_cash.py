from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Journals whose entries are money; everything else that lowers a debt (credit note,
# compensation, write-off, exchange difference) is no payment.
CASH_JOURNALS = ("bank", "cash", "credit")


class RecouvrementExcuseCash(models.AbstractModel):
    """Real cash in the ledger for the items of promises and plans, read in sets."""

    _name = "recouvrement.excuse.cash"
    _description = "Cash received for items"

    @api.model
    def _open_rows(self, customer, items):
        """Values of the items of a new promise or plan.

        :param items: ``account.move.line`` records or ids, or ``(move id, due date)`` keys
        :return: ``(currency, [dict])``; the currency of the invoices when they share one,
            else that of the company
        :raises UserError: an item is not open, or belongs to another customer
        """
        company = customer.company_id
        self.env.flush_all()
        found = self.env.execute_query_dict(
            self.env["recouvrement.open.item"]._query(
                company,
                company._recouvrement_today(),
                live=True,
                partner_ids=customer.partner_id.ids,
            )
        )
        wanted = set(items.ids if isinstance(items, models.BaseModel) else items)
        rows = [
            row
            for row in found
            if row["amount"] > 0
            and (
                row["line_id"] in wanted or (row["move_id"], row["due_date"]) in wanted
            )
        ]
        known = {row["line_id"] for row in rows} | {
            (row["move_id"], row["due_date"]) for row in rows
        }
        if not rows or wanted - known:
            raise UserError(
                self.env._("Choose invoices of this customer that are not paid yet.")
            )
        return self._item_values(company, rows)

    @api.model
    def _item_values(self, company, rows):
        ids = {row["currency_id"] for row in rows}
        shared = len(ids) == 1
        currency = (
            self.env["res.currency"].browse(ids.pop())
            if shared
            else company.currency_id
        )
        keys = {(row["move_id"], row["due_date"]): row for row in rows}
        cash = self._cash_of(company, list(keys))
        values = []
        for key, row in keys.items():
            same = [r for r in rows if (r["move_id"], r["due_date"]) == key]
            paid = cash.get(key, (0, 0))
            values.append(
                {
                    "move_id": key[0],
                    "move_name": row["move_name"],
                    "due_date": key[1],
                    "residual": sum(
                        r["residual"] if shared else r["amount"] for r in same
                    ),
                    "cash_before": paid[1] if shared else paid[0],
                }
            )
        return currency, values

    @api.model
    def _cash_of(self, company, keys):
        """``(move, due date) -> (company currency, document currency)`` of cash matched."""
        rows = self.env.execute_query_dict(
            self._query(
                company,
                SQL(
                    "(VALUES %s)",
                    SQL(", ").join(
                        SQL("(%s, %s, %s::date, NULL::date)", 0, *key) for key in keys
                    ),
                ),
            )
        )
        return {
            (row["move_id"], row["due_date"]): (row["cash"], row["cash_currency"])
            for row in rows
        }

    @api.model
    def _query(self, company, items):
        """SQL: one row per item with its residual and the cash matched with it.

        :param items: SQL in parentheses of rows ``(id, move_id, due_date, until)``; payments
            count up to the bank date ``until`` only, NULL = all of them
        :return: ``id, move_id, due_date, draft, residual, residual_currency, cash,
            cash_currency`` and the cash that came after ``until``: ``late, late_currency``;
            zeros for an item whose entry is gone
        """
        return SQL(
            """
            SELECT item.id, item.move_id, item.due_date,
                   COALESCE(BOOL_OR(line.parent_state = 'draft'), FALSE) AS draft,
                   COALESCE(SUM(line.amount_residual)
                       FILTER (WHERE line.parent_state = 'posted'), 0) AS residual,
                   COALESCE(SUM(line.amount_residual_currency)
                       FILTER (WHERE line.parent_state = 'posted'), 0)
                       AS residual_currency,
                   COALESCE(SUM(cash.amount), 0) AS cash,
                   COALESCE(SUM(cash.amount_currency), 0) AS cash_currency,
                   COALESCE(SUM(cash.late), 0) AS late,
                   COALESCE(SUM(cash.late_currency), 0) AS late_currency
              FROM %(items)s AS item(id, move_id, due_date, until)
         LEFT JOIN LATERAL (
                   SELECT * FROM %(lines)s line
                    WHERE COALESCE(line.date_maturity, line.date) = item.due_date) line
                ON TRUE
         LEFT JOIN LATERAL (%(cash)s) cash ON TRUE
          GROUP BY item.id, item.move_id, item.due_date
            """,
            items=items,
            lines=self.env["recouvrement.open.item"]._lines_of(
                SQL("item.move_id"), company
            ),
            cash=self._cash_sql(),
        )

    @api.model
    def _cash_sql(self):
        """SQL: cash matched with ``line``, up to ``item.until`` and after it.

        Each partial of the line leads to one entry and its journal by their ids: the same
        few look-ups whatever PostgreSQL knows, or not yet, of the size of the tables.
        """
        return SQL(
            """
            SELECT SUM(part.amount) FILTER (WHERE in_time.yes) AS amount,
                   SUM(part.debit_amount_currency)
                       FILTER (WHERE in_time.yes) AS amount_currency,
                   SUM(part.amount) FILTER (WHERE NOT in_time.yes) AS late,
                   SUM(part.debit_amount_currency)
                       FILTER (WHERE NOT in_time.yes) AS late_currency
              FROM (SELECT * FROM account_partial_reconcile
                     WHERE debit_move_id = line.id OFFSET 0) part
        CROSS JOIN LATERAL (
                   SELECT move_id, date FROM account_move_line
                    WHERE id = part.credit_move_id LIMIT 1) other
        CROSS JOIN LATERAL (
                   SELECT journal_id, origin_payment_id, statement_line_id
                     FROM account_move WHERE id = other.move_id LIMIT 1) entry
              JOIN account_journal journal ON journal.id = entry.journal_id
        CROSS JOIN LATERAL (
                   SELECT COALESCE(other.date <= item.until, TRUE) AS yes) in_time
             WHERE journal.type IN %s OR entry.origin_payment_id IS NOT NULL
                OR entry.statement_line_id IS NOT NULL
            """,
            CASH_JOURNALS,
        )
