from odoo import api, models
from odoo.tools import SQL


class RecouvrementKpiEngine(models.AbstractModel):
    """When the cash of an open item is expected, and from what that is known."""

    _inherit = "recouvrement.kpi.engine"

    @api.model
    def _promised_sql(self):
        """SQL: the day of the running promise about an instalment."""
        return SQL(
            """SELECT part.move_id, part.due_date, MAX(given.date) AS day
                 FROM recouvrement_promise given
                 JOIN recouvrement_promise_item part ON part.promise_id = given.id
                WHERE given.state = 'running'
             GROUP BY part.move_id, part.due_date"""
        )

    @api.model
    def _is_foretold_sql(self, company):
        """True where the model in use of ``company`` foretells the day of an ``item``: a
        company with too little history has a model that only repeats the rule."""
        # the id only: whoever reads the forecast may lack the right to read models
        model = self.env["recouvrement.score.model"].sudo()._in_use(company)
        used = model.id if model.level == "1" else 0
        return SQL("foretold.model_id = %s", used)

    @api.model
    def _expected_sql(self, date, foretold):
        """Day on which the cash of an ``item`` is expected.

        The promised day, else the day that the prediction gives, else the due date plus
        the usual delay of the customer. An item that is later than that already is expected
        after half of its days late again, at least a week: the longer it has been late, the
        longer it takes.
        """
        return SQL(
            """CASE WHEN promised.day IS NOT NULL
                    THEN GREATEST(promised.day, %(date)s::date + 1)
                    WHEN %(foretold)s
                    THEN GREATEST(foretold.expected_date, %(date)s::date + 1)
                    WHEN item.due_date + COALESCE(habit.delay, 0) > %(date)s
                    THEN item.due_date + COALESCE(habit.delay, 0)
                    ELSE %(date)s::date + GREATEST(7, (%(date)s - item.due_date) / 2)
                    END""",
            date=date,
            foretold=foretold,
        )

    @api.model
    def _expected_by_sql(self, foretold):
        """What the expected day of an ``item`` rests on."""
        return SQL(
            """CASE WHEN item.amount < 0 THEN 'credit'
                    WHEN promised.day IS NOT NULL THEN 'promise'
                    WHEN %s THEN 'foretold' ELSE 'habit' END""",
            foretold,
        )

    @api.model
    def _shares_sql(self, company, date, items):
        """SQL: the items of running payment plans, cut by the agreed days.

        What is open of the items of a plan and what is unpaid of its instalments are laid
        side by side, both from the oldest on; where the sums differ (an item paid apart,
        another currency) the instalments are stretched to what is open. Each cut is rounded
        once for both sides, so that the shares of an item add up to it.

        :param items: what ``_open_sql`` gave
        :return: ``SQL`` with ``line_id, number`` (from 1), ``day, amount`` (company currency)
        """
        return SQL(
            """
            WITH owed AS (%(owed)s), due AS (%(due)s),
            cut AS (
                 SELECT owed.line_id, due.number, due.date, owed.upto, owed.amount,
                        ROUND(owed.total * (due.upto - due.unpaid) / due.total,
                              %(digits)s) AS since,
                        ROUND(owed.total * due.upto / due.total, %(digits)s) AS till
                   FROM owed JOIN due ON due.plan_id = owed.plan_id)
            SELECT line_id, number::int, GREATEST(date, %(date)s::date + 1) AS day,
                   LEAST(upto, till) - GREATEST(upto - amount, since) AS amount,
                   ROW_NUMBER() OVER (PARTITION BY line_id ORDER BY number) = 1
                       AS is_first
              FROM cut WHERE LEAST(upto, till) > GREATEST(upto - amount, since)
            """,
            owed=self._owed_sql(company, items),
            due=self._due_sql(),
            date=date,
            digits=company.currency_id.decimal_places,
        )

    @api.model
    def _owed_sql(self, company, items):
        """SQL: what is open of the items of each running plan, and its sum so far; an item
        in two plans belongs to the newer one."""
        return SQL(
            """SELECT line_id, plan_id, amount,
                      SUM(amount) OVER (PARTITION BY plan_id) AS total,
                      SUM(amount) OVER (PARTITION BY plan_id
                                        ORDER BY due_date, line_id) AS upto
                 FROM (SELECT DISTINCT ON (open.line_id) open.line_id, open.amount,
                              open.due_date, part.plan_id
                         FROM recouvrement_payment_plan plan
                         JOIN recouvrement_payment_plan_item part
                           ON part.plan_id = plan.id
                         JOIN (%s) open ON open.move_id = part.move_id
                                       AND open.due_date = part.due_date
                        WHERE plan.state = 'running' AND plan.company_id = %s
                          AND open.amount > 0
                     ORDER BY open.line_id, part.plan_id DESC) item""",
            items,
            company.id,
        )

    @api.model
    def _due_sql(self):
        """SQL: what is unpaid of the instalments of each plan, and its sum so far."""
        return SQL(
            """SELECT plan_id, date, unpaid, ROW_NUMBER() OVER own AS number,
                      SUM(unpaid) OVER own AS upto,
                      SUM(unpaid) OVER (PARTITION BY plan_id) AS total
                 FROM (SELECT id, plan_id, date, amount - COALESCE(paid, 0) AS unpaid
                         FROM recouvrement_payment_plan_line) line
                WHERE unpaid > 0
               WINDOW own AS (PARTITION BY plan_id ORDER BY date, id)"""
        )
