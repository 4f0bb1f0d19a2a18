import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from .recouvrement_log_words import EVENTS


class RecouvrementLog(models.Model):
    """The history in words. Everything here is computed; the log itself never changes."""

    _inherit = "recouvrement.log"

    event_label = fields.Char(string="What happened", compute="_compute_labels")
    actor_label = fields.Char(string="Who", compute="_compute_labels")
    customer_label = fields.Char(string="Customer", compute="_compute_labels")
    reason_label = fields.Char(string="Why", compute="_compute_labels")
    channel_label = fields.Char(string="By", compute="_compute_labels")
    state_label = fields.Char(string="Outcome", compute="_compute_labels")
    move_label = fields.Char(string="Invoices", compute="_compute_labels")
    step_label = fields.Char(string="Step", compute="_compute_step_label")
    amount_label = fields.Char(string="Amount", compute="_compute_amount_label")
    detail = fields.Char(compute="_compute_detail")
    sealed = fields.Boolean(
        compute="_compute_sealed",
        help="Chained: a later change of this entry would be found by the verifier.",
    )
    event_kind = fields.Selection(
        [
            ("good", "Done"),
            ("bad", "Problem"),
            ("person", "Decision of a person"),
            ("other", "Other"),
        ],
        compute="_compute_labels",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_move_id",
        search="_search_move_id",
    )
    customer_id = fields.Many2one(
        "recouvrement.customer",
        string="Collection file of the entry",
        compute="_compute_customer_id",
        search="_search_customer_id",
    )

    def _labels_of(self, name):
        field = self.env["recouvrement.reminder"]._fields[name]
        return dict(field._description_selection(self.env))

    @api.depends("event")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = str(EVENTS.get(entry.event, entry.event))

    @api.depends_context("lang")
    def _compute_labels(self):
        # Names only, for entries that the reader may read: users and customers of the log
        # may be archived, or of a colleague whose record the reader has no right to.
        users = self.env["res.users"].sudo().browse(self.mapped("actor_id")).exists()
        partners = (
            self.env["res.partner"]
            .sudo()
            .browse(self.mapped("partner_res_id"))
            .exists()
        )
        actors = {user.id: user.name for user in users}
        names = {partner.id: partner.display_name for partner in partners}
        moves = self._move_names()
        reasons = self._labels_of("reason_code")
        channels = self._labels_of("channel")
        states = self._labels_of("state")
        for entry in self:
            event = EVENTS.get(entry.event, entry.event)
            entry.event_label = str(event)
            entry.actor_label = actors.get(entry.actor_id, "")
            entry.customer_label = names.get(entry.partner_res_id, "")
            entry.reason_label = reasons.get(entry.reason_code, entry.reason_code or "")
            entry.channel_label = channels.get(entry.channel, entry.channel or "")
            entry.state_label = states.get(entry.state, entry.state or "")
            entry.move_label = entry._move_label(moves)
            entry.event_kind = entry._kind()

    def _move_label(self, names):
        """The first number and how many more: lists stay readable."""
        found = [names.get(move_id, f"#{move_id}") for move_id in self.moves or ()]
        if len(found) > 2:
            return self.env._(
                "%(first)s and %(count)s more", first=found[0], count=len(found) - 1
            )
        return ", ".join(found)

    def _kind(self):
        verb = (self.event or "").rpartition(".")[2]
        if verb in ("sent", "unknown_arrived", "closed"):
            return "good"
        if verb in ("failed", "unknown", "problem", "bounced", "unknown_lost"):
            return "bad"
        person = ("confirmed", "refused", "retried", "lifted", "opened", "included")
        return "person" if verb in person else "other"

    def _move_names(self):
        ids = {move_id for entry in self for move_id in entry.moves or ()}
        # Numbers only, of entries that the reader may read.
        moves = self.env["account.move"].sudo().browse(ids).exists()
        return {move.id: move.name or "" for move in moves}

    @api.depends("step_code", "reminder_res_id")
    @api.depends_context("lang")
    def _compute_step_label(self):
        # Names only, for entries that the reader may read.
        reminders = (
            self.env["recouvrement.reminder"]
            .sudo()
            .browse(self.mapped("reminder_res_id"))
            .exists()
        )
        names = {reminder.id: reminder.step_name for reminder in reminders}
        codes = {entry.step_code for entry in self if entry.step_code}
        steps = self.env["recouvrement.scenario.line"]._step_names(codes)
        for entry in self:
            code = entry.step_code
            name = names.get(entry.reminder_res_id) if code else False
            entry.step_label = name or steps.get(code, code or False)

    @api.depends("amount")
    @api.depends_context("lang")
    def _compute_amount_label(self):
        companies = self.env["res.company"].sudo()  # the currency of the company
        for entry in self:
            currency = companies.browse(entry.company_id).currency_id
            entry.amount_label = (
                formatLang(self.env, float(entry.amount), currency_obj=currency)
                if entry.amount
                else False
            )

    def _compute_sealed(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT log_id FROM recouvrement_log_seal WHERE log_id IN %s",
                tuple(self.ids) or (0,),
            )
        )
        sealed = {row[0] for row in rows}
        for entry in self:
            entry.sealed = entry.id in sealed

    # === SEARCH === #

    @api.depends("moves")
    def _compute_move_id(self):
        for entry in self:
            entry.move_id = (entry.moves or [False])[0]

    def _search_move_id(self, operator, value):
        """Entries about an invoice: an id, ids, or a piece of its number."""
        if operator in ("=", "in"):
            ids = [value] if isinstance(value, int) else [v for v in value if v]
        elif operator == "any":
            ids = self.env["account.move"].search(value, limit=500).ids
        elif operator in ("ilike", "like", "=ilike", "=like"):
            ids = self.env["account.move"].search([("name", operator, value)]).ids
        else:
            return NotImplemented
        terms = [
            SQL("moves @> %s::jsonb", json.dumps([move_id])) for move_id in ids[:500]
        ]
        condition = SQL(" OR ").join(terms) if terms else SQL("FALSE")
        return Domain(
            "id", "in", SQL("(SELECT id FROM recouvrement_log WHERE %s)", condition)
        )

    @api.depends("customer_res_id")
    def _compute_customer_id(self):
        ids = self.mapped("customer_res_id")
        known = self.env["recouvrement.customer"].browse(ids).exists()._ids
        for entry in self:
            found = entry.customer_res_id in known
            entry.customer_id = entry.customer_res_id if found else False

    def _search_customer_id(self, operator, value):
        if operator in ("=", "in"):
            ids = [value] if isinstance(value, int) else [v for v in value if v]
        elif operator == "any":
            ids = self.env["recouvrement.customer"].search(value).ids
        elif operator in ("ilike", "like", "=ilike", "=like"):
            files = self.env["recouvrement.customer"].search(
                [("partner_id.name", operator, value)]
            )
            ids = files.ids
        else:
            return NotImplemented
        return Domain("customer_res_id", "in", ids)

    def action_open_customer(self):
        """The collection file of the entry."""
        self.ensure_one()
        self.customer_id.check_access("read")
        return self.customer_id._open_form()
