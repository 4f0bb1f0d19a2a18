from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.models.recouvrement_planner_build import money
from odoo.addons.recouvrement_auto.tools import penalty

BATCH = 2000


class RecouvrementKpiClaimable(models.Model):
    """What the law lets us claim on each overdue invoice: interest and the 40 EUR fee.

    Figures of the last night, by ``tools/penalty``: they are what a claim of that day would
    say, not a posted amount. A half-year without a rate leaves the interest empty and says
    so on the line.
    """

    _name = "recouvrement.kpi.claimable"
    _inherit = ["recouvrement.kpi.list.mixin"]
    _description = "Claimable interest and fee"
    _log_access = False
    _order = "total desc, id"
    _rec_name = "move_name"

    line_res_id = fields.Integer(string="Journal item", readonly=True, aggregator=None)
    move_res_id = fields.Integer(string="Entry", readonly=True, aggregator=None)
    move_name = fields.Char(string="Number", readonly=True)
    due_date = fields.Date(readonly=True)
    amount = fields.Monetary(string="Open amount", readonly=True)
    interest = fields.Monetary(string="Late interest", readonly=True)
    fee = fields.Monetary(string="Recovery fee", readonly=True)
    total = fields.Monetary(string="Claimable", readonly=True)
    missing_rate = fields.Char(
        string="Rate missing for",
        readonly=True,
        help="Half-year whose rate is missing.",
    )

    @api.model
    def _refresh(self, company, date):
        """Replace the rows of ``company`` by those of ``date``; in batches, one transaction."""
        self._clear(company)
        rows = self.env.execute_query_dict(self._overdue_sql(company, date))
        charged, series = set(), {}
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            movements = self._movements(company, [row["line_id"] for row in batch])
            self._insert_rows(
                [
                    self._row(company, date, row, movements, series, charged)
                    for row in batch
                ]
            )
        self.invalidate_model()

    @api.model
    def _overdue_sql(self, company, date):
        """Overdue invoices of customers whose regime lets something be claimed."""
        return SQL(
            """
            SELECT item.line_id, item.move_id, item.move_name, item.due_date,
                   item.amount, customer.id AS customer_id, customer.legal_regime
              FROM (%(items)s) item
              JOIN res_partner partner ON partner.id = item.partner_id
              JOIN recouvrement_customer customer
                ON customer.partner_id = partner.commercial_partner_id
               AND customer.company_id = item.company_id
             WHERE item.amount > 0 AND item.due_date < %(date)s
               AND item.move_type = 'out_invoice'
               AND customer.legal_regime IN ('business', 'public')
               AND customer.insolvency IS NOT TRUE
          ORDER BY item.move_id, item.due_date, item.line_id
            """,
            items=self.env["recouvrement.open.item"]._query(company, date, live=True),
            date=date,
        )

    @api.model
    def _movements(self, company, line_ids):
        """Payments and credit notes matched with each item, in company currency."""
        exchange = company.currency_exchange_journal_id.id or 0
        found = defaultdict(tuple)
        for line_id, day, amount, move_type in self.env.execute_query(
            SQL(
                """SELECT part.debit_move_id, other.date, part.amount, move.move_type
                     FROM account_partial_reconcile part
                     JOIN account_move_line other ON other.id = part.credit_move_id
                     JOIN account_move move ON move.id = other.move_id
                    WHERE part.debit_move_id IN %s AND move.journal_id != %s""",
                tuple(line_ids) or (0,),
                exchange,
            )
        ):
            credit = move_type == "out_refund"
            kind = penalty.CREDIT_NOTE if credit else penalty.PAYMENT
            found[line_id] += (penalty.Movement(day, money(amount), kind),)
        return found

    @api.model
    def _row(self, company, date, row, movements, series, charged):
        regime = row["legal_regime"]
        moves = movements[row["line_id"]]
        paid = sum((m.amount for m in moves), Decimal(0))
        debt = penalty.Debt(money(row["amount"]) + paid, row["due_date"], moves)
        interest, missing = Decimal(0), None
        try:
            interest = penalty.late_interest(
                debt,
                date,
                self._series(regime, date, row["due_date"], series),
                regime,
                company.recouvrement_settlement_order or penalty.INTEREST_FIRST,
            ).interest_due
        except penalty.MissingRate as error:
            missing = error.semester
        fee = Decimal(0)
        if row["move_id"] not in charged:
            charged.add(row["move_id"])  # once per invoice, whatever its instalments
            fee = self._fee(company, date, series)
        return {
            "company_id": company.id,
            "customer_id": row["customer_id"],
            "date": date,
            "line_res_id": row["line_id"],
            "move_res_id": row["move_id"],
            "move_name": row["move_name"],
            "due_date": row["due_date"],
            "amount": row["amount"],
            "interest": interest,
            "fee": fee,
            "total": interest + fee,
            "missing_rate": missing,
        }

    @api.model
    def _series(self, regime, date, due, series):
        """Rates from the year of ``due`` on, read once per regime and year."""
        key = regime, due.year
        if key not in series:
            Rate = self.env["recouvrement.legal.rate"].sudo()  # the law is public
            kind = Rate._regime_kinds()[regime]
            series[key] = Rate._series(kind, due.replace(month=1, day=1), date)
        return series[key]

    @api.model
    def _fee(self, company, date, series):
        if "fee" not in series:
            Rate = self.env["recouvrement.legal.rate"].sudo()  # the law is public
            if not Rate._has_rate("recovery_fee", date):
                return Decimal(0)
            euro = self.env.ref("base.EUR")
            amount = float(Rate._rate("recovery_fee", date))
            converted = euro._convert(amount, company.currency_id, company, date)
            series["fee"] = money(converted)
        return series["fee"]
