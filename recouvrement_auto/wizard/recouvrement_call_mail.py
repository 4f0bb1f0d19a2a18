from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..models.recouvrement_renderer_message import Message, Row
from .recouvrement_call_result import NOTICE_OF


class RecouvrementCallResult(models.TransientModel):
    """The confirmation of a call: already written, shown as it will be received, editable
    within the closed list of placeholders."""

    _inherit = "recouvrement.call.result"

    send_mail = fields.Boolean(
        string="Confirm by e-mail",
        compute="_compute_send_mail",
        store=True,
        readonly=False,
    )
    edit_mail = fields.Boolean(string="Edit the text")
    mail_lang = fields.Char(compute="_compute_mail_lang")
    mail_subject = fields.Char(
        string="Subject", compute="_compute_mail_text", store=True, readonly=False
    )
    mail_body = fields.Html(
        string="Text",
        compute="_compute_mail_text",
        store=True,
        readonly=False,
        sanitize_attributes=True,
    )
    mail_to = fields.Char(string="To", compute="_compute_mail_preview")
    mail_preview = fields.Html(compute="_compute_mail_preview", sanitize=False)
    mail_subject_shown = fields.Char(compute="_compute_mail_preview")
    mail_problem = fields.Char(compute="_compute_mail_preview")

    @api.depends("outcome", "contact_id")
    def _compute_send_mail(self):
        """Proposed when it confirms something and somebody can be written to."""
        for result in self:
            wanted = result.outcome not in ("other", "unreachable")
            last = result.outcome == "unreachable" and (
                result._attempt() >= result.company_id.recouvrement_call_attempts
            )
            result.send_mail = (wanted or last) and bool(result._mail_address())

    def _mail_address(self):
        contact = self.contact_id or self.partner_id
        return contact.email or self.partner_id.email

    def _addressee(self):
        """The person spoken with when he has an address, else the company's."""
        return self.contact_id if self.contact_id.email else self.partner_id

    @api.depends("contact_id")
    def _compute_mail_lang(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for result in self:
            langs = (
                result._addressee().lang,
                result.company_id.partner_id.lang,
                "en_US",
            )
            result.mail_lang = next(
                (lang for lang in langs if lang in installed), "en_US"
            )

    @api.depends("outcome", "mail_lang")
    def _compute_mail_text(self):
        Template = self.env["recouvrement.template"]
        for result in self:
            result.mail_subject, result.mail_body = Template._notice_text(
                result._notice(), result.mail_lang
            )

    def _notice(self):
        return NOTICE_OF.get(self.outcome, self.outcome)

    @api.depends(
        "send_mail",
        "outcome",
        "date",
        "amount",
        "reason_id",
        "mail_subject",
        "mail_body",
        "line_ids.selected",
        "contact_id",
    )
    def _compute_mail_preview(self):
        for result in self:
            result.mail_preview = result.mail_problem = False
            result.mail_subject_shown = False
            result.mail_to = result._addressee().email
            if not result.send_mail or (
                result.outcome == "dispute" and not result.reason_id
            ):
                continue
            if not result._mail_is_about():
                result.mail_problem = result._nothing_ticked()
                continue
            try:
                content = result._render_mail()
            except (
                UserError
            ) as error:  # shown beside the text; nothing leaves like this
                result.mail_problem = str(error)
            else:
                result.mail_preview = content["body"]
                result.mail_subject_shown = content["subject"]

    def _mail_is_about(self):
        """True with an invoice ticked; an e-mail after calls that reached nobody needs none."""
        return self.outcome == "unreachable" or bool(self.line_ids.filtered("selected"))

    def _nothing_ticked(self):
        return self.env._("Tick the invoices that the e-mail is about.")

    def _render_mail(self):
        """Words as they would leave now; writes nothing.

        :raises UserError: a placeholder that does not exist or has no value
        """
        Renderer = self.env["recouvrement.renderer"]
        message = self._mail_message()
        Renderer._complete_rows(message)
        Renderer._check_text(message)
        return Renderer._localized(message)._compose(message)

    def _mail_message(self):
        company = self.company_id
        lines = self.line_ids.filtered("selected")
        return Message(
            company=company,
            customer=self.customer_id,
            contact=self._addressee(),
            agent=self.env.user,
            lang=self.mail_lang,
            date=company._recouvrement_today(),
            channel="email",
            tone="courteous",
            step={"name": self._notice(), "payment_link": True},
            rows=[
                self._mail_row(line, "listed" if rank else "leader")
                for rank, line in enumerate(lines)
            ],
            regime=self.customer_id.legal_regime or "unknown",
            subject=self.mail_subject or "",
            body=str(self.mail_body or ""),
            agreed=self._agreed(),
        )

    def _mail_row(self, line, role):
        residual = Decimal(str(line.residual))
        disputed = Decimal(0)
        if self.outcome == "dispute":
            disputed = residual
            if self.ticked == 1 and self.amount:
                disputed = min(Decimal(str(self.amount)), residual)
        return Row(
            move_id=line.move_res_id,
            line_id=line.line_id.id,
            name=line.name or "",
            due_date=line.due_date,
            role=role,
            residual=residual,
            currency=line.currency_id,
            amount_company=Decimal(str(line.amount_company)),
            disputed=disputed,
            days_late=line.days_late,
        )

    def _agreed(self):
        """Values of the placeholders that only a notice has."""
        localized = self.with_context(lang=self.mail_lang)
        values = {
            "agreed_date": str(self.date or ""),
            "agreed_amount": formatLang(
                localized.env, self.amount or self.total, currency_obj=self.currency_id
            ),
            "addressee": self._addressee().id,
            "attach_invoices": self.outcome == "invoice_missing",
        }
        if self.outcome == "dispute" and self.reason_id:
            reason = localized.reason_id.name
            values["agreed_reason"] = f"{reason} ({self.note})" if self.note else reason
            values["answer_date"] = str(self._working_day(self.reason_id.deadline_days))
        return {name: value for name, value in values.items() if value}
