from odoo import api, models
from odoo.tools import SQL

from ..const import LIVE_STATES
from ..tools.near import Position


class RecouvrementPlannerPosition(models.AbstractModel):
    """Where the items of many customers stand on their ladders, read before their facts."""

    _name = "recouvrement.planner.position"
    _description = "Positions of items, read by the first look of a night"

    @api.model
    def _may_be_due(self, context, asked, sieve):
        """Partners of ``asked`` for whom a step may be due on the day.

        :param asked: rows ``partner id, total, line ids or None``; None = may be due
        :param sieve: ``tools.near.Sieve`` of the day
        """
        Facts = self.env["recouvrement.planner.facts"]
        partner_ids = [row[0] for row in asked]
        files = Facts._known_files(context, partner_ids)
        # The file of a new customer is made when he is planned; nothing is known of him.
        due = {
            partner_id
            for partner_id, _total, line_ids in asked
            if line_ids is None or partner_id not in files
        }
        versions = {
            partner_id: Facts._choose(context, files[partner_id], total)[0]
            for partner_id, total, _line_ids in asked
            if partner_id not in due
        }
        for partner_id, scenario_id, eventful, *dates in self._rows(context, asked):
            if partner_id in due:
                continue
            version = context.version_of(scenario_id) or versions[partner_id]
            ladder = version.ladder if version else None
            if eventful or sieve.may_be_due(ladder, _position(*dates)):
                due.add(partner_id)
        return [partner_id for partner_id in partner_ids if partner_id in due]

    @api.model
    def _rows(self, context, asked):
        """Rows of the items: partner, scenario of the invoice or None, whether an event
        moves the item, due date, date of the invoice, and the step that it used last
        (code, tone, delay, day)."""
        line_ids = [line_id for row in asked for line_id in row[2] or ()]
        return self.env.execute_query(
            SQL(
                """SELECT item.partner_id, option.scenario_id, %(eventful)s,
                          item.due_date, item.invoice_date, used.step_code,
                          used.tone_rank, used.step_delay, used.used_on
                     FROM (%(query)s) item
                     JOIN recouvrement_customer file
                       ON file.partner_id = item.partner_id
                      AND file.company_id = item.company_id
                LEFT JOIN recouvrement_invoice_option option
                       ON option.move_res_id = item.move_id
                LEFT JOIN LATERAL (%(used)s) used ON TRUE""",
                eventful=self._eventful_sql(),
                query=self.env["recouvrement.open.item"]._query(
                    context.company,
                    context.day,
                    live=True,
                    line_ids=line_ids,
                    accounts=context.account_ids,
                ),
                used=self._used_sql(),
            )
        )

    @api.model
    def _used_sql(self):
        """SQL: the step that ``item`` used last, as ``_positions`` of the facts finds it;
        also one that was used for another customer."""
        return SQL(
            """SELECT used.step_code, used.tone_rank, used.step_delay, used.used_on,
                      used.cycle, used.customer_id
                 FROM recouvrement_reminder_item used
                WHERE used.move_res_id = item.move_id AND used.due_date = item.due_date
                  AND used.company_id = item.company_id AND used.step_code != ''
                  AND used.step_code NOT LIKE 'plan:%%' AND used.state IN %s
                  AND used.undelivered IS NOT TRUE
             ORDER BY used.cycle DESC, used.used_on DESC, used.id DESC LIMIT 1""",
            LIVE_STATES,
        )

    @api.model
    def _eventful_sql(self):
        """SQL: something else than the last step says where ``item`` stands.

        A new cycle, a promise or a plan that was broken since, a step that was used for
        another customer: such items may be due.
        """
        return SQL(
            """(used.customer_id != file.id
                OR EXISTS (SELECT 1 FROM recouvrement_item_cycle cycle
                            WHERE cycle.move_res_id = item.move_id
                              AND cycle.due_date = item.due_date
                              AND cycle.cycle > COALESCE(used.cycle, 0))
                OR EXISTS (SELECT 1 FROM recouvrement_promise promise
                            WHERE promise.customer_id = file.id
                              AND promise.state IN ('broken', 'partly_kept')
                              AND (used.used_on IS NULL
                                   OR promise.settled_on > used.used_on))
                OR EXISTS (SELECT 1 FROM recouvrement_payment_plan plan
                            WHERE plan.customer_id = file.id AND plan.state = 'broken'
                              AND (used.used_on IS NULL
                                   OR plan.settled_on > used.used_on)))"""
        )


def _position(due_date, invoice_date, code, tone_rank, delay, used_on):
    if not code:
        return Position(due_date, invoice_date)
    return Position(due_date, invoice_date, code, (tone_rank, delay), used_on)
