from odoo import api, fields, models
from odoo.tools import format_date


class ReportRecouvrementStatement(models.AbstractModel):
    """Values of the print-out of statements."""

    _name = "report.recouvrement_auto.recouvrement_statement_report"
    _description = "Statement of account: print-out"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Statements of these files; ``data`` may give ``day`` (ISO) and ``lang``."""
        data = data or {}
        customers = self.env["recouvrement.customer"].browse(docids)
        Statement = self.env["recouvrement.statement"]
        day = fields.Date.to_date(data.get("day")) if data.get("day") else None
        found = Statement._build_many(customers, day, data.get("lang"))
        return {
            "doc_ids": docids,
            "doc_model": "recouvrement.customer",
            "docs": customers,
            "statements": [found[customer] for customer in customers],
            "values_of": self._values_of,
        }

    @api.model
    def _values_of(self, statement):
        """What the page of one statement shows, in its language."""
        Statement = self.env["recouvrement.statement"].with_context(lang=statement.lang)
        company = statement.customer.company_id
        partner = statement.customer.partner_id
        renderer = self.env["recouvrement.renderer"].with_context(lang=statement.lang)
        return {
            "company": company.sudo(),  # its head and foot are printed on every document
            "partner": partner.sudo(),  # name and address of the addressee
            "kinds": Statement._kind_labels(),
            "age_labels": Statement._age_labels(statement.buckets),
            "bank": renderer._bank(company),
            "sender": renderer._address_lines(company.sudo().partner_id),  # as above
            "address": renderer._address_lines(partner.sudo()),  # as above
            "reference": Statement._reference(statement.customer, statement.day),
            "subtitle": self._subtitle(Statement.env, statement),
            **Statement._formatters(statement.lang),
        }

    @api.model
    def _subtitle(self, env, statement):
        day = format_date(env, statement.day, statement.lang, "long")
        number = statement.customer.sudo().partner_id.ref  # as above
        if number:
            return env._(
                "On %(date)s - your customer number: %(number)s",
                date=day,
                number=number,
            )
        return env._("On %(date)s", date=day)
