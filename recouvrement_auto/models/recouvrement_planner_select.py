from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..const import LIVE_STATES
from ..tools.planning import half


class RecouvrementPlanner(models.AbstractModel):
    """The first SQL of a night: customers for whom something may be due.

    It leaves out only what ``_decide`` would answer with None, so that a night reads the
    facts of few customers more than it writes to.
    """

    _inherit = "recouvrement.planner"

    @api.model
    def _partners_to_plan(self, run, context):
        """Commercial partners with an open debit that a step may be near for and that this
        run has not planned yet; those left out would get no decision."""
        query = self.env["recouvrement.open.item"]._query(
            run.company_id, run.date, live=True
        )
        rows = self.env.execute_query(
            self.env["recouvrement.reminder"]._not_yet_planned_sql(
                query, run, self._may_be_due_sql(context)
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _near_sql(self, context):
        """SQL: no step of the night's scenarios can be due yet for the items left out.

        A step comes at its delay after the due date (the date of the invoice for some);
        one that falls on the closed days that follow comes today. What follows another step
        comes after one of these.
        """
        closed = context.calendar.closed_days_after(context.day)
        steps = [step for v in context.versions for step in v.ladder.steps]
        near = []
        for anchor, column in (
            ("due_date", SQL("item.due_date")),
            ("invoice_date", SQL("item.invoice_date")),
        ):
            delays = [step.delay for step in steps if step.anchor == anchor]
            if anchor == "due_date":
                delays.append(0)  # the end of a ladder, a step after a broken promise
            if delays:
                first = context.day + timedelta(days=closed - min(delays))
                near.append(SQL("%s <= %s", column, first))
        return SQL(" OR ").join(near)

    @api.model
    def _may_be_due_sql(self, context):
        """SQL: condition on an open ``item``, near a step and not at rest."""
        rest = self._rest_days(context)
        parts = [SQL("(%s)", self._near_sql(context)), SQL("NOT %s", self._waits_sql())]
        if rest > 1:  # with one day only today's steps rest: not worth the look-ups
            parts.append(SQL("NOT %s", self._resting_sql(context, rest)))
        return SQL(" AND ").join(parts)

    @api.model
    def _waits_sql(self):
        """SQL: an earlier message of the customer has not left yet and answers for him."""
        return SQL(
            """EXISTS (
                   SELECT 1 FROM recouvrement_reminder waiting
                     JOIN recouvrement_customer file ON file.id = waiting.customer_id
                    WHERE file.partner_id = item.partner_id
                      AND file.company_id = item.company_id
                      AND %s)""",
            self.env["recouvrement.planner.facts"]._stops_chase_sql("waiting"),
        )

    @api.model
    def _rest_days(self, context):
        """Days after a step during which no scenario of the night has a following one:
        the least gap of all of them (calendar days, never more than the working days),
        and the least delay after a previous step."""
        ladders = [version.ladder for version in context.versions]
        light = any(step.light for ladder in ladders for step in ladder.steps)
        waits = [
            wait
            for ladder in ladders
            for wait in (
                half(ladder.min_gap_days) if light else ladder.min_gap_days,
                ladder.end_delay_days,
                *(step.delay for step in ladder.steps if step.anchor == "previous"),
            )
        ]
        return min(waits, default=0)

    @api.model
    def _resting_sql(self, context, rest):
        """SQL: the overdue ``item`` used a step less than ``rest`` days ago.

        Steps before the due date know no gap, a new cycle or a broken promise starts the
        ladder again and a plan has steps of its own: such items are never at rest.
        """
        return SQL(
            """EXISTS (
                   SELECT 1 FROM recouvrement_reminder_item used
                     JOIN recouvrement_customer file ON file.id = used.customer_id
                    WHERE used.move_res_id = item.move_id
                      AND used.due_date = item.due_date AND item.due_date <= %(day)s
                      AND used.company_id = item.company_id
                      AND file.partner_id = item.partner_id
                      AND used.used_on > %(since)s AND used.state IN %(live)s
                      AND used.step_code != '' AND used.step_code NOT LIKE 'plan:%%'
                      AND used.undelivered IS NOT TRUE
                      AND NOT EXISTS (
                          SELECT 1 FROM recouvrement_item_cycle cycle
                           WHERE cycle.move_res_id = item.move_id
                             AND cycle.due_date = item.due_date
                             AND cycle.cycle > used.cycle)
                      AND NOT EXISTS (
                          SELECT 1 FROM recouvrement_promise promise
                           WHERE promise.customer_id = used.customer_id
                             AND promise.settled_on > %(since)s)
                      AND NOT EXISTS (
                          SELECT 1 FROM recouvrement_payment_plan plan
                           WHERE plan.customer_id = used.customer_id
                             AND (plan.state = 'running'
                               OR plan.settled_on > %(since)s)))""",
            day=context.day,
            since=context.day - timedelta(days=rest),
            live=LIVE_STATES,
        )
