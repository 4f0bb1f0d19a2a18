from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools import kpi
from ..tools.loss import RATE_DAYS, RATE_KINDS
from .recouvrement_kpi_engine import LATE_COLUMNS, SALES_COLUMNS


class RecouvrementKpiEngine(models.AbstractModel):
    """The columns of a snapshot: sums of one pass over all that moved."""

    _inherit = "recouvrement.kpi.engine"

    @api.model
    def _movements_sql(self, company, date):
        """SQL: open items, sales, what was open when the month began and what was lost in a
        year under one another, for one pass of sums; all by the segments and salespersons
        of ``date``."""
        opening = self._open_sql(company, kpi.month_start(date) - timedelta(days=1))
        return SQL(
            """SELECT partner_id, customer_id, salesperson_id, segment_id, industry_id,
                      nature, kind, amount, NULL::numeric AS untaxed,
                      days_late AS age, NULL::int AS month, is_disputed
                 FROM (%s) item
            UNION ALL
               SELECT partner_id, customer_id, salesperson_id, segment_id, industry_id,
                      nature, kind, amount, untaxed, age, month, is_disputed
                 FROM (%s) sale
            UNION ALL
               SELECT partner_id, customer_id, salesperson_id, segment_id, industry_id,
                      nature, 'opening', amount, NULL, NULL::int, NULL::int, FALSE
                 FROM (%s) opening
            UNION ALL
               SELECT partner_id, customer_id, salesperson_id, segment_id, industry_id,
                      nature, 'lost', amount, NULL, NULL::int, NULL::int, FALSE
                 FROM (%s) loss WHERE kind IN %s AND date > %s""",
            self._items_sql(company, date),
            self._sales_sql(company, date),
            self._items_sql(company, date, items=opening),
            self.env["recouvrement.loss"]._company_sql(company, date),
            RATE_KINDS,
            date - timedelta(days=RATE_DAYS),
        )

    @api.model
    def _measures(self):
        """Column of a snapshot -> SQL of its sum over the movements."""
        item = SQL("kind NOT IN ('sale', 'opening', 'lost')")
        advance = SQL("kind = 'payment'")
        conditions = {
            "receivable": item,
            "on_account": advance,
            "not_due": SQL("%s AND age <= 0", item),
            "on_account_not_due": SQL("%s AND age <= 0", advance),
            "disputed": SQL("%s AND is_disputed", item),
            "late_debit": SQL("%s AND age > 0 AND amount > 0", item),
            "lost_365": SQL("kind = 'lost'"),
            "opening": SQL("kind = 'opening'"),
            "sales_90": SQL("kind = 'sale' AND age < 90"),
            "sales_365": SQL("kind = 'sale' AND age < 365"),
        }
        for name, (first, last) in LATE_COLUMNS.items():
            upper = SQL("") if last is None else SQL("AND age <= %s", last)
            conditions[name] = SQL("%s AND age >= %s %s", item, first, upper)
        for back, name in enumerate(SALES_COLUMNS):
            conditions[name] = SQL("kind = 'sale' AND month = %s", back)
        found = {
            name: SQL("COALESCE(SUM(amount) FILTER (WHERE %s), 0)", condition)
            for name, condition in conditions.items()
        }
        found["late_weight"] = SQL(
            "COALESCE(SUM(amount * age) FILTER (WHERE %s), 0)",
            conditions["late_debit"],
        )
        found["sales_untaxed_365"] = SQL(
            "COALESCE(SUM(untaxed) FILTER (WHERE %s), 0)", conditions["sales_365"]
        )
        found["item_count"] = SQL("COUNT(*) FILTER (WHERE %s)", item)
        return found
