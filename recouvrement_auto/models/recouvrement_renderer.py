import hashlib

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from ..placeholders import BLOCKS, INLINE, names_in
from ..tools import template
from ..tools.hash_chain import canonical
from ..tools.pdf import is_whole


class RecouvrementRenderer(models.AbstractModel):
    """From a reminder to its words: the one place where texts are rendered.

    Reads the frozen scenario version, never the live one. Values are escaped and formatted
    in the language of the message; a placeholder costs only when the text uses it: each is
    a method ``_value_<name>`` (plain text) or ``_block_<name>`` (HTML) taking the message.
    """

    _name = "recouvrement.renderer"
    _description = "Renderer of reminders"

    @api.model
    def _render(self, reminder):
        """Words of one reminder.

        :return: ``{"subject", "body", "text_hash"}``; ``body`` is the whole HTML document,
            ``text_hash`` the hash of subject and body as they leave
        :raises UserError: the text does not render or a legal rate is missing; the sentence
            says what to do
        """
        message = self._message(reminder)
        self._check_text(message)
        return self._localized(message)._compose(message)

    @api.model
    def _preview(self, line, customer):
        """Step ``line`` of a scenario as ``customer`` would get it; writes nothing.

        A step that only a colleague reads is shown as its card.
        """
        message = self._preview_message(line, customer)
        renderer = self._localized(message)
        if message.is_internal:
            subject, card = renderer._card(message)
            return {"subject": subject, "body": str(card), "text_hash": ""}
        self._check_text(message)
        return renderer._compose(message)

    @api.model
    def _localized(self, message):
        """This renderer in the language of the message; refusals stay in the user's."""
        return self.with_context(
            lang=message.lang, recouvrement_reader=self.env.lang
        ).with_company(message.company)

    @api.model
    def _for_reader(self, model=None):
        """``model`` (this one by default) in the language of whoever reads refusals."""
        records = self if model is None else self.env[model]
        return records.with_context(lang=self.env.context.get("recouvrement_reader"))

    @api.model
    def _check_text(self, message):
        """Refuse a step without words, or with a placeholder that does not exist."""
        if not message.body:
            raise UserError(
                self.env._(
                    "The step “%(step)s” has no text in %(lang)s: write it in the texts.",
                    step=message.step.get("name") or "",
                    lang=message.lang,
                )
            )
        unknown = names_in(message.subject, message.body) - set(INLINE) - set(BLOCKS)
        if unknown:
            raise UserError(
                self.env._(
                    "The text uses %(names)s, which does not exist.",
                    names=", ".join(sorted(unknown)),
                )
            )

    @api.model
    def _compose(self, message):
        subject, content = self._fill(message, message.subject, message.body)
        body = self._layout(message, subject, content)
        digest = hashlib.sha256(
            canonical({"subject": subject, "body": body})
        ).hexdigest()
        return {"subject": subject, "body": body, "text_hash": digest}

    @api.model
    def _fill(self, message, subject, body):
        """Subject and inner HTML with their placeholders replaced."""
        names = names_in(subject, body)
        values = {n: getattr(self, f"_value_{n}")(message) for n in names & set(INLINE)}
        blocks = {n: getattr(self, f"_block_{n}")(message) for n in names & set(BLOCKS)}
        return (
            template.render_text(subject, values),
            Markup(template.render(body, values, blocks)),
        )

    @api.model
    def _layout(self, message, subject, content):
        """The whole document around the text."""
        view = {
            "email": "recouvrement_auto.recouvrement_mail_layout",
            "letter": "recouvrement_auto.recouvrement_letter_layout",
        }.get(message.channel)
        if not view:
            return str(content)
        return str(
            self._qweb(
                view,
                message,
                subject=subject,
                content=content,
                today=self._long_day(message, message.date),
                address=self._address_lines(self._postal(message)),
                sender=self._address_lines(message.company.partner_id),
            )
        )

    @api.model
    def _postal(self, message):
        """Where a letter goes: the addressee when his address is known, else the company."""
        contact = message.contact
        return contact if contact and contact.city else message.partner

    @api.model
    def _qweb(self, view, message, /, **values):
        """Render a stored view; compiled once per registry, escaped by default."""
        return self.env["ir.qweb"]._render(
            view,
            {
                "message": message,
                "company": message.company,
                "money": lambda amount, currency: self._money(
                    message, amount, currency
                ),
                "day": lambda day: self._short_day(message, day),
                "base_url": message.company.get_base_url(),
                **values,
            },
            lang=message.lang,
            minimal_qcontext=True,
        )

    # === LETTER AND CALL === #

    @api.model
    def _render_letter(self, reminder):
        """PDF of one letter, from the words frozen on the reminder.

        One record per call: the wkhtmltopdf of most systems refuses more.

        :raises UserError: no real PDF came out; nothing ugly or empty is ever posted
        """
        reminder.ensure_one()
        report = self.env["ir.actions.report"].with_company(reminder.company_id)
        content, kind = report.with_context(lang=reminder.lang)._render_qweb_pdf(
            "recouvrement_auto.recouvrement_letter_action", reminder.ids
        )
        if not is_whole(content, kind):
            raise UserError(
                self.env._(
                    "The letter could not be made as a PDF: check that wkhtmltopdf is "
                    "installed and that the server answers at its own address."
                )
            )
        return content

    @api.model
    def _call_card(self, reminder):
        """What the caller has under the eyes, as HTML: amounts, messages sent, script."""
        message = self._message(reminder)
        return self._localized(message)._card(message)[1]

    @api.model
    def _card(self, message):
        """``(title, HTML)`` of a step that only a colleague reads."""
        title, script = message.step.get("name") or "", Markup("")
        if message.body and message.step.get("channel") in (None, message.channel):
            title, script = self._fill(message, message.subject, message.body)
        card = self._qweb(
            "recouvrement_auto.recouvrement_call_card",
            message,
            script=script,
            total=self._value_total_overdue(message),
            previous=self._value_previous_messages(message),
            profile=self._card_profile(message),
            contacts=self._card_contacts(message),
            items=self._block_items_table(message),
            credits=self._block_credits_table(message),
        )
        return title, Markup(card)
