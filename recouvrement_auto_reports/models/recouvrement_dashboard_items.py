from odoo import api, models
from odoo.tools import SQL

from .recouvrement_dashboard import ITEM

TOP = 8
# What the domains of the tiles on open items look at.
READ = ("days_late", "expected_date", "is_disputed")


class RecouvrementDashboard(models.AbstractModel):
    """Tiles on the open items and the largest debtors, in one pass over the items.

    The items are read once and grouped by what the domains look at; some forty sums then
    run over the few groups. Without that PostgreSQL computes each expression of each item
    for each sum.
    """

    _inherit = "recouvrement.dashboard"

    @api.model
    def _sums(self, model, tiles, scope):
        """OVERRIDE: open items; also leaves the largest debtors in ``scope["top"]``."""
        if model != ITEM:
            return super()._sums(model, tiles, scope)
        query = self._query_of(model, scope)
        if query.is_empty():
            return super()._sums(model, tiles, scope)
        counted = SQL("SUM(item_count)")
        parts = self._sums_sql(model, tiles, query, counted)
        [row] = self.env.execute_query(
            SQL(
                """WITH item AS MATERIALIZED (%(items)s),
                        top AS (%(top)s)
                   SELECT %(parts)s, (SELECT json_agg(top) FROM top)
                     FROM (SELECT %(read)s, SUM(amount) AS amount,
                                  COUNT(*) AS item_count
                             FROM item GROUP BY %(read)s) AS %(table)s""",
                items=query.select(
                    *(
                        SQL.identifier(query.table, name)
                        for name in (*READ, "amount", "customer_id", "partner_id")
                    )
                ),
                top=self._top_sql(),
                parts=SQL(", ").join(parts),
                read=SQL(", ").join(map(SQL.identifier, READ)),
                table=SQL.identifier(query.table),
            )
        )
        scope["top"] = row[-1] or []
        return self._paired(tiles, row, scope)

    @api.model
    def _top_sql(self):
        """The largest overdue customers: file, name, amount, days late of the oldest."""
        return SQL(
            """SELECT largest.id, COALESCE(partner.name, '') AS name, amount, days
                 FROM (SELECT customer_id AS id, partner_id, SUM(amount)::float AS amount,
                              MAX(days_late) AS days
                         FROM item
                        WHERE days_late > 0 AND customer_id IS NOT NULL
                     GROUP BY customer_id, partner_id
                       HAVING SUM(amount) > 0
                     ORDER BY 3 DESC, 1 LIMIT %s) largest
                 JOIN res_partner partner ON partner.id = largest.partner_id
             ORDER BY amount DESC, largest.id""",
            TOP,
        )
