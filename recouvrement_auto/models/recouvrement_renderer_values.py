from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, format_amount, format_date
from odoo.tools.misc import formatLang

from .recouvrement_renderer_message import CHASED, by_currency

WRITTEN = ("email", "letter")
NBSP = "\N{NO-BREAK SPACE}"


class RecouvrementRenderer(models.AbstractModel):
    """Inline values, each as plain text in the language of the message."""

    _inherit = "recouvrement.renderer"

    # === FORMATS === #

    @api.model
    def _money(self, message, amount, currency, trailing_zeroes=True):
        """One amount in one currency, as the reader writes it."""
        return format_amount(
            self.env, float(amount), currency, message.lang, trailing_zeroes
        )

    @api.model
    def _totals(self, message, totals):
        """Totals side by side, one per currency: never added together."""
        shown = {c: a for c, a in totals.items() if a > 0} or dict(
            list(totals.items())[:1]
        )
        if not shown:
            shown = {message.company.currency_id: Decimal(0)}
        return self._join([self._money(message, a, c) for c, a in shown.items()])

    @api.model
    def _join(self, words):
        """``a, b and c`` in the language of the message."""
        if len(words) < 2:
            return "".join(words)
        return self.env._(
            "%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1]
        )

    @api.model
    def _long_day(self, message, day):
        if not day:
            return ""
        words = format_date(self.env, day, message.lang, "long")
        if message.lang.startswith("fr"):
            # French typography: a number stays on the line of its unit.
            words = words.replace(" ", "\N{NO-BREAK SPACE}", 1)
        return words

    @api.model
    def _short_day(self, message, day):
        return format_date(self.env, day, message.lang) if day else ""

    @api.model
    def _percent(self, message, rate):
        number = formatLang(self.env, float(rate), digits=2)
        return f"{number}{NBSP}%" if message.lang.startswith("fr") else f"{number}%"

    # === WHO === #

    @api.model
    def _value_partner_name(self, message):
        return message.partner.name or ""

    @api.model
    def _value_contact_name(self, message):
        contact = message.contact
        if contact and not contact.is_company and contact.name:
            return contact.name
        return self.env._("Accounts payable")

    @api.model
    def _value_company_name(self, message):
        return message.company.name

    @api.model
    def _value_company_phone(self, message):
        return message.company.phone or ""

    @api.model
    def _value_sender_name(self, message):
        return message.agent.name or message.company.name

    @api.model
    def _value_sender_function(self, message):
        return message.agent.partner_id.function or ""

    @api.model
    def _value_sender_phone(self, message):
        return message.agent.partner_id.phone or message.company.phone or ""

    @api.model
    def _value_sender_email(self, message):
        return message.agent.email or message.company.email or ""

    # === WHEN === #

    @api.model
    def _value_today(self, message):
        return self._long_day(message, message.date)

    @api.model
    def _value_deadline_days(self, message):
        return str(message.step.get("deadline_days") or 8)

    @api.model
    def _value_deadline_date(self, message):
        days = message.step.get("deadline_days") or 8
        return self._long_day(message, message.date + timedelta(days=days))

    @api.model
    def _value_statement_date(self, message):
        """Day of the last bank movement entered: payments are known up to it."""
        rows = self.env.execute_query(
            SQL(
                """SELECT MAX(last.date) FROM account_journal journal
                    CROSS JOIN LATERAL (
                        SELECT move.date FROM account_move move
                         WHERE move.journal_id = journal.id AND move.company_id = %s
                           AND move.date <= %s AND move.state = 'posted'
                      ORDER BY move.date DESC LIMIT 1) last
                    WHERE journal.type = 'bank'""",
                message.company.id,
                message.date,
            )
        )
        return self._long_day(message, rows[0][0] or message.date)

    @api.model
    def _value_previous_messages(self, message):
        """A whole sentence with the days of earlier messages about these invoices that were
        really sent and did not come back; empty when there is none."""
        move_ids = tuple({row.move_id for row in message.chased}) or (0,)
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT delivery.day
                     FROM recouvrement_delivery delivery
                     JOIN recouvrement_reminder_item item
                       ON item.reminder_id = delivery.reminder_id
                    WHERE delivery.customer_id = %s AND delivery.company_id = %s
                      AND delivery.state = 'sent' AND delivery.bounced_at IS NULL
                      AND delivery.channel IN %s AND delivery.day < %s
                      AND item.move_res_id IN %s AND item.role IN %s
                      AND item.days_late > 0
                      AND NOT EXISTS (SELECT 1 FROM recouvrement_reminder notice
                                       WHERE notice.id = delivery.reminder_id
                                         AND notice.notice IS NOT NULL)
                 ORDER BY delivery.day DESC LIMIT 6""",
                message.customer.id,
                message.company.id,
                WRITTEN,
                message.date,
                move_ids,
                CHASED,
            )
        )
        if not rows:
            return ""
        days = [self._long_day(message, row[0]) for row in reversed(rows)]
        return self.env._(
            "We have already written to you about this on %(days)s.",
            days=self._join(days),
        )

    # === WHAT === #

    @api.model
    def _value_invoice_count(self, message):
        return str(len({row.move_id for row in message.chased}))

    @api.model
    def _value_total_overdue(self, message):
        return self._totals(message, self._asked_totals(message))

    @api.model
    def _asked_totals(self, message):
        """What is asked by currency; credits of a currency reduce that currency alone."""
        asked = by_currency((row.currency, row.asked) for row in message.chased)
        for row in message.credits:
            if row.currency in asked:
                asked[row.currency] = max(
                    asked[row.currency] + row.residual, Decimal(0)
                )
        return asked

    @api.model
    def _value_total_due(self, message):
        rows = [row for row in message.rows if row.role != "excluded"]
        return self._totals(
            message, by_currency((row.currency, row.residual) for row in rows)
        )

    @api.model
    def _value_leader_number(self, message):
        return message.leader.name if message.leader else ""

    @api.model
    def _value_leader_amount(self, message):
        leader = message.leader
        return self._money(message, leader.asked, leader.currency) if leader else ""

    @api.model
    def _value_leader_due_date(self, message):
        return self._long_day(message, message.leader and message.leader.due_date)

    @api.model
    def _value_invoice_link(self, message):
        return message.leader.url if message.leader else ""

    @api.model
    def _value_order_reference(self, message):
        return (message.leader and message.leader.order_ref) or self.env._("none given")

    @api.model
    def _value_oldest_invoice(self, message):
        return message.oldest.name if message.oldest else ""

    @api.model
    def _value_oldest_due_date(self, message):
        return self._long_day(message, message.oldest and message.oldest.due_date)

    @api.model
    def _value_oldest_days_late(self, message):
        return str(max(message.oldest.days_late, 0)) if message.oldest else "0"
