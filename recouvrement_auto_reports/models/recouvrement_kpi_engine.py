from odoo import api, models
from odoo.tools import SQL

from ..tools.kpi import MONTHS_BACK

SALES_TYPES = ("out_invoice", "out_refund", "out_receipt")
# Late columns of a snapshot: name -> first and last day late.
LATE_COLUMNS = {
    "late_30": (1, 30),
    "late_60": (31, 60),
    "late_90": (61, 90),
    "late_over": (91, None),
}
SALES_COLUMNS = tuple(f"sales_m{back}" for back in range(MONTHS_BACK + 1))


class RecouvrementKpiEngine(models.AbstractModel):
    """What the indicators are made of: open items and sales at a date, in sets.

    Everything is an additive amount in the currency of the company, so that any cut
    (segment, salesperson, sector, customer) and any sum of cuts gives its own ratios; the
    ratios themselves are ``tools/kpi.py``. Items come from ``recouvrement.open.item``.
    """

    _name = "recouvrement.kpi.engine"
    _description = "Indicators: amounts at a date"

    @api.model
    def _is_settled_at(self, company, date):
        """True when no receivable entry is dated after ``date``.

        The residual of each item is then what was open at the end of that day, and the
        quick query of today's open items gives the very figures of the aged balance.
        """
        Item = self.env["recouvrement.open.item"]
        [(later,)] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT 1 FROM account_move_line
                    WHERE date > %s AND company_id = %s AND account_id IN %s
                      AND parent_state = 'posted')""",
                date,
                company.id,
                Item._account_ids(company),
            )
        )
        return not later

    @api.model
    def _open_sql(self, company, date):
        """SQL: the open items of ``company`` at the end of ``date``, the quick way if it
        gives the same."""
        live = self._is_settled_at(company, date)
        return self.env["recouvrement.open.item"]._query(company, date, live=live)

    @api.model
    def _items_sql(self, company, date, visible=None, items=None):
        """SQL: the open items of ``company`` at the end of ``date`` with their axes.

        :param visible: condition on ``customer`` and ``debtor``, none for all
        :param items: what ``_open_sql`` gave, where the caller has it already
        """
        foretold = self._is_foretold_sql(company)
        return SQL(
            """
            SELECT item.line_id AS id, item.company_id, %(currency)s AS currency_id,
                   partner.commercial_partner_id AS partner_id,
                   customer.id AS customer_id,
                   COALESCE(debtor.user_id, item.invoice_user_id) AS salesperson_id,
                   %(segment)s AS segment_id, debtor.industry_id,
                   COALESCE(customer.nature, 'standard') AS nature,
                   item.move_id AS move_res_id, item.move_name, item.move_ref,
                   item.invoice_date, item.due_date, item.amount,
                   %(date)s - item.due_date AS days_late,
                   %(kind)s AS kind, %(expected)s AS expected_date,
                   %(by)s AS expected_by,
                   (%(disputed)s) IS TRUE AS is_disputed
              FROM (%(items)s) item
              JOIN account_journal journal ON journal.id = item.journal_id
              %(files)s
             WHERE %(visible)s
            """,
            date=date,
            currency=company.currency_id.id,
            segment=self._segment_sql(date),
            kind=self.env["recouvrement.aged.balance.engine"]._kind_sql(),
            expected=self._expected_sql(date, foretold),
            by=self._expected_by_sql(foretold),
            disputed=self._disputed_sql(company, date),
            items=items or self._open_sql(company, date),
            files=self._joins_sql(),
            visible=visible or SQL("TRUE"),
        )

    @api.model
    def _joins_sql(self):
        """Joins from ``item`` to its customer, his file and what is known of his habits.

        Nothing hangs on ``debtor``, and each join finds one row at most: PostgreSQL leaves
        out what is not read.
        """
        return SQL(
            """LEFT JOIN res_partner partner ON partner.id = item.partner_id
               LEFT JOIN res_partner debtor ON debtor.id = partner.commercial_partner_id
               LEFT JOIN recouvrement_customer customer
                      ON customer.partner_id = partner.commercial_partner_id
                     AND customer.company_id = item.company_id
               LEFT JOIN recouvrement_kpi_habit habit ON habit.customer_id = customer.id
               LEFT JOIN recouvrement_prediction foretold
                      ON foretold.company_id = item.company_id
                     AND foretold.line_res_id = item.line_id
               LEFT JOIN (%s) promised
                      ON promised.move_id = item.move_id
                     AND promised.due_date = item.due_date""",
            self._promised_sql(),
        )

    @api.model
    def _disputed_sql(self, company, date):
        """Condition on an ``item``: contested at ``date``, wholly or in part, or blocked."""
        return SQL(
            """(%s) IS TRUE OR item.move_id IN (
                   SELECT move_id FROM recouvrement_dispute dispute
                    WHERE dispute.company_id = %s AND dispute.move_id IS NOT NULL
                      AND dispute.opened_on <= %s
                      AND (dispute.closed_on IS NULL OR dispute.closed_on > %s))""",
            self.env["recouvrement.payment.facts"]._disputed_sql(company, date),
            company.id,
            date,
            date,
        )

    @api.model
    def _segment_sql(self, date):
        return SQL(
            """CASE WHEN customer.segment_override_until >= %s
                    THEN customer.segment_override_id ELSE customer.segment_id END""",
            date,
        )

    @api.model
    def _sales_sql(self, company, date):
        """SQL: invoices and credit notes, taxes included, from 12 months before the month
        of ``date``; columns as in ``_movements_sql``."""
        return SQL(
            """
            SELECT debtor.id AS partner_id, customer.id AS customer_id,
                   COALESCE(debtor.user_id, move.invoice_user_id) AS salesperson_id,
                   %(segment)s AS segment_id, debtor.industry_id,
                   COALESCE(customer.nature, 'standard') AS nature,
                   'sale' AS kind, move.amount_total_signed AS amount,
                   move.amount_untaxed_signed AS untaxed,
                   %(date)s - move.date AS age,
                   (EXTRACT(YEAR FROM %(date)s::date) * 12
                    + EXTRACT(MONTH FROM %(date)s::date)
                    - EXTRACT(YEAR FROM move.date) * 12
                    - EXTRACT(MONTH FROM move.date))::int AS month,
                   FALSE AS is_disputed
              FROM account_move move
         LEFT JOIN res_partner debtor ON debtor.id = move.commercial_partner_id
         LEFT JOIN recouvrement_customer customer
                ON customer.partner_id = debtor.id
               AND customer.company_id = move.company_id
             WHERE move.company_id = %(company)s AND move.state = 'posted'
               AND move.journal_id IN %(journals)s AND move.move_type IN %(types)s
               AND move.date <= %(date)s
               AND move.date >= date_trunc('month', %(date)s::date)
                                - make_interval(months => %(months)s)
            """,
            segment=self._segment_sql(date),
            date=date,
            company=company.id,
            journals=self._sale_journal_ids(company),
            types=SALES_TYPES,
            months=MONTHS_BACK,
        )

    @api.model
    def _sale_journal_ids(self, company):
        """Literal ids let PostgreSQL use core's index on journal and date."""
        journals = (
            self.env["account.journal"]
            .sudo()  # ids only: an agent may lack the right to read journals
            .with_context(active_test=False)
            .search([("company_id", "=", company.id), ("type", "=", "sale")])
        )
        return tuple(journals.ids) or (0,)
