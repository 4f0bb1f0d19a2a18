from odoo import api, fields, models
from odoo.tools import SQL

CAUSES = [
    ("on_time", "Paid on time"),
    ("own", "Our own process"),
    ("dispute", "Dispute"),
    ("customer", "The customer"),
]
SLOW_INVOICE = 5  # days from delivery to invoice from which the delay is ours
WEIGHTED = ("days_to_invoice", "days_term", "days_late", "days_total")


class RecouvrementCycleTime(models.Model):
    """Where the days go: delivery to invoice, invoice to due date, due date to cash.

    One row per instalment that was settled in cash in the last 365 days, read from
    ``recouvrement.payment.instalment``; no table. Days of a group are weighted by amount.
    A late payment is ours when the invoice left more than five days after the delivery, a
    dispute's when one was opened on the invoice, else the customer's.
    """

    _name = "recouvrement.cycle.time"
    _inherit = ["recouvrement.ledger.rows.mixin"]
    _description = "Where the days go"
    _auto = False
    _log_access = False
    _order = "paid_on desc, id"
    _rec_name = "move_name"

    move_name = fields.Char(string="Number", readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    paid_on = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)
    days_to_invoice = fields.Float(
        string="Delivery to invoice (days)",
        readonly=True,
        aggregator="avg",
        help="Empty without a delivery date on the invoice.",
    )
    days_term = fields.Float(
        string="Invoice to due date (days)", readonly=True, aggregator="avg"
    )
    days_late = fields.Float(
        string="Due date to cash (days)", readonly=True, aggregator="avg"
    )
    days_total = fields.Float(
        string="Invoice to cash (days)", readonly=True, aggregator="avg"
    )
    tied_up = fields.Monetary(
        string="Capital tied up",
        readonly=True,
        help="Amount x days from invoice to cash / 365: what this costs in working "
        "capital over a year.",
    )
    is_late = fields.Integer(string="Late", readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(
            self._company_sql(company) for company in self.env.companies
        )

    @api.model
    def _company_sql(self, company):
        date = company._recouvrement_today()
        Instalment = self.env["recouvrement.payment.instalment"]
        return SQL(
            """
            (WITH %(closed)s
            SELECT paid.line_id AS id, %(company)s AS company_id,
                   %(currency)s AS currency_id, customer.id AS customer_id,
                   debtor.id AS partner_id, customer.segment_id, debtor.industry_id,
                   COALESCE(debtor.user_id, move.invoice_user_id) AS salesperson_id,
                   move.name AS move_name, move.invoice_date,
                   line.date_maturity AS due_date, paid.paid_on, line.balance AS amount,
                   (move.invoice_date - move.delivery_date)::float AS days_to_invoice,
                   (line.date_maturity - move.invoice_date)::float AS days_term,
                   (paid.paid_on - line.date_maturity)::float AS days_late,
                   (paid.paid_on - move.invoice_date)::float AS days_total,
                   line.balance * (paid.paid_on - move.invoice_date) / 365.0 AS tied_up,
                   (paid.delay > 0)::int AS is_late, %(cause)s AS cause
              FROM (%(instalments)s) paid
              JOIN account_move_line line ON line.id = paid.line_id
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = paid.partner_id
              JOIN res_partner debtor ON debtor.id = partner.commercial_partner_id
         LEFT JOIN recouvrement_customer customer
                ON customer.partner_id = debtor.id AND customer.company_id = %(company)s
             WHERE paid.delay IS NOT NULL AND move.move_type = 'out_invoice')
            """,
            closed=Instalment._closed_cte(company, date),
            company=company.id,
            currency=company.currency_id.id,
            cause=self._cause_sql(),
            instalments=Instalment._query(company, date),
        )

    @api.model
    def _cause_sql(self):
        return SQL(
            """CASE WHEN paid.delay <= 0 THEN 'on_time'
                    WHEN move.id IN (SELECT dispute.move_id FROM recouvrement_dispute dispute
                                      WHERE dispute.move_id IS NOT NULL) THEN 'dispute'
                    WHEN move.invoice_date - move.delivery_date > %s THEN 'own'
                    ELSE 'customer' END""",
            SLOW_INVOICE,
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """OVERRIDE: days of a group are weighted by amount."""
        name = aggregate_spec.partition(":")[0]
        if name not in WEIGHTED:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%(amount)s * %(days)s)::float"
            " / NULLIF(SUM(%(amount)s) FILTER (WHERE %(days)s IS NOT NULL), 0)::float",
            amount=self._field_to_sql(self._table, "amount", query),
            days=self._field_to_sql(self._table, name, query),
        )
