from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

YEAR = 365


class RecouvrementPaymentFacts(models.AbstractModel):
    """Promises and disputes of the last twelve months, as facts of the score."""

    _inherit = "recouvrement.payment.facts"

    @api.model
    def _extra_facts(self, company, date, partner_ids=None):
        """EXTENDS: ``promises_kept``, ``promises_broken``, ``disputes_lost`` and
        ``disputes_won``; a dispute is lost when the invoice was confirmed, won when a
        credit note was granted. Plans count as promises."""
        facts = defaultdict(dict, super()._extra_facts(company, date, partner_ids))
        only = SQL("")
        if partner_ids is not None:
            only = SQL("AND customer.partner_id IN %s", tuple(partner_ids) or (0,))
        rows = self.env.execute_query(
            SQL(
                """SELECT customer.partner_id, fact.name, COUNT(*)::int
                     FROM (%s) fact
                     JOIN recouvrement_customer customer
                       ON customer.id = fact.customer_id
                    WHERE customer.company_id = %s AND fact.day <= %s AND fact.day > %s
                          %s
                 GROUP BY customer.partner_id, fact.name""",
                self._excuse_facts_sql(),
                company.id,
                date,
                date - timedelta(days=YEAR),
                only,
            )
        )
        for partner_id, name, count in rows:
            facts[partner_id][name] = count
        return dict(facts)

    @api.model
    def _excuse_facts_sql(self):
        """SQL of what became of promises, plans and disputes: ``customer_id, day, name``, and
        ``move_id`` for a dispute."""
        return SQL(
            """
            SELECT customer_id, settled_on AS day,
                   CASE state WHEN 'kept' THEN 'promises_kept'
                              ELSE 'promises_broken' END AS name,
                   NULL::int AS move_id
              FROM recouvrement_promise
             WHERE state IN ('kept', 'partly_kept', 'broken')
         UNION ALL
            SELECT customer_id, settled_on,
                   CASE state WHEN 'kept' THEN 'promises_kept'
                              ELSE 'promises_broken' END, NULL
              FROM recouvrement_payment_plan WHERE state IN ('kept', 'broken')
         UNION ALL
            SELECT customer_id, closed_on,
                   CASE outcome WHEN 'confirmed' THEN 'disputes_lost'
                                ELSE 'disputes_won' END, move_id
              FROM recouvrement_dispute
             WHERE state = 'closed'
               AND outcome IN ('confirmed', 'credit_note', 'split', 'credited')
            """
        )

    @api.model
    def _disputed_sql(self, company, date):
        """EXTENDS: contested as a whole at ``date``."""
        return SQL(
            """(%s) OR EXISTS (
                   SELECT 1 FROM recouvrement_dispute dispute
                    WHERE dispute.move_id = item.move_id
                      AND dispute.company_id = %s AND dispute.state != 'to_review'
                      AND dispute.opened_on <= %s
                      AND (dispute.closed_on IS NULL OR dispute.closed_on > %s)
                      AND (dispute.whole OR dispute.amount >= item.residual)
                      AND (dispute.due_date IS NULL
                        OR dispute.due_date = item.due_date))""",
            super()._disputed_sql(company, date),
            company.id,
            date,
            date,
        )
