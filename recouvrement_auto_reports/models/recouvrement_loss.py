from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.const import NATURE_SELECTION

from ..tools import loss
from ..tools.aged_request import AgedRequest

KINDS = [
    (loss.LOSS, "Irrecoverable debt"),
    (loss.CREDIT_NOTE, "Credit note on an irrecoverable"),
    (loss.RECOVERED, "Received on a debt written off"),
    (loss.DOUBTFUL, "Doubtful customer"),
    (loss.ALLOWANCE, "Depreciation"),
]
CAUSES = [
    ("insolvency", "Insolvency"),
    ("dispute", "Dispute"),
    ("approved", "Given up by two persons"),
    ("other", "Other"),
]


class RecouvrementLoss(models.Model):
    """What is lost for good on customers, and what may be: read from the posted ledger.

    No table. Journal items of the accounts of ``recouvrement.loss.accounts``, and credit
    notes matched with an invoice whose irrecoverable a second person approved. Amounts are
    without the VAT that the same entry takes back (article 272 of the tax code): a loss of
    12,000 of which 2,000 of VAT are recovered is 10,000 (legal-fr.md section 10). What is
    received later on a debt written off is negative.
    """

    _name = "recouvrement.loss"
    _inherit = ["recouvrement.ledger.rows.mixin", "recouvrement.move.link.mixin"]
    _description = "Irrecoverable"
    _auto = False
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "move_name"

    date = fields.Date(readonly=True)
    partner_id = fields.Many2one(
        help="Of the journal item, else the only partner of its entry."
    )
    nature = fields.Selection(NATURE_SELECTION, readonly=True)
    kind = fields.Selection(KINDS, string="What", readonly=True)
    cause = fields.Selection(
        CAUSES,
        readonly=True,
        help="Insolvency of the customer, a dispute on the invoice that was written off, or "
        "an irrecoverable that a second person approved.",
    )
    account_code = fields.Char(string="Account", readonly=True)
    move_name = fields.Char(string="Entry number", readonly=True)
    label = fields.Char(readonly=True)
    amount = fields.Monetary(
        string="Amount excl. tax",
        readonly=True,
        help="Without the VAT that the same entry takes back.",
    )
    tax = fields.Monetary(
        string="VAT taken back",
        readonly=True,
        help="Debit of the accounts of collected VAT in the same entry: article 272 of the "
        "tax code, with a rectified invoice.",
    )

    @property
    def _table_query(self):
        """The query of the companies that the reader has switched on."""
        companies = self.env.companies
        request = AgedRequest(fields.Date.today(), tuple(companies.ids))
        visible = self.env["recouvrement.aged.balance.engine"]._visible_sql(request)
        return SQL(" UNION ALL ").join(
            self._company_sql(company, company._recouvrement_today(), visible)
            for company in companies
        )

    @api.model
    def _company_sql(self, company, date, visible=None):
        """SQL: what ``company`` lost or may lose, by the entries up to ``date``.

        :param visible: condition on ``customer`` and ``debtor``, none for all
        """
        engine = self.env["recouvrement.kpi.engine"]
        return SQL(
            """
            SELECT entry.id, %(company)s AS company_id, %(currency)s AS currency_id,
                   entry.date, debtor.id AS partner_id, customer.id AS customer_id,
                   COALESCE(debtor.user_id, move.invoice_user_id) AS salesperson_id,
                   %(segment)s AS segment_id, debtor.industry_id,
                   COALESCE(customer.nature, 'standard') AS nature, entry.kind,
                   %(cause)s AS cause, entry.account_code, entry.move_id AS move_res_id,
                   move.name AS move_name, entry.label, entry.amount, entry.tax
              FROM (%(entries)s) entry
              JOIN account_move move ON move.id = entry.move_id
         LEFT JOIN res_partner partner ON partner.id = entry.partner_id
         LEFT JOIN res_partner debtor ON debtor.id = partner.commercial_partner_id
         LEFT JOIN recouvrement_customer customer
                ON customer.partner_id = debtor.id AND customer.company_id = %(company)s
             WHERE %(visible)s
            """,
            company=company.id,
            currency=company.currency_id.id,
            segment=engine._segment_sql(date),
            cause=self._cause_sql(),
            entries=self.env["recouvrement.loss.accounts"]._entries_sql(company, date),
            visible=visible or SQL("TRUE"),
        )

    @api.model
    def _cause_sql(self):
        """Why it is lost: the first of insolvency, dispute and approval that is true of the
        customer or of what the entry settled, directly or over the doubtful account."""
        return SQL(
            """CASE WHEN customer.insolvency THEN 'insolvency'
                    WHEN EXISTS (%(settled)s JOIN recouvrement_dispute dispute
                            ON dispute.move_id IN (first.move_id, second.move_id))
                    THEN 'dispute'
                    WHEN entry.kind = 'credit_note'
                      OR EXISTS (%(settled)s JOIN (%(approved)s) approved
                            ON approved.move_id IN (first.move_id, second.move_id))
                    THEN 'approved'
                    ELSE 'other' END""",
            settled=self._settled_sql(),
            approved=self.env["recouvrement.loss.accounts"]._approved_sql(),
        )

    @api.model
    def _settled_sql(self):
        """Journal items that the entry settled (``first``), and what theirs settled before
        it (``second``): the invoice behind a transfer to doubtful customers."""
        return SQL(
            """SELECT 1 FROM account_move_line own
                 JOIN account_partial_reconcile near ON near.credit_move_id = own.id
                 JOIN account_move_line first ON first.id = near.debit_move_id
                                             AND own.move_id = entry.move_id
            LEFT JOIN account_move_line other ON other.move_id = first.move_id
                                             AND other.balance < 0
            LEFT JOIN account_partial_reconcile far ON far.credit_move_id = other.id
            LEFT JOIN account_move_line second ON second.id = far.debit_move_id"""
        )
