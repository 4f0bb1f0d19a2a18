from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.near import Sieve

CHUNK = 5000  # customers looked at together


class RecouvrementPlanner(models.AbstractModel):
    """The first look of a night: customers for whom something may be due.

    It leaves out only what ``_decide`` would answer with None, so that a night reads the
    facts of few customers more than it writes to. One SQL names the customers with an item
    near a step of any scenario; the position of each such item on the ladder of its
    customer decides (``recouvrement.planner.position``).
    """

    _inherit = "recouvrement.planner"

    @api.model
    def _partners_to_plan(self, run, context):
        """Commercial partners for whom a step may be due and that this run has not planned
        yet, in their order; those left out would get no decision."""
        asked = self._near_rows(run, context)
        sieve = Sieve(context.day, context.calendar.for_planning)
        found = []
        for start in range(0, len(asked), CHUNK):
            found += self.env["recouvrement.planner.position"]._may_be_due(
                context, asked[start : start + CHUNK], sieve
            )
        return found

    @api.model
    def _near_rows(self, run, context):
        """Rows ``partner id, total, line ids``: customers with an open debit near a step.

        The total is that of all open items in company currency, credits deducted. No line
        ids for a customer who has a plan to be reminded of: it may speak of any item.
        """
        query = self.env["recouvrement.open.item"]._query(
            run.company_id, run.date, live=True, accounts=context.account_ids
        )
        return self.env.execute_query(
            SQL(
                """SELECT item.partner_id, SUM(item.amount),
                          CASE WHEN NOT %(plan)s
                               THEN ARRAY_AGG(item.line_id) FILTER (WHERE %(near)s) END
                     FROM (%(query)s) item
                    WHERE item.partner_id IS NOT NULL
                 GROUP BY item.partner_id
                   HAVING (BOOL_OR(%(near)s) OR BOOL_OR(item.amount > 0) AND %(plan)s)
                      AND NOT %(waits)s AND NOT %(planned)s
                 ORDER BY item.partner_id""",
                query=query,
                near=SQL("item.amount > 0 AND (%s)", self._near_sql(context)),
                **self._files_sql(run),
            )
        )

    @api.model
    def _files_sql(self, run):
        """SQL of what the file of the customer of ``item`` says: a plan that runs, a message
        that has not left yet, one that ``run`` has planned."""
        waits = self.env["recouvrement.planner.facts"]._stops_chase_sql("waiting")
        joins = {
            "plan": SQL(
                """JOIN recouvrement_payment_plan plan
                     ON plan.customer_id = file.id AND plan.state = 'running'"""
            ),
            "waits": SQL(
                """JOIN recouvrement_reminder waiting
                     ON waiting.customer_id = file.id AND %s""",
                waits,
            ),
            "planned": SQL(
                """JOIN recouvrement_reminder planned
                     ON planned.customer_id = file.id AND planned.run_id = %s""",
                run.id,
            ),
        }
        return {name: self._file_sql(run, join) for name, join in joins.items()}

    @api.model
    def _file_sql(self, run, join):
        """SQL: the file of the customer of ``item`` has what ``join`` looks for."""
        return SQL(
            """EXISTS (SELECT 1 FROM recouvrement_customer file %s
                        WHERE file.partner_id = item.partner_id
                          AND file.company_id = %s)""",
            join,
            run.company_id.id,
        )

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
