from odoo import models
from odoo.tools import format_date, formatLang


class RecouvrementPaymentPlan(models.Model):
    """The agreement letter: what the words of the document need."""

    _inherit = "recouvrement.payment.plan"

    def _letter_lang(self):
        """Language of the customer when it is installed, else that of the company."""
        self.ensure_one()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = (self.contact_id.lang, self.partner_id.lang)
        company_lang = self.company_id.partner_id.lang
        for lang in (*wanted, company_lang):
            if lang in installed:
                return lang
        return "en_US"

    def _letter_name(self):
        self.ensure_one()
        plan = self.with_context(lang=self._letter_lang())
        return plan.env._("Payment plan - %s", plan.partner_id.name)

    def _letter_money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _letter_date(self, day):
        return format_date(self.env, day, date_format="long") if day else ""

    def _letter_address(self, partner):
        """Lines of the address, name left out."""
        city = " ".join(part for part in (partner.zip, partner.city) if part)
        lines = (partner.street, partner.street2, city, partner.country_id.name)
        return [line for line in lines if line]

    def _letter_bank(self):
        """IBAN of the company on reminders, or ''."""
        bank = self.env["recouvrement.renderer"]._bank(self.company_id)
        return bank.acc_number or ""

    def _letter_words(self, amount):
        """The amount in words: a natural person writes figures and words (article 1376 of
        the civil code)."""
        return self.currency_id.amount_to_text(amount)
