from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from .recouvrement_renderer_message import Message, Row

# What a text may say of the debtor; a partner has more than a hundred columns.
PARTNER_FIELDS = [
    "city",
    "commercial_partner_id",
    "company_registry",
    "complete_name",
    "country_id",
    "email",
    "function",
    "is_company",
    "lang",
    "name",
    "parent_id",
    "phone",
    "street",
    "street2",
    "type",
    "vat",
    "zip",
]


def dec(amount):
    """A stored amount as an exact decimal."""
    return Decimal(str(amount or 0))


class RecouvrementRenderer(models.AbstractModel):
    """Building the message: from a reminder as frozen, or from open items for a preview."""

    _inherit = "recouvrement.renderer"

    @api.model
    def _message(self, reminder):
        """The message of a reminder: what the record and its version say."""
        reminder.ensure_one()
        step = self._step(reminder)
        message = Message(
            company=reminder.company_id,
            customer=reminder.customer_id,
            contact=reminder.contact_id,
            agent=reminder.agent_id or reminder.company_id.recouvrement_user_id,
            lang=reminder.lang or "en_US",
            date=reminder.date,
            channel=reminder.channel,
            tone=reminder.tone,
            step=step,
            rows=[self._row(item) for item in reminder.item_ids],
            regime=reminder.customer_id.legal_regime or "unknown",
            writes=True,
            agreed=reminder.notice_values or {},
        )
        self._read_partners(message.partner, message.contact)
        self._set_text(message, reminder.custom_subject, reminder.custom_body)
        self._complete_rows(message)
        return message

    @api.model
    def _read_partners(self, *partners):
        """The sender reads those of its next messages with them."""
        ids = [
            partner_id
            for partner in partners
            for partner_id in (partner._prefetch_ids if self.env.su else partner._ids)
        ]
        partners[0].browse(dict.fromkeys(ids)).fetch(PARTNER_FIELDS)

    @api.model
    def _step(self, reminder):
        """The step as the version of the scenario froze it."""
        return reminder._step_options()

    @api.model
    def _row(self, item):
        residual, amount = dec(item.amount_residual), dec(item.amount_company)
        disputed = dec(item.disputed_amount)
        if disputed and amount and amount != residual:
            disputed = item.currency_id.round(float(disputed * residual / amount))
        return Row(
            move_id=item.move_res_id,
            line_id=item.line_res_id,
            name=item.move_name or "",
            due_date=item.due_date,
            role=item.role,
            residual=residual,
            currency=item.currency_id,
            amount_company=amount,
            disputed=dec(disputed),
            days_late=item.days_late,
        )

    @api.model
    def _set_text(self, message, custom_subject=False, custom_body=False):
        """The words: those a person wrote for this message, else those of the version."""
        texts = (message.step.get("template") or {}).get("texts") or {}
        company_lang = message.company.partner_id.lang
        for lang in (message.lang, company_lang, "en_US", *sorted(texts)):
            if lang in texts:
                message.lang = message.lang if lang == message.lang else lang
                message.subject = texts[lang]["subject"]
                message.body = texts[lang]["body"]
                break
        if custom_subject:
            message.subject = custom_subject
        if custom_body:
            message.body = str(custom_body)

    # === PREVIEW === #

    @api.model
    def _preview_message(self, line, customer):
        company = customer.company_id
        today = company._recouvrement_today()
        rows = self._preview_rows(company, customer, today)
        if not rows:
            raise UserError(
                self.env._(
                    "%(customer)s has nothing open: choose a customer with an open invoice.",
                    customer=customer.partner_id.display_name,
                )
            )
        day = self._preview_day(line, rows, today)
        for row in rows:
            row.days_late = (day - row.due_date).days
            if row.role != "credit":
                row.role = "listed" if row.due_date < day else "not_due"
        self._choose_leader(line, rows)
        contact = (customer.collection_contact_ids or customer.partner_id)[:1]
        message = Message(
            company=company,
            customer=customer,
            contact=contact,
            agent=customer.agent_id or company.recouvrement_user_id or self.env.user,
            lang=self._preview_lang(contact, company),
            date=day,
            channel=line.channel,
            tone=line.tone,
            step=line._snapshot(company.partner_id.lang or "en_US"),
            rows=rows,
            regime=customer.legal_regime or "unknown",
        )
        self._set_text(message)
        self._complete_rows(message)
        return message

    @api.model
    def _preview_rows(self, company, customer, today):
        query = self.env["recouvrement.open.item"]._query(
            company, today, live=True, partner_ids=customer.partner_id.ids
        )
        currencies = self.env["res.currency"]
        return [
            Row(
                move_id=row["move_id"],
                line_id=row["line_id"],
                name=row["move_name"] or "",
                due_date=row["due_date"],
                role="credit" if row["amount"] < 0 else "",
                residual=dec(row["residual"]),
                currency=currencies.browse(row["currency_id"]),
                amount_company=dec(row["amount"]),
            )
            for row in sorted(
                self.env.execute_query_dict(query),
                key=lambda r: (r["due_date"], r["line_id"]),
            )
        ]

    @api.model
    def _preview_day(self, line, rows, today):
        """Today, or the day of the step when nothing has reached it yet."""
        debts = [row.due_date for row in rows if row.role != "credit"]
        if not debts or line.anchor != "due_date":
            return today
        if line.is_pre_due:
            coming = [due for due in debts if due > today]
            return today if coming else max(debts) + timedelta(days=line.delay)
        return max(today, min(debts) + timedelta(days=max(line.delay, 1)))

    @api.model
    def _choose_leader(self, line, rows):
        wanted = "not_due" if line.is_pre_due else "listed"
        for role in (wanted, "listed", "not_due"):
            for row in rows:
                if row.role == role:
                    row.role = "leader"
                    return

    @api.model
    def _preview_lang(self, contact, company):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for lang in (contact.lang, company.partner_id.lang):
            if lang in installed:
                return lang
        return "en_US"
