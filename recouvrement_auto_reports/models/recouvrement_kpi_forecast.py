from odoo import api, fields, models
from odoo.tools import SQL

PARTS = 1000  # more dates than any payment plan has


class RecouvrementKpiForecast(models.Model):
    """The open items as cash to come: one row each, several where a plan cuts it.

    The rows of an item add up to it, so that all of them are the receivables: nothing is
    counted twice, nothing is left out.
    """

    _name = "recouvrement.kpi.forecast"
    _inherit = ["recouvrement.kpi.item"]
    _description = "Cash expected"
    _auto = False
    _order = "expected_date, id"

    is_first = fields.Boolean(
        string="First part of the item", readonly=True, help="Items are counted by it."
    )

    @api.model
    def _company_sql(self, engine, company, visible):
        """OVERRIDE: the open items, cut by the dates of their payment plans."""
        own = {"id", "amount", "expected_date", "expected_by", "is_first"}
        names = [
            name for name, f in self._fields.items() if f.store and name not in own
        ]
        date = company._recouvrement_today()
        items = engine._open_sql(company, date)
        return SQL(
            """SELECT item.id::bigint * %(parts)s + COALESCE(share.number, 0) AS id,
                      %(names)s, COALESCE(share.amount, item.amount) AS amount,
                      COALESCE(share.day, item.expected_date) AS expected_date,
                      CASE WHEN share.line_id IS NULL THEN item.expected_by
                           ELSE 'plan' END AS expected_by,
                      COALESCE(share.is_first, TRUE) AS is_first
                 FROM (%(items)s) item
                 LEFT JOIN (%(shares)s) share ON share.line_id = item.id""",
            parts=PARTS,
            names=SQL(", ").join(SQL.identifier("item", name) for name in names),
            items=engine._items_sql(company, date, visible, items),
            shares=engine._shares_sql(company, date, items),
        )
