from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import gsm, plain


class RecouvrementScenarioLine(models.Model):
    """An SMS step: short, between two written ones, never a formal notice."""

    _inherit = "recouvrement.scenario.line"

    without_mobile = fields.Selection(
        [
            ("pass", "Go on with the next step"),
            ("hold", "Hold it, a person looks"),
        ],
        string="Without a mobile",
        required=True,
        default="pass",
        help="An opt-out, a wrong number or an SMS that did not arrive is always shown, until "
        "the next step is due.",
    )

    @api.constrains("channel", "tone", "code", "scenario_id")
    def _check_sms(self):
        for line in self.filtered(lambda step: step.channel == "sms"):
            if line.tone == "formal" or line.code == "formal_notice":
                raise ValidationError(
                    self.env._(
                        "“%(step)s”: a formal notice is never an SMS, nobody could prove what "
                        "it said. Choose a letter.",
                        step=line.name,
                    )
                )
            if line.scenario_id.nature == "public":
                raise ValidationError(
                    self.env._(
                        "“%(step)s”: a public buyer is not chased by SMS. Choose an e-mail or "
                        "a call.",
                        step=line.name,
                    )
                )

    def _snapshot(self, lang, text=None):
        """EXTENDS: keys of an SMS step only, so that other versions stay the same."""
        values = super()._snapshot(lang, text)
        if self.channel == "sms":
            values.update(
                light=True,
                pass_over=self.without_mobile == "pass",
                attach_invoices=False,
                attach_statement=False,
            )
        return values

    # === PREVIEW === #

    def _addressee(self, message):
        """EXTENDS: the number."""
        if message.channel != "sms":
            return super()._addressee(message)
        contact = message.contact
        return " · ".join(filter(None, (contact.display_name, contact.phone)))

    def _preview_words(self, customer, lang):
        """EXTENDS: what the text costs."""
        words = super()._preview_words(customer, lang)
        if self.channel == "sms" and words.get("body"):
            size = gsm.size(plain.to_text(words["body"]))
            words["joined"] = [self.env["recouvrement.template"]._size_label(size)]
            words["subject"] = False
        return words
