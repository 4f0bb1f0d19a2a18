from datetime import date

from odoo import api, models
from odoo.tools import format_amount, format_date


class RecouvrementCircularisationReport(models.AbstractModel):
    """Values of the letters: in the language of each customer."""

    _name = "report.recouvrement_auto_reports.circularisation"
    _description = "Confirmation of balances: letters"

    @api.model
    def _get_report_values(self, docids, data=None):
        lines = self.env["recouvrement.circularisation.line"].browse(docids)
        lines.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": lines._name,
            "docs": lines,
            "letters": [self._letter(line) for line in lines],
        }

    @api.model
    def _letter(self, line):
        lang = self.env["recouvrement.statement"]._lang(line.customer_id)
        renderer = self.env["recouvrement.renderer"].with_context(lang=lang)
        company = line.company_id.sudo()  # its head is printed on every document
        partner = line.partner_id.sudo()  # name and address of the addressee

        def money(amount):
            return format_amount(self.env, float(amount), company.currency_id, lang)

        def day(text):
            found = date.fromisoformat(text) if isinstance(text, str) else text
            return format_date(self.env, found, lang)

        return {
            "line": line,
            "lang": lang,
            "company": company,
            "partner": partner,
            "campaign": line.campaign_id,
            "sender": renderer._address_lines(company.partner_id),
            "address": renderer._address_lines(partner),
            "money": money,
            "day": day,
        }
