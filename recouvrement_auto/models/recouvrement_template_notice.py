from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..placeholders import NOTICE_NAMES, names_in
from .recouvrement_reminder_notice import NOTICES


class RecouvrementTemplate(models.Model):
    """Texts of notices: offered after a call, never used by the step of a scenario."""

    _inherit = "recouvrement.template"

    notice = fields.Selection(
        NOTICES,
        help="Proposed for the message that confirms a call; no step may use it.",
    )

    @api.constrains("notice", "line_ids")
    def _check_notice(self):
        for record in self.filtered("notice"):
            if record.line_ids:
                raise ValidationError(
                    self.env._(
                        "The text “%s” confirms a call: choose another one for a step.",
                        record.name,
                    )
                )

    @api.constrains("notice")
    def _check_notice_words(self):
        self._check_texts()

    def _lint(self, text):
        """EXTENDS: only a notice may name what was agreed."""
        problems = super()._lint(text)
        used = names_in(text["subject"], text["body"]) & NOTICE_NAMES
        if used and not self.notice:
            problems.append(
                self.env._(
                    "“{{ %s }}” exists in notices only: choose which one in “Notice”.",
                    min(used),
                )
            )
        return problems

    @api.model
    def _notice_record(self, notice):
        """The text of the library for a notice; empty when nobody wrote one."""
        return self.search(
            [("notice", "=", notice), ("channel", "=", "email")], limit=1
        )

    @api.model
    def _notice_text(self, notice, lang):
        """``(subject, body)`` of a notice in a language, else in English; empty when nobody
        wrote one."""
        found = self._notice_record(notice)
        texts = found._texts() if found else {}
        text = texts.get(lang) or texts.get("en_US") or next(iter(texts.values()), {})
        return text.get("subject") or "", text.get("body") or ""


class RecouvrementScenarioLine(models.Model):
    _inherit = "recouvrement.scenario.line"

    @api.constrains("template_id")
    def _check_template_notice(self):
        self.template_id._check_notice()
