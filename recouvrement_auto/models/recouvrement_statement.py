from odoo import api, models
from odoo.tools import SQL

from ..tools.statement import Statement, line_of
from .recouvrement_renderer_facts import dec


class RecouvrementStatement(models.AbstractModel):
    """Statement of account of a customer: at any day, in any language, one or many.

    Built on ``recouvrement.open.item._query``, so that it equals the aged balance and the
    chase to the cent. The portal, the print-out and the mass statements read it.
    """

    _name = "recouvrement.statement"
    _description = "Statement of account"

    @api.model
    def _build(self, customer, day=None, lang=None, live=False):
        """Statement of one customer; see ``_build_many``."""
        return self._build_many(customer, day, lang, live)[customer]

    @api.model
    def _build_many(self, customers, day=None, lang=None, live=False):
        """Statements of files of one or several companies: one query per company.

        :param customers: ``recouvrement.customer`` records that the caller may read
        :param day: day of the figures, the local day of each company by default
        :param lang: language code; the customer's own, else the company's, by default
        :param live: residuals as they stand now, as the chase takes them (see ``_query``)
        :return: ``{customer: Statement}``, also for those with nothing open
        """
        customers.check_access("read")
        statements = {}
        for company, group in customers.grouped("company_id").items():
            on = day or company._recouvrement_today()
            rows = self._rows(company, on, live, group)
            notes = self._notes(group, on, rows)
            by_partner = {}
            for row in rows:
                by_partner.setdefault(row["partner_id"], []).append(row)
            for customer in group:
                lines = [
                    line_of(row, on, **self._line_values(row, notes))
                    for row in by_partner.get(customer.partner_id.id, ())
                ]
                statements[customer] = Statement(
                    customer, on, lang or self._lang(customer), lines
                )
        return statements

    @api.model
    def _rows(self, company, day, live, customers):
        """Open items with the total of their instalment, oldest due date first."""
        self.env.flush_all()  # the figures come from SQL
        items = self.env["recouvrement.open.item"]._query(
            company, day, live=live, partner_ids=customers.partner_id.ids
        )
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT item.line_id, item.move_id, item.move_name, item.move_ref,
                          item.move_type, item.partner_id, item.invoice_date,
                          item.due_date, item.currency_id, item.residual, item.blocked,
                          line.amount_currency AS original
                     FROM (%s) item JOIN account_move_line line ON line.id = item.line_id
                    WHERE item.residual <> 0
                 ORDER BY item.due_date, item.line_id""",
                items,
            )
        )
        for row in rows:
            row["residual"], row["original"] = (
                dec(row["residual"]),
                dec(row["original"]),
            )
        return rows

    @api.model
    def _line_values(self, row, notes):
        return {
            "currency": self.env["res.currency"].browse(row["currency_id"]),
            "payable": row["residual"] > 0
            and row["move_type"] == "out_invoice"
            and not row["blocked"],
            **notes.get(row["line_id"], {}),
        }

    @api.model
    def _notes(self, customers, day, rows):
        """What was agreed on open items of one company: ``{line_id: values of the line}``.

        A hook: disputes, promises and payment plans add theirs.
        """
        return {}

    @api.model
    def _lang(self, customer):
        """Language of the customer when it is installed, else the company's."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for lang in (customer.partner_id.lang, customer.company_id.partner_id.lang):
            if lang in installed:
                return lang
        return "en_US"
