from odoo import api, fields, models
from odoo.tools import SQL


class RecouvrementKpiHabit(models.Model):
    """How late a customer usually pays, as of the last night: what the forecast uses.

    Kept beside the file: the median needs a year of payments, too much for each opening of
    a screen. One row per file with at least one paid instalment.
    """

    _name = "recouvrement.kpi.habit"
    _description = "Usual delay of a customer"
    _log_access = False
    _rec_name = "customer_id"

    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    delay = fields.Integer(
        string="Usual days late",
        readonly=True,
        aggregator="avg",
        help="Median of the instalments paid in the last 365 days, never below 0.",
    )
    payment_count = fields.Integer(string="Paid instalments", readonly=True)

    _customer_uniq = models.UniqueIndex(
        "(customer_id)", "A customer has one usual delay."
    )

    @api.model
    def _refresh(self, company, date):
        """Renew the delays of ``company`` from the payments known at ``date``; one
        statement whatever the number of customers."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO recouvrement_kpi_habit AS habit
                       (customer_id, company_id, date, delay, payment_count)
                   SELECT customer_id, %(company)s, %(date)s, delay, payment_count
                     FROM (%(habits)s) found
              ON CONFLICT (customer_id) DO UPDATE
                      SET date = EXCLUDED.date, delay = EXCLUDED.delay,
                          payment_count = EXCLUDED.payment_count
                    WHERE (habit.delay, habit.payment_count)
                          IS DISTINCT FROM (EXCLUDED.delay, EXCLUDED.payment_count)""",
                company=company.id,
                date=date,
                habits=self._habits_sql(company, date),
            )
        )
        self.invalidate_model()

    @api.model
    def _habits_sql(self, company, date):
        """SQL: usual delay of each customer file, from the instalments that he paid.

        ``customer_id, delay`` (days late, median of the year, never below 0) and
        ``payment_count``.
        """
        Instalment = self.env["recouvrement.payment.instalment"]
        return SQL(
            """
            WITH %(closed)s
            SELECT customer.id AS customer_id,
                   GREATEST(0, ROUND(percentile_cont(0.5) WITHIN GROUP (
                       ORDER BY instalment.delay)))::int AS delay,
                   COUNT(instalment.delay)::int AS payment_count
              FROM (%(instalments)s) instalment
              JOIN recouvrement_customer customer
                ON customer.partner_id = instalment.partner_id
               AND customer.company_id = %(company)s
             WHERE instalment.delay IS NOT NULL
          GROUP BY customer.id
            """,
            closed=Instalment._closed_cte(company, date),
            instalments=Instalment._query(company, date),
            company=company.id,
        )
