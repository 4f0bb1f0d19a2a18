from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, format_date

from odoo.addons.recouvrement_auto.placeholders import INLINE
from odoo.addons.recouvrement_auto.tools import template as engine

from ..tools import gsm, plain

# What the fields of a text usually become, to count before any customer is known.
EXAMPLES = {
    "partner_name": "Menuiserie Delorme",
    "contact_name": "Isabelle Moreau",
    "invoice_count": "2",
    "leader_number": "FAC/2026/00123",
    "oldest_invoice": "FAC/2026/00123",
    "oldest_days_late": "12",
    "deadline_days": "8",
    "order_reference": "BC-2026-0457",
    "sender_function": "Comptabilité clients",
}
AMOUNTS = ("leader_amount", "total_overdue", "total_due", "principal", "total_claimed")
DATES = (
    "today",
    "statement_date",
    "oldest_due_date",
    "leader_due_date",
    "deadline_date",
)


class RecouvrementTemplate(models.Model):
    """Text of an SMS: plain words, counted as a network counts them.

    Kept in ``body`` like every text, so that languages, checks and frozen versions work the
    same; ``sms_text`` shows it without HTML.
    """

    _inherit = "recouvrement.template"

    sms_text = fields.Text(
        string="Text of the SMS",
        compute="_compute_sms_text",
        inverse="_inverse_sms_text",
    )
    sms_size = fields.Char(string="Length", compute="_compute_sms_size")
    sms_is_long = fields.Boolean(
        string="More than one SMS", compute="_compute_sms_size"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """The text of an SMS may come without HTML and without a subject."""
        for vals in vals_list:
            if vals.get("channel") == "sms":
                text = vals.pop("sms_text", False)
                if text:
                    vals["body"] = plain.to_html(text)
                vals.setdefault("subject", vals.get("name"))
        return super().create(vals_list)

    @api.depends("body", "channel")
    @api.depends_context("lang")
    def _compute_sms_text(self):
        for text in self:
            is_short = text.channel == "sms"
            text.sms_text = plain.to_text(str(text.body or "")) if is_short else False

    def _inverse_sms_text(self):
        for text in self:
            if text.channel == "sms":
                text.body = plain.to_html(text.sms_text or "")

    @api.onchange("sms_text")
    def _onchange_sms_text(self):
        """What the checks and the preview beside the text read."""
        if self.channel == "sms":
            self.body = plain.to_html(self.sms_text or "")
            self.subject = self.subject or self.name

    # === LENGTH === #

    @api.depends("sms_text", "channel")
    @api.depends_context("lang", "company")
    def _compute_sms_size(self):
        examples = self._examples()
        for text in self:
            text.sms_size, text.sms_is_long = False, False
            if text.channel == "sms" and text.sms_text:
                filled = engine.FIELD.sub(
                    lambda match: str(examples.get(match[1], "...")), text.sms_text
                )
                size = gsm.size(gsm.fit(filled))
                text.sms_size = self._size_label(size)
                text.sms_is_long = size.segments > 1

    @api.model
    def _examples(self):
        """Values of a usual length for the fields of a text."""
        company, user = self.env.company, self.env.user
        amount = format_amount(self.env, 1234.56, company.currency_id)
        day = format_date(self.env, company._recouvrement_today())
        return {
            **EXAMPLES,
            **dict.fromkeys(AMOUNTS, amount),
            **dict.fromkeys(DATES, day),
            "company_name": company.name,
            "company_phone": company.phone or "",
            "sender_name": user.name,
            "sender_phone": user.partner_id.phone or company.phone or "",
            "sender_email": user.email or "",
            "invoice_link": f"{company.get_base_url()}/f/9ix1zrABCDEFGHIJ",
        }

    @api.model
    def _size_label(self, size):
        """Length and cost in words."""
        if size.segments > 1 or size.encoding == gsm.UCS2:
            return self.env._(
                "%(units)s characters (%(encoding)s): counted as %(segments)s SMS",
                units=size.units,
                encoding=size.encoding,
                segments=size.segments,
            )
        return self.env._(
            "%(units)s characters of %(room)s: 1 SMS",
            units=size.units,
            room=size.units + size.left,
        )

    # === CHECKS === #

    @api.constrains("channel", "tone")
    def _check_sms_tone(self):
        for text in self:
            if text.channel == "sms" and text.tone == "formal":
                raise ValidationError(
                    self.env._("A formal notice is never an SMS: choose another tone.")
                )

    def _lint(self, text):
        """EXTENDS: no table nor block in an SMS."""
        problems = super()._lint(text)
        if self.channel == "sms":
            found = map(self._sentence, engine.lint(text["body"], INLINE, ()))
            problems += [sentence for sentence in found if sentence not in problems]
        return problems
