from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.pdf import is_whole

REPORT = "recouvrement_auto.recouvrement_person_notice_report"


class RecouvrementCustomer(models.Model):
    """The information notice for natural persons: purpose, data, logic, rights, contest.

    GDPR articles 13 to 15 and 22; legal-fr.md section 8, scoring.md 4.5. What it says of
    the score is what is used now: nothing when no score may be used.
    """

    _inherit = "recouvrement.customer"

    def action_print_notice(self):
        """The notice as a PDF, in the language of the person."""
        self.ensure_one()
        self.check_access("read")
        self._check_natural_person()
        return self.env.ref(REPORT).report_action(self, config=False)

    def _check_natural_person(self):
        if any(not customer.is_natural_person for customer in self):
            raise UserError(
                self.env._(
                    "The notice is for natural persons: %(name)s is a company.",
                    name=self.filtered(lambda c: not c.is_natural_person)[0].name,
                )
            )

    def _notice_pdf(self, lang=None):
        """The bytes of the notice.

        :raise UserError: for a company, or when the PDF could not be made
        """
        self.ensure_one()
        self._check_natural_person()
        report = self.env["ir.actions.report"].with_context(notice_lang=lang)
        content, kind = report._render_qweb_pdf(REPORT, self.ids)
        if not is_whole(content, kind):
            raise UserError(self.env._("The notice could not be made as a PDF."))
        return content

    def _notice_lang(self):
        """The language asked for, the person's, the company's: the first installed one."""
        self.ensure_one()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        asked = self.env.context.get("notice_lang")
        wanted = (asked, self.partner_id.lang, self.company_id.partner_id.lang)
        return next((lang for lang in wanted if lang in installed), "en_US")

    def _notice_name(self):
        self.ensure_one()
        person = self.with_context(lang=self._notice_lang())
        return person.env._("Information notice - %s", person.partner_id.name)

    def _notice_values(self):
        """What the words of the notice need, in the language of the record."""
        self.ensure_one()
        today = self.company_id._recouvrement_today()
        signals = self.signal_ids.filtered(lambda s: s._is_in_force(today))
        return {
            "company": self.company_id,
            "address": self._notice_address(),
            "day": format_date(self.env, today, date_format="long"),
            "grade": self.grade or "",
            "own_grade": self._grade_is_overridden(),
            "score_day": format_date(self.env, self.score_id.date)
            if self.score_id
            else "",
            "reasons": (self.score_reason or "").splitlines() if self.grade else [],
            "contested_on": format_date(self.env, self.score_contested_on)
            if self.score_contested_on
            else "",
            "sources": sorted(set(signals.mapped("source"))),
        }

    @api.model
    def _notice_line(self, *parts):
        return " ".join(part for part in parts if part)

    def _notice_address(self):
        """Lines of the address of the company, name left out."""
        partner = self.company_id.partner_id
        city = self._notice_line(partner.zip, partner.city)
        return [line for line in (partner.street, partner.street2, city) if line]
