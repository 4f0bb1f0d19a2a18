"""One question before many: which seldom kinds of facts a set of customers has at all."""

from odoo import api, models
from odoo.tools import SQL

ABSENT = "recouvrement_absent"


class RecouvrementPlannerFacts(models.AbstractModel):
    """Most customers have no pause, promise, plan, dispute or call: their tables are read
    only where a first query found something."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _seldom_tables(self, customer_ids, move_ids):
        """``{table: SQL condition}``: the rows of these customers and entries that count."""
        customers = SQL("customer_id IN %s", tuple(customer_ids) or (0,))
        moves = SQL("move_res_id IN %s", tuple(move_ids) or (0,))
        return {
            "recouvrement_item_cycle": moves,
            "recouvrement_invoice_option": moves,
            "recouvrement_pause": SQL("lifted_at IS NULL AND %s", customers),
            "recouvrement_call": customers,
            "recouvrement_dispute": SQL("state != 'closed' AND %s", customers),
            "recouvrement_promise": customers,
            "recouvrement_payment_plan": customers,
            "recouvrement_prediction": SQL("has_chances AND %s", customers),
        }

    @api.model
    def _without_absent(self, customer_ids, rows):
        """These facts, told which of the tables hold nothing for these customers.

        :param rows: their open items, as ``_item_rows`` gives them
        """
        tables = self._seldom_tables(customer_ids, {row["move_id"] for row in rows})
        questions = [
            SQL("EXISTS (SELECT 1 FROM %s WHERE %s)", SQL.identifier(table), condition)
            for table, condition in tables.items()
        ]
        found = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(questions)))[0]
        absent = {name for name, some in zip(tables, found, strict=True) if not some}
        return self.with_context(**{ABSENT: frozenset(absent)})

    @api.model
    def _is_absent(self, table):
        """True when the first query found nothing in ``table``."""
        return table in self.env.context.get(ABSENT, ())
