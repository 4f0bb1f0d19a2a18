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
                habits=self.env["recouvrement.kpi.engine"]._habits_sql(company, date),
            )
        )
        self.invalidate_model()
