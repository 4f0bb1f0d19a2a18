from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..tools.excuse import Contested, spread
from .recouvrement_dispute import HOLDING
from .recouvrement_planner_build import money


class RecouvrementPlannerFacts(models.AbstractModel):
    """Disputes and promises of a set of customers, read by night, screens and claim alike."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _extra_item_facts(self, context, customer_ids, rows):
        """EXTENDS: contested parts, promises that run, steps that a broken one raised."""
        facts = defaultdict(
            dict, super()._extra_item_facts(context, customer_ids, rows)
        )
        for key, values in self._dispute_facts(context, customer_ids, rows).items():
            facts[key].update(values)
        for row in self._promise_rows(context, customer_ids):
            facts[row["move_id"], row["due_date"]].update(
                promised_until=row["until"], promise_kind=row["kind"]
            )
        for move_id, due_date, day in self._escalations(context, customer_ids):
            facts[move_id, due_date]["escalate_on"] = day
        for key, notice in self._plan_notices(context, customer_ids).items():
            facts[key]["notice"] = notice
        return facts

    @api.model
    def _dispute_facts(self, context, customer_ids, rows):
        """``(move, due date) -> disputed (company currency) and the day to answer``."""
        disputes = self._dispute_rows(
            context.company, customer_ids, context.account_ids
        )
        by_move = defaultdict(list)
        for row in rows:
            if row["move_id"] in disputes and row["amount"] > 0:
                by_move[row["move_id"]].append(row)
        facts = {}
        for move_id, items in by_move.items():
            contested, until = disputes[move_id]
            residuals, amounts = defaultdict(Decimal), defaultdict(Decimal)
            for row in items:
                residuals[row["due_date"]] += money(row["residual"])
                amounts[row["due_date"]] += money(row["amount"])
            for due, part in spread(contested, residuals).items():
                if part > 0:
                    share = part / residuals[due] * amounts[due]
                    if part < residuals[due]:
                        share = context.company.currency_id.round(float(share))
                    facts[move_id, due] = {
                        "disputed": money(share),
                        "disputed_until": until,
                    }
        return facts

    @api.model
    def _dispute_rows(self, company, customer_ids, account_ids=None):
        """``move id -> ([Contested], day to answer)`` of the disputes that hold."""
        if self._is_absent("recouvrement_dispute"):
            return {}
        found = self.env.execute_query(
            SQL(
                """SELECT dispute.move_id, dispute.due_date, dispute.whole,
                          dispute.amount + dispute.credited_before - notes.amount,
                          dispute.deadline
                     FROM recouvrement_dispute dispute
                LEFT JOIN LATERAL (%(notes)s) notes ON TRUE
                    WHERE dispute.customer_id IN %(ids)s AND dispute.state IN %(states)s
                      AND dispute.move_id IS NOT NULL
                 ORDER BY dispute.id""",
                notes=self.env["recouvrement.dispute"]._credited_sql(
                    company, account_ids
                ),
                ids=tuple(customer_ids) or (0,),
                states=HOLDING,
            )
        )
        disputes = {}
        for move_id, due_date, whole, left, deadline in found:
            contested, until = disputes.get(move_id, ([], None))
            contested.append(Contested(None if whole else money(left), due_date))
            disputes[move_id] = (contested, max(deadline, until or deadline))
        return disputes

    @api.model
    def _no_agreement(self):
        """True for customers with neither a promise nor a plan."""
        return self._is_absent("recouvrement_promise") and self._is_absent(
            "recouvrement_payment_plan"
        )

    @api.model
    def _promise_rows(self, context, customer_ids):
        """Items of the promises that run; the longest hold of an item comes last."""
        if self._no_agreement():
            return []
        return self.env.execute_query_dict(
            SQL(
                """SELECT item.move_id, item.due_date,
                          GREATEST(promise.hold_until, promise.wait_until) AS until,
                          'promise' AS kind
                     FROM recouvrement_promise promise
                     JOIN recouvrement_promise_item item
                       ON item.promise_id = promise.id
                    WHERE promise.customer_id IN %s AND promise.state = 'running'
                      AND item.move_id IS NOT NULL
                UNION ALL
                   SELECT item.move_id, item.due_date,
                          CASE plan.state WHEN 'proposed' THEN plan.back_by
                               ELSE GREATEST(plan.wait_until, (
                                    SELECT MAX(line.last_day)
                                      FROM recouvrement_payment_plan_line line
                                     WHERE line.plan_id = plan.id)) END,
                          'payment_plan'
                     FROM recouvrement_payment_plan plan
                     JOIN recouvrement_payment_plan_item item ON item.plan_id = plan.id
                    WHERE plan.customer_id IN %s AND plan.state IN ('proposed', 'running')
                      AND item.move_id IS NOT NULL
                 ORDER BY until""",
                tuple(customer_ids) or (0,),
                tuple(customer_ids) or (0,),
            )
        )

    @api.model
    def _escalations(self, context, customer_ids):
        """``(move, due date, day)`` of the last promise of each item that was broken."""
        if self._no_agreement():
            return []
        return self.env.execute_query(
            SQL(
                """SELECT item.move_id, item.due_date, MAX(promise.settled_on)
                     FROM recouvrement_promise promise
                     JOIN recouvrement_promise_item item
                       ON item.promise_id = promise.id
                    WHERE promise.customer_id IN %s
                      AND promise.state IN ('broken', 'partly_kept')
                      AND item.move_id IS NOT NULL AND promise.settled_on <= %s
                 GROUP BY item.move_id, item.due_date
                UNION ALL
                   SELECT item.move_id, item.due_date, MAX(plan.settled_on)
                     FROM recouvrement_payment_plan plan
                     JOIN recouvrement_payment_plan_item item ON item.plan_id = plan.id
                    WHERE plan.customer_id IN %s AND plan.state = 'broken'
                      AND item.move_id IS NOT NULL AND plan.settled_on <= %s
                 GROUP BY item.move_id, item.due_date
                 ORDER BY 3""",
                tuple(customer_ids) or (0,),
                context.day,
                tuple(customer_ids) or (0,),
                context.day,
            )
        )
