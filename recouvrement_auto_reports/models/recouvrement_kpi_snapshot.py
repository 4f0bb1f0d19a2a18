from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.const import NATURE_SELECTION

from ..tools.kpi import is_month_end

LEVELS = {
    "group": ("segment_id", "salesperson_id", "industry_id", "nature"),
    "customer": (
        "customer_id",
        "segment_id",
        "salesperson_id",
        "industry_id",
        "nature",
    ),
}
DSO_DAYS = 90


class RecouvrementKpiSnapshot(models.Model):
    """What was owed, late and sold at the end of a day, frozen.

    An entry posted later with an earlier date changes the ledger, not these rows. Amounts
    are additive; ratios are taken from their sums. Two levels: ``group`` every day, one row
    per segment, salesperson, sector and nature; ``customer`` at month ends. Growth: some
    dozens of rows a day, one per active customer a month; ``_prune`` keeps daily rows for
    400 days and month ends for ever.
    """

    _name = "recouvrement.kpi.snapshot"
    _description = "Indicators of a day"
    _log_access = False
    _order = "date desc, id"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    level = fields.Selection(
        [("group", "Groups, every day"), ("customer", "Customers, at month end")],
        required=True,
        readonly=True,
    )
    source = fields.Selection(
        [("night", "Taken that night"), ("backfill", "Rebuilt from the ledger later")],
        string="Origin",
        required=True,
        readonly=True,
        help="A rebuilt day uses the ledger as it was known when it was rebuilt, with the "
        "segments and salespersons of that moment.",
    )
    key = fields.Char(required=True, readonly=True)
    customer_id = fields.Many2one(
        "recouvrement.customer",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
    )
    segment_id = fields.Many2one(
        "recouvrement.segment", ondelete="set null", readonly=True
    )
    salesperson_id = fields.Many2one("res.users", ondelete="set null", readonly=True)
    industry_id = fields.Many2one(
        "res.partner.industry", string="Sector", ondelete="set null", readonly=True
    )
    nature = fields.Selection(NATURE_SELECTION, readonly=True)

    receivable = fields.Monetary(
        readonly=True, help="Balance of the trade receivable accounts."
    )
    on_account = fields.Monetary(
        string="Payments on account",
        readonly=True,
        help="Part of the balance that is unallocated payments; left out of the DSO.",
    )
    not_due = fields.Monetary(string="Not due", readonly=True)
    on_account_not_due = fields.Monetary(readonly=True)
    late_30 = fields.Monetary(string="1-30 days late", readonly=True)
    late_60 = fields.Monetary(string="31-60 days late", readonly=True)
    late_90 = fields.Monetary(string="61-90 days late", readonly=True)
    late_over = fields.Monetary(string="Over 90 days late", readonly=True)
    disputed = fields.Monetary(readonly=True)
    late_debit = fields.Monetary(string="Late invoices", readonly=True)
    late_weight = fields.Float(string="Late amount x days", readonly=True)
    item_count = fields.Integer(string="Open items", readonly=True)
    opening = fields.Monetary(
        string="Receivables when the month began",
        readonly=True,
        help="Balance at the end of the month before, of the customers as they are grouped "
        "on this day.",
    )
    lost_365 = fields.Monetary(
        string="Irrecoverable over 365 days",
        readonly=True,
        help="Debts written off and credit notes on irrecoverables, less what was received "
        "on debts written off, without the VAT that was taken back.",
    )
    sales_untaxed_365 = fields.Monetary(
        string="Sales of 365 days excl. tax", readonly=True
    )
    sales_90 = fields.Monetary(string="Sales of 90 days", readonly=True)
    sales_365 = fields.Monetary(string="Sales of 365 days", readonly=True)
    sales_m0 = fields.Monetary(string="Sales of the month", readonly=True)
    sales_m1 = fields.Monetary(string="Sales 1 month before", readonly=True)
    sales_m2 = fields.Monetary(string="Sales 2 months before", readonly=True)
    sales_m3 = fields.Monetary(string="Sales 3 months before", readonly=True)
    sales_m4 = fields.Monetary(string="Sales 4 months before", readonly=True)
    sales_m5 = fields.Monetary(string="Sales 5 months before", readonly=True)
    sales_m6 = fields.Monetary(string="Sales 6 months before", readonly=True)
    sales_m7 = fields.Monetary(string="Sales 7 months before", readonly=True)
    sales_m8 = fields.Monetary(string="Sales 8 months before", readonly=True)
    sales_m9 = fields.Monetary(string="Sales 9 months before", readonly=True)
    sales_m10 = fields.Monetary(string="Sales 10 months before", readonly=True)
    sales_m11 = fields.Monetary(string="Sales 11 months before", readonly=True)
    sales_m12 = fields.Monetary(string="Sales 12 months before", readonly=True)

    _day_uniq = models.UniqueIndex(
        "(company_id, date, level, key)", "The indicators of a day are taken once."
    )

    def init(self):
        """What was rebuilt from the ledger before a column was added is rebuilt with it."""
        self.env.cr.execute(
            """DELETE FROM recouvrement_kpi_snapshot
                WHERE source = 'backfill' AND opening IS NULL"""
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: the night alone writes them."""
        if vals_list:
            raise AccessError(self._only_the_night())
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: what a day was does not change."""
        if vals:
            raise AccessError(self._only_the_night())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_the_night(self):
        raise AccessError(self._only_the_night())

    @api.model
    def _only_the_night(self):
        return self.env._("Indicators of a day are written by the night, once.")

    @api.model
    def _take(self, company, date, source="night"):
        """Freeze the figures of ``company`` at the end of ``date``; nothing when that day
        is there already. Two statements at month ends, else one.

        :return: number of rows written
        """
        self.env.flush_all()
        levels = ["group"]
        if is_month_end(date):
            levels.append("customer")
        written = sum(self._take_level(company, date, source, one) for one in levels)
        self.invalidate_model()
        return written

    @api.model
    def _take_level(self, company, date, source, level):
        engine = self.env["recouvrement.kpi.engine"]
        axes, measures = LEVELS[level], engine._measures()
        key = SQL("CONCAT_WS('/', %s)", self._key_sql(axes))
        columns = ["company_id", "date", "level", "source", "key", *axes, *measures]
        axes_sql = SQL(", ").join(map(SQL.identifier, axes))
        # A company without items nor sales has its day too: one row of zeros.
        self.env.cr.execute(
            SQL(
                """INSERT INTO recouvrement_kpi_snapshot (%(columns)s)
                   SELECT %(company)s, %(date)s, %(level)s, %(source)s, %(key)s,
                          %(axes)s, %(measures)s
                     FROM (%(movements)s UNION ALL %(nothing)s) movement
                    WHERE %(kept)s
                 GROUP BY %(axes)s
              ON CONFLICT DO NOTHING""",
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                company=company.id,
                date=date,
                level=level,
                source=source,
                key=key,
                axes=axes_sql,
                measures=SQL(", ").join(measures.values()),
                movements=engine._movements_sql(company, date),
                nothing=self._nothing_sql(),
                kept=SQL("customer_id IS NOT NULL")
                if level == "customer"
                else SQL("TRUE"),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _key_sql(self, axes):
        return SQL(", ").join(
            SQL("COALESCE(%s::text, '0')", SQL.identifier(axis)) for axis in axes
        )

    @api.model
    def _nothing_sql(self):
        return SQL(
            """SELECT NULL::int, NULL::int, NULL::int, NULL::int, NULL::int, 'standard',
                      'sale', 0, 0, 0, NULL::int, FALSE"""
        )
