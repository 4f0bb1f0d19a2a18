from datetime import date as Date
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.payment_history import Fact, History, Item
from ..tools.working_time import next_business_day
from .recouvrement_payment_instalment import CASH_JOURNALS

HISTORY_DAYS = 3 * 365
READ = 20_000


class RecouvrementPaymentHistory(models.AbstractModel):
    """The items from which payments are foretold, as they were known on a day.

    One relation of items feeds everything: ``invoice, customer, invoice_date, due_date,
    paid_date, amount, disputed``. It comes from the ledger here; a back-test of another
    history gives a relation of its own to ``_items``. What is known of a customer off the
    ledger comes beside it, dated (``_facts``); the ledger's own rows are never ``disputed``.
    """

    _name = "recouvrement.payment.history"
    _description = "Payment history"

    @api.model
    def _query(self, company, date):
        """SQL of the relation of ``company``, as known at the end of ``date``.

        One row per instalment invoiced to a customer that was settled within three years or
        is still open. ``paid_date`` is the day of the last cash; it is empty for what is
        open and for what entries closed (written off, transferred): that one is late. A
        direct debit is never late, we choose its day. Needs the ``closed`` of
        ``recouvrement.payment.instalment._closed_cte`` around it.
        """
        return SQL(
            """
            SELECT line.id AS invoice, line.partner_id AS customer,
                   COALESCE(line.invoice_date, line.date) AS invoice_date,
                   COALESCE(line.date_maturity, line.date) AS due_date,
                   COALESCE(closed.open_day, line.date_maturity) + instalment.delay
                       AS paid_date,
                   line.balance::float AS amount, FALSE AS disputed
              FROM (%(instalments)s) instalment
              JOIN account_move_line line ON line.id = instalment.line_id
         LEFT JOIN closed ON closed.day = line.date_maturity
         UNION ALL
            SELECT item.line_id, item.partner_id, item.invoice_date, item.due_date,
                   NULL, item.original::float, FALSE
              FROM (%(open)s) item
              JOIN account_journal journal ON journal.id = item.journal_id
             WHERE item.partner_id IS NOT NULL AND item.amount > 0 AND item.residual > 0
               AND journal.type NOT IN %(cash)s
            """,
            instalments=self.env["recouvrement.payment.instalment"]._query(
                company, date, window=HISTORY_DAYS
            ),
            open=self.env["recouvrement.open.item"]._query(company, date),
            cash=CASH_JOURNALS,
        )

    @api.model
    def _load(self, company, date):
        """``History`` of ``company`` at the end of ``date``: items and facts.

        Delays count from the first business day on or after the due date.
        """
        self.env.flush_all()
        closed = self.env["recouvrement.payment.instalment"]._closed_cte(company, date)
        relation = SQL("WITH %s %s", closed, self._query(company, date))
        items = self._items(relation, company.recouvrement_region)
        return History(items, self._facts(company, date))

    @api.model
    def _facts(self, company, date):
        """``Fact`` of each dispute, promise, plan and returned message up to ``date``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT customer.partner_id, fact.day, fact.name,
                          ARRAY(SELECT line.id FROM account_move_line line
                                 WHERE line.move_id = fact.move_id
                                   AND line.account_id IN %(accounts)s)
                     FROM (%(excuses)s
                           UNION ALL
                          SELECT customer_id, opened_on, 'disputes', move_id
                            FROM recouvrement_dispute
                           WHERE state != 'to_review'
                           UNION ALL
                          SELECT customer_id, bounced_at::date, 'bounces', NULL
                            FROM recouvrement_delivery
                           WHERE bounced_at IS NOT NULL) fact
                     JOIN recouvrement_customer customer
                       ON customer.id = fact.customer_id
                    WHERE customer.company_id = %(company)s
                      AND fact.day <= %(date)s AND fact.day > %(since)s
                 ORDER BY fact.day, fact.name, customer.partner_id""",
                accounts=self.env["recouvrement.open.item"]._account_ids(company),
                excuses=self.env["recouvrement.payment.facts"]._excuse_facts_sql(),
                company=company.id,
                date=date,
                since=date - timedelta(days=HISTORY_DAYS),
            )
        )
        return [
            Fact(partner_id, day.toordinal(), name, tuple(own))
            for partner_id, day, name, own in rows
        ]

    @api.model
    def _items(self, relation, region=None):
        """``Item`` of each row of a relation, in an order that the rows alone decide.

        :param relation: ``SQL`` with the columns of the class
        :param region: holidays of this region and week-ends move due dates to the next
            business day; None leaves them as they are
        """
        self.env.cr.execute(
            SQL(
                """SELECT invoice, customer, invoice_date, due_date, paid_date,
                          amount, disputed
                     FROM (%s) history
                 ORDER BY invoice_date, due_date, invoice::text COLLATE "C",
                          customer::text COLLATE "C", paid_date, amount""",
                relation,
            )
        )
        days = {}
        items = []
        while rows := self.env.cr.fetchmany(READ):
            for invoice, customer, invoiced, due, paid, amount, disputed in rows:
                if due not in days:
                    moved = next_business_day(due, region) if region else due
                    days[due] = moved.toordinal()
                items.append(
                    Item(
                        invoice,
                        customer,
                        invoiced.toordinal(),
                        days[due],
                        paid.toordinal() if paid else None,
                        float(amount),
                        disputed,
                    )
                )
        return items

    @api.model
    def _day(self, ordinal):
        """The date of a day of an ``Item``."""
        return Date.fromordinal(ordinal)
