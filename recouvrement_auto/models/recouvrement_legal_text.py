from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..placeholders import LEGAL_INLINE, names_in


class RecouvrementLegalText(models.Model):
    """Sentences that only the law may word: articles, recovery fee, interest.

    Users place a block in their text (``legal_notice``, ``claim_statement``); what it says
    comes from here, for the legal regime of the customer and the day of the message.
    """

    _name = "recouvrement.legal.text"
    _inherit = ["recouvrement.legal.mixin"]
    _description = "Legal wording"

    body = fields.Text(required=True, translate=True)

    @api.model
    def _selection_kind(self):
        return [
            ("notice_business", self.env._("Reminder of the law, business")),
            ("notice_public", self.env._("Reminder of the law, public buyer")),
            ("claim_business", self.env._("Basis of the claim, business")),
            ("claim_public", self.env._("Basis of the claim, public buyer")),
            ("claim_consumer", self.env._("Basis of the claim, consumer")),
        ]

    @api.constrains("body")
    def _check_body(self):
        for record in self:
            unknown = names_in(record.body) - set(LEGAL_INLINE)
            if unknown:
                raise ValidationError(
                    self.env._(
                        "A legal wording knows only %(known)s, not %(unknown)s.",
                        known=", ".join(sorted(LEGAL_INLINE)),
                        unknown=", ".join(sorted(unknown)),
                    )
                )

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """The translation dialog writes by SQL: check and forget there too."""
        self.env.registry.clear_cache()
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        self._check_body()
        return result

    @api.model
    @tools.ormcache("kind", "day", "lang")
    def _wording(self, kind, day, lang):
        """Text of ``kind`` on ``day`` in ``lang``."""
        return self._get(kind, day).with_context(lang=lang).body
