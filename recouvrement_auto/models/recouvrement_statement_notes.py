from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..tools.excuse import spread


class RecouvrementStatement(models.AbstractModel):
    """What was agreed on the lines: disputed parts, promised days, payment plans.

    Only on a statement of today: what is agreed now was no fact of an earlier day.
    """

    _inherit = "recouvrement.statement"

    @api.model
    def _notes(self, customers, day, rows):
        """EXTENDS: disputes in the currency of the document, promises, plans."""
        notes = defaultdict(dict, super()._notes(customers, day, rows))
        company = customers.company_id
        if day < company._recouvrement_today():
            return notes
        lines = defaultdict(list)
        for row in rows:
            if row["residual"] > 0:
                lines[row["move_id"], row["due_date"]].append(row)
        for key, part in self._disputed_parts(company, customers, rows).items():
            for row in lines[key]:
                share = min(part, row["residual"])
                part -= share
                notes[row["line_id"]]["disputed"] = share
        for move_id, due_date, promised, planned in self._agreed_days(customers):
            for row in lines.get((move_id, due_date), ()):
                note = notes[row["line_id"]]
                note["promised_until"] = promised or note.get("promised_until")
                note["in_plan"] = planned or note.get("in_plan", False)
        return notes

    @api.model
    def _disputed_parts(self, company, customers, rows):
        """``(move, due date) -> contested part`` of the disputes that hold."""
        Facts = self.env["recouvrement.planner.facts"]
        disputes = Facts._dispute_rows(company, customers.ids)
        residuals = defaultdict(lambda: defaultdict(Decimal))
        for row in rows:
            if row["move_id"] in disputes and row["residual"] > 0:
                residuals[row["move_id"]][row["due_date"]] += row["residual"]
        return {
            (move_id, due): part
            for move_id, by_date in residuals.items()
            for due, part in spread(disputes[move_id][0], by_date).items()
            if part > 0
        }

    @api.model
    def _agreed_days(self, customers):
        """``(move, due date, promised day, in a plan)`` of what runs."""
        ids = tuple(customers.ids) or (0,)
        return self.env.execute_query(
            SQL(
                """SELECT item.move_id, item.due_date, MAX(promise.date), FALSE
                     FROM recouvrement_promise promise
                     JOIN recouvrement_promise_item item ON item.promise_id = promise.id
                    WHERE promise.customer_id IN %s AND promise.state = 'running'
                 GROUP BY item.move_id, item.due_date
                UNION ALL
                   SELECT item.move_id, item.due_date, NULL::date, TRUE
                     FROM recouvrement_payment_plan plan
                     JOIN recouvrement_payment_plan_item item ON item.plan_id = plan.id
                    WHERE plan.customer_id IN %s AND plan.state = 'running'""",
                ids,
                ids,
            )
        )
