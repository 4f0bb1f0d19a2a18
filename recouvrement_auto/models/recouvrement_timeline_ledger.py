from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..tools.timeline import DEBTOR, OURS

PAYMENT = SQL(
    """line.id, line.date + TIME '12:00' AS at, move.name, move.id AS move_id,
       CASE WHEN move.move_type = 'out_refund' THEN 'credit' ELSE 'payment' END AS kind"""
)


class RecouvrementTimeline(models.AbstractModel):
    """Money and documents: payments inline with what they paid, credit notes, due dates."""

    _inherit = "recouvrement.timeline"

    # === PAYMENTS === #

    @api.model
    def _sql_payment(self, scope):
        """Receipts and credit notes on the receivable accounts; what was taken back too."""
        base = self._credit_lines(scope)
        if not scope.fixed:
            return SQL(
                """SELECT %s, -line.balance AS amount, -line.amount_residual AS unmatched
                     FROM %s AND (line.balance < 0
                          OR line.balance > 0 AND move.move_type = 'entry'
                             AND journal.type IN ('bank', 'cash'))""",
                PAYMENT,
                base,
            )
        return SQL(
            """SELECT %s, part.amount, 0 AS unmatched
                 FROM (SELECT own.credit_move_id, SUM(own.amount) AS amount
                         FROM account_partial_reconcile own
                         JOIN account_move_line debit ON debit.id = own.debit_move_id
                        WHERE debit.move_id = %s
                     GROUP BY own.credit_move_id) part, %s
                  AND line.id = part.credit_move_id""",
            PAYMENT,
            scope.move_id,
            base,
        )

    @api.model
    def _credit_lines(self, scope):
        """SQL: from the receivable lines of the customer, exchange differences left out."""
        return SQL(
            """account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN account_journal journal ON journal.id = line.journal_id
                WHERE line.partner_id = %s AND line.company_id = %s
                  AND line.account_id IN %s AND line.parent_state = 'posted'
                  AND line.journal_id != %s""",
            scope.customer.partner_id.id,
            scope.company.id,
            self.env["recouvrement.open.item"]._account_ids(scope.company),
            # The journal's id only; readers need no right on company settings.
            scope.company.sudo().currency_exchange_journal_id.id or 0,
        )

    @api.model
    def _describe_payment(self, scope, rows):
        paid = self._paid_by(scope, [row["id"] for row in rows])
        return [
            {
                "title": self._payment_title(row),
                "side": OURS if row["kind"] == "credit" else DEBTOR,
                "amount": self._money(scope, abs(row["amount"])),
                "detail": self._unmatched_label(scope, row),
                "about": row["name"] or "",
                "invoices": paid.get(row["id"], []),
                "day_only": True,
                "mark": "bad" if row["amount"] < 0 else "good",
            }
            for row in rows
        ]

    @api.model
    def _payment_title(self, row):
        if row["kind"] == "credit":
            return self.env._("Credit note")
        if row["amount"] < 0:
            return self.env._("Payment returned or refunded")
        return self.env._("Payment received")

    @api.model
    def _unmatched_label(self, scope, row):
        """A part that pays nothing yet; a smaller rounding than a cent is none."""
        left = scope.company.currency_id.round(row["unmatched"] or 0)
        if left <= 0:
            return ""
        return self.env._("%s not matched yet", self._money(scope, left))

    @api.model
    def _paid_by(self, scope, line_ids):
        """``credit line -> invoices it paid`` with their amounts, in one query."""
        found = defaultdict(list)
        rows = self.env.execute_query(
            SQL(
                """SELECT part.credit_move_id, move.id, move.name, SUM(part.amount)
                     FROM account_partial_reconcile part
                     JOIN account_move_line debit ON debit.id = part.debit_move_id
                     JOIN account_move move ON move.id = debit.move_id
                    WHERE part.credit_move_id IN %s
                 GROUP BY part.credit_move_id, move.id, move.name
                 ORDER BY move.name, move.id""",
                tuple(line_ids) or (0,),
            )
        )
        for line_id, move_id, name, amount in rows:
            found[line_id].append(
                {
                    "id": move_id,
                    "name": name or "",
                    "amount": self._money(scope, amount),
                }
            )
        return found

    # === THE INVOICE ITSELF === #

    @api.model
    def _sql_invoice(self, scope):
        """Issue and due dates, in the history of one invoice only."""
        if not scope.fixed:
            return None
        return SQL(
            """SELECT line.id * 2 + event.rank AS id, event.at, 'other' AS kind,
                      event.rank, move.name, line.balance AS amount
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN LATERAL (VALUES
                      (0, COALESCE(move.invoice_date, move.date) + TIME '03:00'),
                      (1, line.date_maturity + TIME '03:00')
                 ) event (rank, at) ON event.at < %s
                WHERE line.move_id = %s AND line.partner_id = %s
                  AND line.display_type = 'payment_term'
                  AND line.parent_state = 'posted'""",
            self.env.cr.now(),
            scope.move_id,
            scope.customer.partner_id.id,
        )

    @api.model
    def _describe_invoice(self, scope, rows):
        return [
            {
                "title": self.env._("Due date")
                if row["rank"]
                else self.env._("Invoice issued"),
                "amount": self._money(scope, row["amount"]),
                "about": row["name"] or "",
                "day_only": True,
                "mark": "muted",
            }
            for row in rows
        ]
