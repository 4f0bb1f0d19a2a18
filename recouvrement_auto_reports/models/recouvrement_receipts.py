from odoo import api, models
from odoo.tools import SQL


class RecouvrementReceipts(models.AbstractModel):
    """What became of the items that were open at a closing: received, credited, other.

    The alternative procedure of an auditor when a customer does not confirm his balance
    (NEP 505): cash that came after the closing proves the debt.
    """

    _name = "recouvrement.receipts"
    _description = "Receipts after closing"

    @api.model
    def _query(self, company, closing, until, partner_ids=None):
        """SQL: one row per item owed at ``closing`` with what settled it until ``until``.

        Columns of ``recouvrement.open.item._query`` and ``received, credited, other``
        (company currency, positive), ``first_receipt, last_receipt``, ``receipts`` (numbers
        of the entries). Cash is what an entry of a bank or cash journal settles.
        """
        items = self.env["recouvrement.open.item"]._query(
            company, closing, partner_ids=partner_ids
        )
        return SQL(
            """
            SELECT item.*, debtor.name AS debtor_name, debtor.ref AS debtor_ref,
                   COALESCE(later.received, 0) AS received,
                   COALESCE(later.credited, 0) AS credited,
                   COALESCE(later.other, 0) AS other,
                   later.first_receipt, later.last_receipt, later.receipts
              FROM (%(items)s) item
         LEFT JOIN res_partner debtor ON debtor.id = item.partner_id
         LEFT JOIN LATERAL (%(settled)s) later ON TRUE
             WHERE item.amount > 0
            """,
            items=items,
            settled=self._settled_sql(closing, until),
        )

    @api.model
    def _settled_sql(self, closing, until):
        """What settled the item ``item.line_id`` between the two days, by kind."""
        return SQL(
            """
               SELECT SUM(part.amount) FILTER (WHERE kind = 'cash') AS received,
                      SUM(part.amount) FILTER (WHERE kind = 'credit') AS credited,
                      SUM(part.amount) FILTER (WHERE kind = 'other') AS other,
                      MIN(part.max_date) FILTER (WHERE kind = 'cash') AS first_receipt,
                      MAX(part.max_date) FILTER (WHERE kind = 'cash') AS last_receipt,
                      STRING_AGG(DISTINCT part.name, ', ')
                          FILTER (WHERE kind = 'cash') AS receipts
                 FROM (SELECT partial.amount, partial.max_date, move.name,
                              CASE WHEN journal.type IN ('bank', 'cash', 'credit')
                                   THEN 'cash'
                                   WHEN move.move_type = 'out_refund' THEN 'credit'
                                   ELSE 'other' END AS kind
                         FROM account_partial_reconcile partial
                         JOIN account_move_line line ON line.id = partial.credit_move_id
                         JOIN account_move move ON move.id = line.move_id
                         JOIN account_journal journal ON journal.id = line.journal_id
                        WHERE partial.debit_move_id = item.line_id
                          AND partial.max_date > %(closing)s
                          AND partial.max_date <= %(until)s) part
            """,
            closing=closing,
            until=until,
        )

    @api.model
    def _by_customer(self, company, closing, until, partner_ids):
        """``{partner id: (received, credited, other)}``."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, SUM(received), SUM(credited), SUM(other)
                     FROM (%s) item GROUP BY partner_id""",
                self._query(company, closing, until, partner_ids),
            )
        )
        return {row[0]: tuple(round(x, 2) for x in row[1:]) for row in rows}
