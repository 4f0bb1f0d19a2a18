from functools import lru_cache

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html_sanitize

from ..const import REGIME_SELECTION
from ..placeholders import (
    BLOCKS,
    CLAIM_NAMES,
    INLINE,
    PROBLEMS,
    RATE_NAMES,
    names_in,
)
from ..tools import template as engine

REGIMES = [("any", "Any"), *(item for item in REGIME_SELECTION if item[0] != "unknown")]


@lru_cache(maxsize=512)
def _sanitize(body):
    """Every screen with a next step freezes the texts: the same text is cleaned once."""
    return html_sanitize(
        body, sanitize_attributes=True, sanitize_style=True, strip_classes=False
    )


@lru_cache(maxsize=512)
def _found(subject, body):
    """Problems of a text, as the pure renderer sees them."""
    return (*engine.lint(subject, INLINE, ()), *engine.lint(body, INLINE, BLOCKS))


class RecouvrementTemplate(models.Model):
    """Text of a step: subject and body per language, with a closed list of placeholders.

    Checked at each save in each language, because a night that runs as root never renders
    free templates: unknown placeholders, template code, legal sentences typed by hand and
    words that a creditor does not write are refused with a sentence that says what to do.

    ``body`` is translated as a whole (each language has its own letter, not a translation
    of its paragraphs), hence ``sanitize=False`` on the field: the model sanitises itself.
    """

    _name = "recouvrement.template"
    _inherit = ["recouvrement.channel.mixin"]
    _description = "Reminder text"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Stable name of the text.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    regime = fields.Selection(
        REGIMES,
        string="Legal regime",
        required=True,
        default="any",
        help="Customers this text may be sent to. Claims of interest or of the recovery fee "
        "need a text for one regime.",
    )
    subject = fields.Char(required=True, translate=True)
    body = fields.Html(required=True, translate=True, sanitize=False)
    line_ids = fields.One2many("recouvrement.scenario.line", "template_id")

    _code_uniq = models.Constraint(
        "unique (code)", "Another text already has this code: choose a different one."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Sanitise the bodies; a copy gets a code of its own."""
        for vals in vals_list:
            if vals.get("body"):
                vals["body"] = self._clean(vals["body"])
            if not vals.get("code"):
                vals["code"] = self._free_code(vals.get("name") or "text")
        return super().create(vals_list)

    def write(self, vals):
        """Sanitise the body."""
        if vals.get("body"):
            vals = {**vals, "body": self._clean(vals["body"])}
        return super().write(vals)

    def copy_data(self, default=None):
        """Name the copy."""
        return [
            {**vals, "name": self.env._("%s (copy)", record.name)}
            for record, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """The translation dialog writes by SQL: sanitise and check there too."""
        if field_name == "body":
            translations = {
                lang: self._clean(text) if text else text
                for lang, text in translations.items()
            }
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if field_name in ("subject", "body"):
            self._check_texts()
        return result

    @api.model
    def _clean(self, body):
        return _sanitize(body or "")

    @api.model
    def _free_code(self, name):
        base = "_".join(name.lower().split())[:40] or "text"
        texts = self.with_context(active_test=False)
        taken = set(texts.search([("code", "=like", f"{base}%")]).mapped("code"))
        number = 1
        while f"{base}_{number}" in taken:
            number += 1
        return f"{base}_{number}"

    # === CHECKS === #

    @api.constrains("subject", "body", "regime")
    def _check_texts(self):
        for record in self:
            problems = record._problems()
            if problems:
                raise ValidationError(
                    self.env._(
                        "The text “%(name)s” cannot be used:\n%(problems)s",
                        name=record.name,
                        problems="\n".join(f"- {problem}" for problem in problems),
                    )
                )

    @api.constrains("subject", "body", "regime", "channel")
    def _check_uses(self):
        """A change of a text in use must fit the steps that use it."""
        lines = self.line_ids
        lines._check_means()
        lines.scenario_id._check_ladder()

    def _problems(self):
        """What forbids this text, in plain sentences; empty when it may be sent."""
        self.ensure_one()
        problems = []
        for lang, text in self._texts().items():
            for problem in self._lint(text):
                problems.append(f"[{lang}] {problem}")
        return problems

    def _lint(self, text):
        """Problems of one language of this text."""
        subject, body = text["subject"], text["body"]
        found = _found(subject or "", body or "")
        return [*map(self._sentence, found), *self._regime_problems(subject, body)]

    @api.model
    def _sentence(self, problem):
        sentence = self.env._(PROBLEMS[problem.code])
        return sentence % problem.values

    def _lint_before_due(self):
        """Words of this text that do not belong in a notice before the due date."""
        self.ensure_one()
        words = engine.FORBIDDEN_BEFORE_DUE
        found = []
        for text in self._texts().values():
            for part in (text["subject"], text["body"]):
                found += engine.lint(part, INLINE, BLOCKS, words)
        return sorted({p.values["found"] for p in found if p.code == "forbidden_word"})

    def _regime_problems(self, *texts):
        labels = {**INLINE, **BLOCKS}
        return [
            self.env._(
                "“%(label)s” (%(name)s) needs a text for one legal regime among: "
                "%(regimes)s. Choose it in “Legal regime” or take the placeholder out.",
                label=labels[name],
                name=name,
                regimes=", ".join(CLAIM_NAMES[name]),
            )
            for name in sorted(names_in(*texts) & set(CLAIM_NAMES))
            if self.regime not in CLAIM_NAMES[name]
        ]

    # === READING === #

    def _texts(self):
        """``{lang: {"subject", "body"}}`` for each active language."""
        self.ensure_one()
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        texts = {}
        for code in codes or ["en_US"]:
            localized = self.with_context(lang=code)
            texts[code] = {
                "subject": localized.subject or "",
                "body": str(localized.body or ""),
            }
        return texts

    def _snapshot(self):
        """What a frozen scenario keeps of this text, and what its use demands.

        A language that does not pass the checks (edited outside the screens) is kept out:
        its customers are held with a reason instead of receiving it.

        :return: ``{"template", "needs_legal_rate", "claims_penalties"}``
        """
        self.ensure_one()
        texts = {
            lang: {"subject": text["subject"], "body": str(self._clean(text["body"]))}
            for lang, text in self._texts().items()
            if not self._lint(text)
        }
        names = names_in(*(part for text in texts.values() for part in text.values()))
        return {
            "template": {
                "id": self.id,
                "code": self.code,
                "regime": self.regime,
                "texts": texts,
            },
            "needs_legal_rate": bool(names & RATE_NAMES),
            "claims_penalties": bool(names & set(CLAIM_NAMES)),
        }

    @api.model
    def _placeholder_help(self):
        """``[(name, label)]`` of all placeholders, for the screen."""
        return [
            (f"{{{{ {name} }}}}", str(label))
            for name, label in {**INLINE, **BLOCKS}.items()
        ]
