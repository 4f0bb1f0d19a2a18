from odoo import api, models
from odoo.tools import SQL

from ..tools.segment import PaymentFacts

LONG_DELAY = 30  # "more than 30 days late" (scoring.md section 5)
RECENT_PAYMENTS = 5


class RecouvrementPaymentFacts(models.AbstractModel):
    """How customers pay, per company and commercial partner, as known at a date.

    Computed in sets: closed instalments (``recouvrement.payment.instalment``), open items
    (``recouvrement.open.item``) and invoices, in one statement. Nothing after the date is
    read, so that the past can be redone and a score checked.
    """

    _name = "recouvrement.payment.facts"
    _description = "Payment facts"

    @api.model
    def _load(self, company, date, partner_ids=None):
        """Facts of the customers of ``company`` at ``date``.

        The number of queries is the same for ten customers and for ten thousand.

        :param partner_ids: restrict to these commercial partners
        :return: dict partner id -> ``PaymentFacts``; a customer without any is left out
        """
        self.env.flush_all()
        extra = self._extra_facts(company, date, partner_ids)
        facts = {}
        for row in self.env.execute_query_dict(self._query(company, date, partner_ids)):
            partner_id = row.pop("partner_id")
            row.update(extra.pop(partner_id, {}))
            facts[partner_id] = PaymentFacts(**row)
        facts.update({key: PaymentFacts(**values) for key, values in extra.items()})
        return facts

    @api.model
    def _extra_facts(self, company, date, partner_ids=None):
        """Facts that no ledger holds: dict partner id -> dict of ``PaymentFacts`` fields.

        The models of promises and disputes extend it.
        """
        only = SQL("")
        if partner_ids is not None:
            only = SQL("AND partner_id IN %s", tuple(partner_ids) or (0,))
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id FROM recouvrement_customer
                    WHERE company_id = %s AND (litigation OR insolvency) %s""",
                company.id,
                only,
            )
        )
        return {row[0]: {"manual_litigation": True} for row in rows}

    @api.model
    def _company_ratios(self, facts):
        """Share of late and of 30-day-late instalments over all these customers."""
        seen = sum(one.seen for one in facts.values())
        if not seen:
            return 0.0, 0.0
        late = sum(one.late for one in facts.values())
        late30 = sum(one.late30 for one in facts.values())
        return late / seen, late30 / seen

    @api.model
    def _none(self):
        """Facts of a customer of whom nothing is known."""
        return PaymentFacts()

    # === SQL === #

    @api.model
    def _query(self, company, date, partner_ids=None):
        """SQL of the facts, one row per partner; columns as in ``PaymentFacts``."""
        return SQL(
            """
            WITH %(closed)s, paid AS (%(paid)s), open AS (%(open)s),
                 invoiced AS (%(invoiced)s)
            SELECT partner_id,
                   COALESCE(paid_count, 0) AS paid_count,
                   COALESCE(late_count, 0) AS late_count,
                   COALESCE(late30_count, 0) AS late30_count,
                   COALESCE(open_count, 0) + COALESCE(given_up_count, 0)
                       AS open30_count,
                   median_delay, mean_delay, last5_delay,
                   COALESCE(overdue_count, 0) AS open_overdue_count,
                   COALESCE(overdue_amount, 0) AS open_overdue_amount,
                   COALESCE(oldest_days, 0) AS oldest_open_days,
                   last_invoice_days, first_invoice_days
              FROM paid
              FULL JOIN open USING (partner_id)
              FULL JOIN invoiced USING (partner_id)
            """,
            closed=self.env["recouvrement.payment.instalment"]._closed_cte(
                company, date
            ),
            paid=self._paid_sql(company, date, partner_ids),
            open=self._open_sql(company, date, partner_ids),
            invoiced=self._invoiced_sql(company, date, partner_ids),
        )

    @api.model
    def _paid_sql(self, company, date, partner_ids):
        """Closed instalments per partner. One given up after 30 days counts as open."""
        return SQL(
            """
            SELECT partner_id, COUNT(delay)::int AS paid_count,
                   COUNT(*) FILTER (WHERE delay > %(grace)s)::int AS late_count,
                   COUNT(*) FILTER (WHERE delay > %(long)s)::int AS late30_count,
                   COUNT(*) FILTER (WHERE given_up_delay > %(long)s)::int
                       AS given_up_count,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY delay) AS median_delay,
                   AVG(delay)::float AS mean_delay,
                   AVG(delay) FILTER (WHERE rank <= %(recent)s)::float AS last5_delay
              FROM (SELECT partner_id, delay, given_up_delay,
                           ROW_NUMBER() OVER (
                               PARTITION BY partner_id
                               ORDER BY CASE WHEN delay IS NOT NULL THEN paid_on END
                                        DESC NULLS LAST, line_id DESC) AS rank
                      FROM (%(instalments)s) instalment) ranked
          GROUP BY partner_id
            """,
            grace=self.env["recouvrement.segment"]._thresholds(company).grace_days,
            long=LONG_DELAY,
            recent=RECENT_PAYMENTS,
            instalments=self.env["recouvrement.payment.instalment"]._query(
                company, date, partner_ids
            ),
        )

    @api.model
    def _open_sql(self, company, date, partner_ids):
        """Overdue open items per partner, disputed ones left out.

        A payment or credit note that nobody has matched yet pays the oldest items first:
        the delay of our own book-keeping is not a delay of the customer.
        """
        return SQL(
            """
            SELECT partner_id, COUNT(*)::int AS overdue_count,
                   SUM(LEAST(amount, reached - credit)) AS overdue_amount,
                   COUNT(*) FILTER (WHERE days > %(long)s)::int AS open_count,
                   MAX(days) AS oldest_days
              FROM (SELECT item.partner_id, item.amount, item.residual,
                           %(date)s::date - COALESCE(closed.open_day, item.due_date)
                               AS days,
                           SUM(GREATEST(item.amount, 0)) OVER (
                               PARTITION BY item.partner_id
                               ORDER BY item.due_date, item.line_id) AS reached,
                           SUM(GREATEST(-item.amount, 0)) OVER (
                               PARTITION BY item.partner_id) AS credit
                      FROM (%(items)s) item
                 LEFT JOIN closed ON closed.day = item.due_date
                     WHERE item.partner_id IS NOT NULL
                       AND (%(disputed)s) IS NOT TRUE) aged
             WHERE days > 0 AND residual > 0 AND amount > 0 AND reached > credit
          GROUP BY partner_id
            """,
            date=date,
            long=LONG_DELAY,
            items=self.env["recouvrement.open.item"]._query(
                company, date, partner_ids=partner_ids
            ),
            disputed=self._disputed_sql(company, date),
        )

    @api.model
    def _disputed_sql(self, company, date):
        """Condition on an open ``item``: it is disputed. Disputes extend it."""
        return SQL("item.blocked")

    @api.model
    def _invoiced_sql(self, company, date, partner_ids):
        """First and last invoice per partner, in days before ``date``."""
        only = SQL("")
        if partner_ids is not None:
            only = SQL("AND commercial_partner_id IN %s", tuple(partner_ids) or (0,))
        return SQL(
            """
            SELECT commercial_partner_id AS partner_id,
                   %(date)s::date - MAX(invoice_date) AS last_invoice_days,
                   %(date)s::date - MIN(invoice_date) AS first_invoice_days
              FROM account_move
             WHERE company_id = %(company)s AND state = 'posted'
               AND move_type IN ('out_invoice', 'out_receipt')
               AND date <= %(date)s AND invoice_date <= %(date)s
               AND commercial_partner_id IS NOT NULL %(only)s
          GROUP BY commercial_partner_id
            """,
            date=date,
            company=company.id,
            only=only,
        )
