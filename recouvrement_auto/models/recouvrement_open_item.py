from odoo import api, models
from odoo.tools import SQL

from .transaction_once import once


class RecouvrementOpenItem(models.AbstractModel):
    """Receivable instalments that are open at a date.

    ``_query`` is the only SQL of the suite for open items and ages: selection, claims,
    scores, portal and the aged balance build on it, so that they can never disagree.
    """

    _name = "recouvrement.open.item"
    _description = "Open item"

    @api.model
    def _account_ids(self, company):
        """Ids of the trade receivable accounts of ``company``.

        Literal ids let PostgreSQL use core's partial index on unreconciled lines (a join on
        the account type reads the whole table), and ``non_trade`` keeps the French VAT
        credit account out.
        """
        key = "receivable accounts", company.id
        return once(self.env, key, lambda: self._look_up_accounts(company))

    @api.model
    def _look_up_accounts(self, company):
        Account = self.env["account.account"]
        Account.flush_model(["account_type", "non_trade", "company_ids"])
        # By SQL: the agent may lack the right to read accounts, and only ids leave.
        rows = self.env.execute_query(
            SQL(
                """SELECT account.id FROM account_account account
                    WHERE account.account_type = 'asset_receivable'
                      AND account.non_trade IS NOT TRUE
                      AND EXISTS (SELECT 1 FROM %s own WHERE own.%s = account.id
                                     AND own.%s IN %s)
                 ORDER BY account.id""",
                SQL.identifier(Account._fields["company_ids"].relation),
                SQL.identifier(Account._fields["company_ids"].column1),
                SQL.identifier(Account._fields["company_ids"].column2),
                tuple(company.sudo().parent_ids.ids),
            )
        )
        return tuple(row[0] for row in rows) or (0,)

    @api.model
    def _lines_of(self, move, company, accounts=None):
        """SQL in parentheses: the trade receivable lines of one entry, open or not.

        Looked up by the entry and nothing else (OFFSET 0 keeps the conditions apart): while
        PostgreSQL knows little of the tables it takes the index on the account, and reads
        every receivable line of the company for each entry.

        :param move: SQL of the id of the entry, of the statement around it
        :param accounts: as for ``_query``
        """
        return SQL(
            """(SELECT * FROM (
                   SELECT id, account_id, parent_state, date, date_maturity,
                          amount_residual, amount_residual_currency
                     FROM account_move_line WHERE move_id = %s OFFSET 0) own
                WHERE own.account_id IN %s)""",
            move,
            accounts or self._account_ids(company),
        )

    @api.model
    def _query(
        self, company, date, live=False, partner_ids=None, line_ids=None, accounts=None
    ):
        """SQL of the open items of ``company`` at ``date``.

        :param company: one ``res.company`` record
        :param date: day of the figures; entries after it do not exist yet, and what was
            reconciled after it is open again (partials added back by their own date)
        :param live: take the residual as it stands now instead (the chase: what is known
            to be paid is never chased, whatever the date of the entry)
        :param partner_ids: restrict to these commercial partners
        :param line_ids: restrict to these journal items
        :param accounts: ids of the trade receivable accounts where they are known
        :return: ``SQL``, one row per open line: ``line_id, move_id, partner_id, company_id,
            due_date, amount`` (company currency, negative = credit), ``residual,
            currency_id`` (document currency), ``original`` (company currency) and what the
            chase has to know of the entry. Rows without partner are included.
        """
        return SQL(
            """
            SELECT line.id AS line_id, line.move_id, line.partner_id, line.company_id,
                   COALESCE(line.date_maturity, line.date) AS due_date,
                   line.date_maturity IS NULL AS no_due_date,
                   COALESCE(move.invoice_date, line.date) AS invoice_date,
                   %(amount)s AS amount, %(residual)s AS residual,
                   line.balance AS original, line.currency_id, line.account_id,
                   move.name AS move_name, move.ref AS move_ref, move.move_type,
                   move.partner_id AS contact_id, move.invoice_user_id,
                   move.invoice_origin, move.payment_state = 'blocked' AS blocked,
                   COALESCE(line.no_followup, FALSE) AS no_followup,
                   journal.type = 'general' AS general_journal, line.journal_id
              FROM %(source)s
              JOIN LATERAL (  -- one look-up per open line, never a scan of all entries
                   SELECT * FROM account_move WHERE id = line.move_id LIMIT 1
              ) move ON TRUE
              JOIN account_journal journal ON journal.id = line.journal_id
             WHERE %(open)s
            """,
            **self._query_lines(company, date, live, partner_ids, line_ids, accounts),
        )

    @api.model
    def _live_amounts(self, company):
        """SQL of the amounts of ``_query(live=True)`` without the look-up of each entry:
        ``company_id, partner_id, due_date, amount``, for sums over all customers."""
        return SQL(
            """SELECT line.company_id, line.partner_id,
                      COALESCE(line.date_maturity, line.date) AS due_date,
                      line.amount_residual AS amount
                 FROM account_move_line line
                WHERE line.reconciled IS NOT TRUE AND %s""",
            self._lines_sql(company, None, None),
        )

    @api.model
    def _lines_sql(self, company, partner_ids, line_ids, accounts=None):
        """Condition on a receivable ``line`` of ``company``, open or not."""
        parts = [
            SQL("line.parent_state = 'posted'"),
            SQL("line.company_id = %s", company.id),
            SQL("line.account_id IN %s", accounts or self._account_ids(company)),
        ]
        if partner_ids is not None:
            parts.append(SQL("line.partner_id IN %s", tuple(partner_ids) or (0,)))
        if line_ids is not None:
            parts.append(SQL("line.id IN %s", tuple(line_ids) or (0,)))
        return SQL(" AND ").join(parts)

    @api.model
    def _query_lines(self, company, date, live, partner_ids, line_ids, accounts):
        """What ``_query`` reads ``line`` from, and its two amounts."""
        scope = self._lines_sql(company, partner_ids, line_ids, accounts)
        if live:
            return {
                "source": SQL("account_move_line line"),
                "amount": SQL("line.amount_residual"),
                "residual": SQL("line.amount_residual_currency"),
                "open": SQL("line.reconciled IS NOT TRUE AND %s", scope),
            }
        some = partner_ids is not None or line_ids is not None
        return {
            "source": SQL("(%s) line", self._lines_at(company, date, scope, some)),
            "amount": SQL("line.open_amount"),
            "residual": SQL("line.open_residual"),
            "open": SQL("line.open_amount <> 0 OR line.open_residual <> 0"),
        }

    @api.model
    def _lines_at(self, company, date, scope, some):
        """Lines that are open now, and those of which something was reconciled after
        ``date``: what is settled for good is never read, however old the books are.

        :param some: ``scope`` is narrow enough to look up its lines first
        """
        return SQL(
            """
            WITH later AS (%(later)s)
            SELECT line.*, line.amount_residual + COALESCE(later.amount, 0) AS open_amount,
                   line.amount_residual_currency + COALESCE(later.amount_currency, 0)
                       AS open_residual
              FROM account_move_line line
         LEFT JOIN later ON later.line_id = line.id
             WHERE line.reconciled IS NOT TRUE AND line.date <= %(date)s AND %(scope)s
         UNION ALL
            SELECT line.*, line.amount_residual + later.amount,
                   line.amount_residual_currency + later.amount_currency
              FROM later
              JOIN account_move_line line ON line.id = later.line_id
             WHERE line.reconciled AND line.date <= %(date)s AND %(scope)s
            """,
            later=self._later_partials(company, date, scope if some else None),
            date=date,
            scope=scope,
        )

    @api.model
    def _later_partials(self, company, date, scope=None):
        """What was reconciled after ``date``, by line: it is open again at that date."""
        debit = credit = SQL("TRUE")
        if scope is not None:
            lines = SQL("(SELECT line.id FROM account_move_line line WHERE %s)", scope)
            debit = SQL("debit_move_id IN %s", lines)
            credit = SQL("credit_move_id IN %s", lines)
        return SQL(
            """SELECT part.line_id, SUM(part.amount) AS amount,
                      SUM(part.amount_currency) AS amount_currency
                 FROM (SELECT debit_move_id AS line_id, amount,
                              debit_amount_currency AS amount_currency
                         FROM account_partial_reconcile
                        WHERE max_date > %(date)s AND company_id IN %(companies)s
                          AND %(debit)s
                    UNION ALL
                       SELECT credit_move_id, -amount, -credit_amount_currency
                         FROM account_partial_reconcile
                        WHERE max_date > %(date)s AND company_id IN %(companies)s
                          AND %(credit)s) part
             GROUP BY part.line_id""",
            date=date,
            companies=self._partial_company_ids(company),
            debit=debit,
            credit=credit,
        )

    @api.model
    def _partial_company_ids(self, company):
        """A partial between branches belongs to their root: read the whole family."""

        def look_up():
            Company = self.env["res.company"].sudo()  # only ids leave
            return tuple(Company.search([("id", "child_of", company.root_id.id)]).ids)

        return once(self.env, ("family", company.id), look_up)
