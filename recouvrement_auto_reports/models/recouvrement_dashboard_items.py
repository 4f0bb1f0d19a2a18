from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.dashboard import weeks
from .recouvrement_dashboard import FORECAST, ITEM

TOP = 8
# What the domains of the tiles on open items look at.
READ = ("days_late", "expected_date", "expected_by", "is_disputed")


class RecouvrementDashboard(models.AbstractModel):
    """Tiles on the open items and on their cash, and the largest debtors, in one pass.

    The items are read once and grouped by what the domains look at; the sums then run over
    the few groups. Without that PostgreSQL computes each expression of each item for each
    sum. The weeks of the forecast are put together here from its days: fifty conditions
    would cost more than the sums.
    """

    _inherit = "recouvrement.dashboard"

    @api.model
    def _pass_of(self, model):
        """OVERRIDE: open items are counted among the rows that their plans cut them in."""
        return FORECAST if model == ITEM else super()._pass_of(model)

    @api.model
    def _sums(self, model, tiles, scope):
        """OVERRIDE: open items; also leaves the largest debtors in ``scope["top"]``."""
        query = self._query_of(model, scope)
        if model != FORECAST or query.is_empty():
            return super()._sums(model, tiles, scope)
        weekly = [tile for tile in tiles if tile.group == "forecast"]
        others = [tile for tile in tiles if tile.group != "forecast"]
        counts = {ITEM: SQL("SUM(item_count)"), FORECAST: SQL("SUM(part_count)")}
        row = self._read_items(query, self._sums_sql(model, others, query, counts))
        scope["top"] = row[-1] or []
        found = self._paired(others, row, scope)
        return found | self._sums_of_weeks(weekly, row[-2] or [], scope)

    @api.model
    def _read_items(self, query, parts):
        """One row: the ``parts``, the days of the forecast, the largest debtors."""
        foreseen = Domain(list(self._foreseen())).optimize_full(self.env[FORECAST])
        columns = (*READ, "amount", "customer_id", "partner_id", "is_first")
        [row] = self.env.execute_query(
            SQL(
                """WITH item AS MATERIALIZED (%(items)s),
                        top AS (%(top)s),
                        kind AS (SELECT %(read)s, SUM(amount) AS amount,
                                        COUNT(*) FILTER (WHERE is_first) AS item_count,
                                        COUNT(*) AS part_count
                                   FROM item GROUP BY %(read)s),
                        cash AS (SELECT expected_date AS day, expected_by AS source,
                                        SUM(part_count)::int AS parts,
                                        SUM(amount)::float AS amount
                                   FROM kind AS %(table)s WHERE %(foreseen)s
                               GROUP BY expected_date, expected_by)
                   SELECT %(parts)s, (SELECT json_agg(cash) FROM cash),
                          (SELECT json_agg(top) FROM top)
                     FROM kind AS %(table)s""",
                items=query.select(
                    *(SQL.identifier(query.table, name) for name in columns)
                ),
                top=self._top_sql(),
                parts=SQL(", ").join(parts),
                read=SQL(", ").join(map(SQL.identifier, READ)),
                foreseen=foreseen._to_sql(self.env[FORECAST], query.table, query),
                table=SQL.identifier(query.table),
            )
        )
        return row

    @api.model
    def _sums_of_weeks(self, tiles, days, scope):
        """``{key: (count, sum)}`` of the weeks, from the sums of the days."""
        numbers = {
            day.isoformat(): week.number
            for week in weeks(scope["today"])
            for day in week.days()
        }
        sums = {}
        for one in days:
            key = f"forecast_{one['source']}_{numbers.get(one['day'])}"
            count, amount = sums.get(key, (0, 0.0))
            sums[key] = count + one["parts"], amount + one["amount"]
        found = {tile.key: sums.get(tile.key, (0, 0.0)) for tile in tiles}
        rounded = scope["currency"].round
        return {key: (count, rounded(sum_)) for key, (count, sum_) in found.items()}

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
