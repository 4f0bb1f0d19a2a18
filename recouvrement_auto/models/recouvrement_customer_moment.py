from datetime import date as Date

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate, format_date

from ..tools.moment import slot

_lt = LazyTranslate(__name__)

MONDAY = Date(2024, 1, 1)

CHANNELS = {
    "email": _lt("Answers e-mails best: %(answers)s of %(contacts)s."),
    "letter": _lt("Answers letters best: %(answers)s of %(contacts)s."),
    "call": _lt("Answers best by telephone: %(answers)s of %(contacts)s calls."),
}
HALVES = {
    "am": _lt("%(weekday)s morning"),
    "pm": _lt("%(weekday)s afternoon"),
}


class RecouvrementCustomer(models.Model):
    """Best channel and best half-day to call, from the customer's own answers.

    Written by the night (``recouvrement.moment``); empty while there are not enough answers
    to tell.
    """

    _inherit = "recouvrement.customer"

    answer_channel = fields.Char(string="Answers best by", readonly=True, copy=False)
    call_slot = fields.Char(string="Best half-day to call", readonly=True, copy=False)
    answer_facts = fields.Json(string="Answers counted", readonly=True, copy=False)
    answer_label = fields.Char(
        string="Best reached",
        compute="_compute_answer_label",
        help="From his answers of two years: an e-mail, an act on his page or a payment "
        "within seven days, a call that reached somebody. A proposal: nothing is sent by it.",
    )
    is_call_moment = fields.Boolean(
        string="Good moment to call",
        compute="_compute_is_call_moment",
        help="This half-day is the one in which the customer answers calls best.",
    )

    call_slot_label = fields.Char(
        string="Call best on", compute="_compute_call_slot_label"
    )

    @api.depends("call_slot")
    @api.depends_context("lang")
    def _compute_call_slot_label(self):
        words = {half: self.env._(text) for half, text in HALVES.items()}
        for customer in self:
            label = False
            if customer.call_slot:
                day = MONDAY.replace(day=1 + int(customer.call_slot[0]))
                weekday = format_date(self.env, day, date_format="EEEE")
                label = words[customer.call_slot[1:]] % {"weekday": weekday}
            customer.call_slot_label = label

    @api.depends("answer_channel", "call_slot", "answer_facts")
    @api.depends_context("lang")
    def _compute_answer_label(self):
        for customer in self:
            customer.answer_label = " ".join(customer._answer_sentences())

    @api.model
    def _answer_words(self):
        """``{channel: sentence}`` with ``contacts`` and ``answers``; channels add theirs."""
        return {channel: self.env._(words) for channel, words in CHANNELS.items()}

    def _answer_sentences(self):
        self.ensure_one()
        facts = self.answer_facts or {}
        words = self._answer_words().get(self.answer_channel)
        if words:
            contacts, answers = facts["channel"]
            yield words % {"contacts": contacts, "answers": answers}
        if self.call_slot:
            contacts, answers = facts["slot"]
            yield self.env._(
                "To call on %(half_day)s: %(answers)s of %(contacts)s calls.",
                half_day=self.call_slot_label,
                contacts=contacts,
                answers=answers,
            )

    @api.depends("call_slot", "company_id")
    def _compute_is_call_moment(self):
        slots = dict(self._slots_now(self.company_id))
        for customer in self:
            now = slots.get(customer.company_id.id)
            customer.is_call_moment = bool(now) and customer.call_slot == now

    @api.model
    def _slots_now(self, companies):
        """``[(company id, half-day of now there)]``."""
        moments = [(company.id, company._recouvrement_now()) for company in companies]
        return [(key, slot(now.weekday(), now.hour)) for key, now in moments]

    @api.model
    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """EXTENDS: the list of calls starts with those whose half-day is now."""
        if field_name != "is_call_moment":
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        condition = SQL(
            "COALESCE((%s, %s) IN %s, FALSE)",
            SQL.identifier(alias, "company_id"),
            SQL.identifier(alias, "call_slot"),
            tuple(self._slots_now(self.env.companies)),
        )
        return SQL("%s %s %s", condition, direction, nulls)
