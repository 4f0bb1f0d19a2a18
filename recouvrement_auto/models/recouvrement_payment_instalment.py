from datetime import date as Date
from datetime import timedelta
from functools import lru_cache

from odoo import api, models
from odoo.tools import SQL

from ..tools.working_time import is_business_day, next_business_day

# Facts cover this period (scoring.md section 5).
WINDOW_DAYS = 365
# Payments and bank statement lines are entries of these journals, and so are the bank
# entries that came with a migration. Credit notes are in a sales journal; what a person
# enters to write off, to transfer to 416 or to revalue is in a general one.
CASH_JOURNALS = ("bank", "cash", "credit")
ENTRY_JOURNALS = ("general",)
# We choose the day of a direct debit: it says nothing on how the customer pays.
DIRECT_DEBIT_CODES = ("sdd", "sepa_direct_debit")
# Further back a due date is not moved to the next business day: it changes nothing.
CLOSED_DAYS_YEARS = 6


@lru_cache(maxsize=64)
def _closed_days(region, last_year):
    """Closed days up to the end of ``last_year``, and the business day after each."""
    first = Date(last_year - CLOSED_DAYS_YEARS, 1, 1)
    span = (Date(last_year + 1, 1, 1) - first).days
    days = (first + timedelta(days=n) for n in range(span))
    closed = [day for day in days if not is_business_day(day, region)]
    return closed, [next_business_day(day, region) for day in closed]


class RecouvrementPaymentInstalment(models.AbstractModel):
    """Instalments that were closed, and how late the cash came.

    ``_query`` is the only SQL of real payment delays; it complements the open items. Real
    cash only: ``payment_state`` says paid after a write-off or a transfer to 416.
    """

    _name = "recouvrement.payment.instalment"
    _description = "Paid instalment"

    @api.model
    def _query(self, company, date, partner_ids=None, window=WINDOW_DAYS):
        """SQL of the instalments closed at ``date`` and settled in the ``window`` (days)
        before, a year.

        One row per instalment: ``line_id, partner_id, paid_on, delay, given_up_delay``.
        Delays are days from the first business day on or after the due date, empty where
        an entry has none. ``delay`` is that of the last cash; it is empty without cash, and
        when entries closed more than half of the instalment: that one was given up, after
        ``given_up_delay`` days.

        Entries and reconciliations after ``date`` are ignored. Closed is judged in the
        currency of the document: an exchange difference may be entered weeks after the
        payment that made it. Needs ``_closed_cte`` in the statement around it.
        """
        scope = self._scope(company, date, window)
        return SQL(
            """
            SELECT line.id AS line_id, line.partner_id, settled.paid_on,
                   CASE WHEN given_up * 2 > line.balance THEN NULL
                        WHEN debited THEN LEAST(paid_on, %(due)s) - %(due)s
                        ELSE paid_on - %(due)s END AS delay,
                   CASE WHEN given_up * 2 > line.balance
                        THEN given_up_on - %(due)s END AS given_up_delay
              FROM (%(settled)s) settled
              JOIN account_move_line line ON line.id = settled.line_id
              JOIN account_journal journal ON journal.id = line.journal_id
         LEFT JOIN (SELECT debit_move_id AS line_id, SUM(debit_amount_currency) AS amount
                      FROM account_partial_reconcile
                     WHERE max_date > %(date)s AND company_id IN %(companies)s
                  GROUP BY debit_move_id) later ON later.line_id = line.id
         LEFT JOIN closed ON closed.day = line.date_maturity
             WHERE line.company_id = %(company)s AND line.account_id IN %(accounts)s
               AND line.parent_state = 'posted' AND line.date <= %(date)s
               AND line.balance > 0 AND journal.type NOT IN %(cash)s
               AND line.amount_residual_currency + COALESCE(later.amount, 0) = 0
               %(partners)s
            """,
            due=SQL("COALESCE(closed.open_day, line.date_maturity)"),
            settled=self._settled_sql(scope, partner_ids),
            partners=self._partners_sql(partner_ids),
            **scope,
        )

    @api.model
    def _settled_sql(self, scope, partner_ids):
        """Journal items that cash or an entry settled in the period, told apart."""
        lines = SQL("")
        if partner_ids is not None:
            lines = SQL(
                "AND partial.debit_move_id IN "
                "(SELECT line.id FROM account_move_line line WHERE TRUE %s)",
                self._partners_sql(partner_ids),
            )
        return SQL(
            """
            SELECT partial.debit_move_id AS line_id,
                   MAX(max_date) FILTER (WHERE journal.type IN %(cash)s) AS paid_on,
                   MAX(max_date) FILTER (WHERE journal.type IN %(entries)s)
                       AS given_up_on,
                   COALESCE(SUM(amount) FILTER (WHERE journal.type IN %(entries)s), 0)
                       AS given_up,
                   %(debited)s AS debited
              FROM account_partial_reconcile partial
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_journal journal ON journal.id = credit.journal_id
             WHERE partial.company_id IN %(companies)s
               AND partial.max_date > %(since)s AND partial.max_date <= %(date)s
               AND credit.account_id IN %(accounts)s
               AND journal.type IN %(settling)s %(lines)s
          GROUP BY partial.debit_move_id
            """,
            entries=ENTRY_JOURNALS,
            settling=CASH_JOURNALS + ENTRY_JOURNALS,
            debited=self._debited_sql(),
            lines=lines,
            **scope,
        )

    @api.model
    def _scope(self, company, date, window):
        Item = self.env["recouvrement.open.item"]
        return {
            "company": company.id,
            "date": date,
            "since": date - timedelta(days=window),
            "accounts": Item._account_ids(company),
            "companies": Item._partial_company_ids(company),
            "cash": CASH_JOURNALS,
        }

    @api.model
    def _debited_sql(self):
        """Condition: a direct debit took part in the settlement."""
        methods = (
            self.env["account.payment.method.line"]
            .sudo()  # set-up of the bank journals; only ids leave
            .search([("payment_method_id.code", "in", DIRECT_DEBIT_CODES)])
        )
        if not methods:
            return SQL("FALSE")
        return SQL(
            """BOOL_OR(credit.payment_id IN (
                   SELECT id FROM account_payment WHERE payment_method_line_id IN %s))""",
            tuple(methods.ids),
        )

    @api.model
    def _closed_cte(self, company, date):
        """``closed (day, open_day)``: closed days and the business day after each."""
        closed, opened = _closed_days(company.recouvrement_region, date.year + 1)
        return SQL(
            """closed (day, open_day) AS MATERIALIZED (
                   SELECT * FROM unnest(%s::date[], %s::date[]))""",
            closed,
            opened,
        )

    @api.model
    def _partners_sql(self, partner_ids):
        if partner_ids is None:
            return SQL("AND line.partner_id IS NOT NULL")
        return SQL("AND line.partner_id IN %s", tuple(partner_ids) or (0,))
