from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import loss


class ResCompany(models.Model):
    """The accounts on which a company books what it loses on its customers."""

    _inherit = "res.company"

    recouvrement_loss_prefix = fields.Char(
        string="Irrecoverable debts",
        default=loss.PREFIXES[loss.LOSS],
        help="Beginnings of the codes, with commas between them.",
    )
    recouvrement_recovered_prefix = fields.Char(
        string="Receipts on debts written off",
        default=loss.PREFIXES[loss.RECOVERED],
        help="Beginnings of the codes, with commas between them.",
    )
    recouvrement_doubtful_prefix = fields.Char(
        string="Doubtful customers",
        default=loss.PREFIXES[loss.DOUBTFUL],
        help="Beginnings of the codes, with commas between them.",
    )
    recouvrement_allowance_prefix = fields.Char(
        string="Depreciation of receivables",
        default=loss.PREFIXES[loss.ALLOWANCE],
        help="Beginnings of the codes, with commas between them.",
    )

    @api.constrains(*(f"recouvrement_{kind}_prefix" for kind in loss.PREFIXES))
    def _check_loss_prefixes(self):
        for company in self:
            try:
                company._recouvrement_loss_prefixes()
            except ValueError as error:
                raise ValidationError(
                    self.env._("“%s” is no beginning of an account code.", error)
                ) from error

    def _recouvrement_loss_prefixes(self):
        """``{kind: beginnings of codes}``; ``ValueError`` when one is no code."""
        self.ensure_one()
        return {
            kind: loss.prefixes(self[f"recouvrement_{kind}_prefix"])
            for kind in loss.PREFIXES
        }


class RecouvrementSettingsMixin(models.AbstractModel):
    """The accounts of what is lost on the settings pages."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_loss_prefix = fields.Char(
        related="company_id.recouvrement_loss_prefix", readonly=False
    )
    recouvrement_recovered_prefix = fields.Char(
        related="company_id.recouvrement_recovered_prefix", readonly=False
    )
    recouvrement_doubtful_prefix = fields.Char(
        related="company_id.recouvrement_doubtful_prefix", readonly=False
    )
    recouvrement_allowance_prefix = fields.Char(
        related="company_id.recouvrement_allowance_prefix", readonly=False
    )


class RecouvrementLossAccounts(models.AbstractModel):
    """Where losses are read: journal items by account, and credit notes that give up."""

    _name = "recouvrement.loss.accounts"
    _description = "Entries of what is lost"

    @api.model
    def _accounts(self, company):
        """``(account id, code, kind)`` of the accounts read, kinds by the longest prefix;
        of collected VAT with the kind ``TAX``."""
        by_kind = company.sudo()._recouvrement_loss_prefixes()
        by_kind[loss.TAX] = loss.TAX_PREFIXES
        Account = self.env["account.account"].sudo()  # ids and codes only
        Account = Account.with_company(company).with_context(active_test=False)
        coded = Domain.OR(
            Domain("code", "=like", f"{prefix}%")
            for known in by_kind.values()
            for prefix in known
        )
        query = Account._search(Domain(Account._check_company_domain(company)) & coded)
        code = Account._field_to_sql(query.table, "code", query)
        rows = self.env.execute_query(
            query.select(SQL.identifier(query.table, "id"), code)
        )
        return [(one, code, loss.kind_of(code, by_kind)) for one, code in sorted(rows)]

    @api.model
    def _entries_sql(self, company, date):
        """SQL: ``id, move_id, partner_id, date, kind, account_code, label, amount, tax`` of
        the entries of ``company`` up to ``date``, amounts positive where something is lost
        or feared."""
        return SQL(
            "%s UNION ALL %s",
            self._lines_sql(company, date),
            self._credit_notes_sql(company, date),
        )

    @api.model
    def _lines_sql(self, company, date):
        by_kind = defaultdict(list)
        for account in self._accounts(company):
            by_kind[account[2]].append(account)
        taxes = [one for one, _code, _kind in by_kind.pop(loss.TAX, ())]
        losses = [one for one, _code, _kind in by_kind[loss.LOSS]]
        accounts = [one for known in by_kind.values() for one in known]
        accounts = accounts or [(0, "", loss.LOSS)]
        return SQL(
            """
            SELECT line.id, line.move_id,
                   COALESCE(line.partner_id, alone.partner_id) AS partner_id,
                   line.date, account.kind, account.code AS account_code,
                   line.name AS label,
                   CASE account.kind WHEN %(allowance)s THEN -line.balance
                        ELSE line.balance END AS amount,
                   CASE WHEN account.kind = %(loss)s AND line.id = alone.first_id
                        THEN alone.tax ELSE 0 END AS tax
              FROM account_move_line line
              JOIN (VALUES %(accounts)s) account (id, code, kind)
                ON account.id = line.account_id
         LEFT JOIN LATERAL (%(alone)s) alone ON TRUE
             WHERE line.account_id IN %(ids)s AND line.company_id = %(company)s
               AND line.parent_state = 'posted' AND line.date <= %(date)s
               AND line.balance != 0
            """,
            accounts=SQL(", ").join(SQL("(%s, %s, %s)", *one) for one in accounts),
            ids=tuple(one for one, _code, _kind in accounts),
            alone=self._alone_sql(losses, taxes),
            allowance=loss.ALLOWANCE,
            loss=loss.LOSS,
            company=company.id,
            date=date,
        )

    @api.model
    def _alone_sql(self, losses, taxes):
        """What the entry of ``line`` says as a whole: its partner where there is only one,
        the VAT that it takes back, its first item of a loss, which shows that VAT."""
        return SQL(
            """SELECT CASE WHEN COUNT(DISTINCT partner_id) = 1
                           THEN MIN(partner_id) END AS partner_id,
                      COALESCE(SUM(balance) FILTER (WHERE account_id IN %s), 0) AS tax,
                      MIN(id) FILTER (WHERE account_id IN %s) AS first_id
                 FROM account_move_line WHERE move_id = line.move_id""",
            tuple(taxes) or (0,),
            tuple(losses) or (0,),
        )

    @api.model
    def _credit_notes_sql(self, company, date):
        """Credit notes on invoices given up: the untaxed part of what they settled."""
        return SQL(
            """
            SELECT line.id, line.move_id, line.partner_id, line.date, %(kind)s, NULL,
                   note.ref, ROUND(SUM(partial.amount) * note.amount_untaxed
                                   / NULLIF(note.amount_total, 0), 2),
                   SUM(partial.amount) - ROUND(SUM(partial.amount) * note.amount_untaxed
                                               / NULLIF(note.amount_total, 0), 2)
              FROM (%(approved)s) approved
              JOIN account_move_line debit ON debit.move_id = approved.move_id
                                          AND debit.display_type = 'payment_term'
              JOIN account_partial_reconcile partial ON partial.debit_move_id = debit.id
              JOIN account_move_line line ON line.id = partial.credit_move_id
              JOIN account_move note ON note.id = line.move_id
             WHERE note.move_type = 'out_refund' AND note.state = 'posted'
               AND line.company_id = %(company)s AND line.date <= %(date)s
          GROUP BY line.id, note.id
            """,
            kind=loss.CREDIT_NOTE,
            approved=self._approved_sql(),
            company=company.id,
            date=date,
        )

    @api.model
    def _approved_sql(self):
        """SQL: ``move_id`` of the invoices whose irrecoverable was approved."""
        field = self.env["recouvrement.approval"]._fields["move_ids"]
        return SQL(
            """SELECT DISTINCT given_up.%s AS move_id
                 FROM recouvrement_approval approval
                 JOIN %s given_up ON given_up.%s = approval.id
                WHERE approval.subject = 'irrecoverable' AND approval.state = 'approved'""",
            SQL.identifier(field.column2),
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
        )
