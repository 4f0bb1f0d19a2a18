from odoo import api, fields, models
from odoo.tools import SQL


class RecouvrementDisputeReport(models.Model):
    """Disputes by reason and year: how many, how much, how long, which share of the sales.

    One row for each company, year of opening and reason; sales are the posted invoices less
    credit notes of that year, taxes included as the contested amounts are.
    """

    _name = "recouvrement.dispute.report"
    _description = "Disputes by reason"
    _auto = False
    _order = "year desc, amount desc"
    _rec_name = "reason_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Char(readonly=True)
    reason_id = fields.Many2one("recouvrement.dispute.reason", readonly=True)
    count = fields.Integer(string="Disputes", readonly=True)
    open_count = fields.Integer(string="Still open", readonly=True)
    amount = fields.Monetary(string="Contested", readonly=True)
    credited = fields.Monetary(
        string="Credited in the end",
        readonly=True,
        help="Contested amounts of the disputes that ended with a credit note.",
    )
    mean_days = fields.Float(
        string="Mean days to solve", readonly=True, aggregator="avg", digits=(16, 1)
    )
    sales = fields.Monetary(string="Sales of the year", readonly=True, aggregator="max")
    share = fields.Float(string="Share of the sales", readonly=True, digits=(16, 4))

    @property
    def _table_query(self):
        return SQL(
            """
            WITH sales AS (
                SELECT company_id, TO_CHAR(invoice_date, 'YYYY') AS year,
                       SUM(amount_total_signed) AS amount
                  FROM account_move
                 WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
                   AND company_id IN (SELECT company_id FROM recouvrement_dispute)
              GROUP BY company_id, TO_CHAR(invoice_date, 'YYYY'))
            SELECT MIN(dispute.id) AS id, dispute.company_id, dispute.reason_id,
                   TO_CHAR(dispute.opened_on, 'YYYY') AS year,
                   COUNT(*) AS count,
                   COUNT(*) FILTER (WHERE dispute.state != 'closed') AS open_count,
                   SUM(dispute.amount_company) AS amount,
                   SUM(dispute.amount_company) FILTER (WHERE dispute.outcome IN
                       ('credit_note', 'split', 'credited')) AS credited,
                   AVG(dispute.days_to_solve) FILTER (WHERE dispute.state = 'closed')
                       AS mean_days,
                   MAX(sales.amount) AS sales,
                   SUM(dispute.amount_company) / NULLIF(MAX(sales.amount), 0) AS share
              FROM recouvrement_dispute dispute
         LEFT JOIN sales ON sales.company_id = dispute.company_id
                        AND sales.year = TO_CHAR(dispute.opened_on, 'YYYY')
          GROUP BY dispute.company_id, dispute.reason_id,
                   TO_CHAR(dispute.opened_on, 'YYYY')
            """
        )

    @api.depends("reason_id", "year")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.reason_id.name} {row.year}"

    def action_open(self):
        """The disputes behind the row."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_dispute_action"
        )
        return {
            **action,
            "name": self.display_name,
            "context": {},
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("reason_id", "=", self.reason_id.id),
                ("opened_on", ">=", f"{self.year}-01-01"),
                ("opened_on", "<=", f"{self.year}-12-31"),
            ],
        }
