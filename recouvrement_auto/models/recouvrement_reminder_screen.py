import logging

from markupsafe import Markup
from psycopg2 import OperationalError, errors

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.planning import END_STEP
from .recouvrement_planner_bundle import GRADE_MOVED, GRADE_PERSON

_logger = logging.getLogger(__name__)


class RecouvrementReminder(models.Model):
    """What the screens show of a message: words as received, reasons in full sentences."""

    _inherit = "recouvrement.reminder"

    reason_label = fields.Char(
        string="In words",
        compute="_compute_reason_label",
        help="The reason with its detail and the day it ends.",
    )
    why_label = fields.Char(
        string="Why this scenario applies", compute="_compute_why_label"
    )
    display_subject = fields.Char(string="Object", compute="_compute_display_body")
    display_body = fields.Html(
        string="Message as received",
        compute="_compute_display_body",
        sanitize=False,
        help="The frozen text once claimed; before, what it would be right now.",
    )
    display_problem = fields.Char(compute="_compute_display_body")
    is_mine = fields.Boolean(
        string="My messages", compute="_compute_is_mine", search="_search_is_mine"
    )
    segment_id = fields.Many2one(related="customer_id.effective_segment_id")
    settled_since = fields.Boolean(
        string="Paid since",
        compute="_compute_settled_since",
        help="Every item that the message asks to pay has been settled since it was made.",
    )
    last_contact = fields.Char(
        compute="_compute_last_contact",
        help="The last message that this customer received before this one.",
    )

    @api.model
    def _prepare_row(self, run, context, decision):
        """EXTENDS: the hand-over that ends every scenario has a name in words."""
        row = super()._prepare_row(run, context, decision)
        lang = context.company_lang
        row["step_name"] = self.with_context(lang=lang)._step_label(row)
        return row

    @api.model
    def _step_label(self, row):
        if row["step_code"] == END_STEP:
            return self.env._("End of the scenario")
        return row["step_name"]

    # === WORDS === #

    @api.depends("reason_code", "reason_detail", "until")
    @api.depends_context("lang")
    def _compute_reason_label(self):
        labels = dict(self._fields["reason_code"]._description_selection(self.env))
        for reminder in self:
            label = labels.get(reminder.reason_code, "")
            if reminder.reason_detail:
                label = (
                    f"{label}: {reminder.reason_detail}"
                    if label
                    else (reminder.reason_detail)
                )
            if reminder.until:
                label = self.env._(
                    "%(reason)s, until %(day)s",
                    reason=label,
                    day=format_date(self.env, reminder.until),
                )
            reminder.reason_label = label

    @api.model
    def _why_labels(self):
        """Which rule chose a scenario, in words."""
        return {
            "invoice": self.env._("Chosen for this invoice"),
            "customer": self.env._("Chosen for this customer"),
            "hardship": self.env._("Temporary difficulty"),
            "nature": self.env._("Nature of the customer"),
            "nature_grade": self.env._("Nature and grade of the customer"),
            "segment": self.env._("Payment segment"),
            "segment_grade": self.env._("Payment segment and grade"),
            "default": self.env._("Default of the company"),
        }

    @api.model
    def _why_label(self, key):
        """The sentence of a stored key: the rule, and why a person confirms its choice."""
        rule, _colon, asked = (key or "").partition(":")
        label = self._why_labels().get(rule, "")
        if asked == GRADE_MOVED:
            return self.env._(
                "%(rule)s; the grade changed the scenario on the way: a person confirms",
                rule=label,
            )
        if asked == GRADE_PERSON:
            return self.env._(
                "%(rule)s; natural person: a person confirms each message", rule=label
            )
        return label

    @api.depends("scenario_why")
    @api.depends_context("lang")
    def _compute_why_label(self):
        for reminder in self:
            reminder.why_label = self._why_label(reminder.scenario_why)

    @api.depends("body", "subject", "custom_body", "custom_subject", "state")
    def _compute_display_body(self):
        for reminder in self:
            subject, body, problem = reminder._displayed_content()
            reminder.display_subject = subject
            reminder.display_body = body
            reminder.display_problem = problem

    def _displayed_content(self):
        """``(subject, html, problem)``: frozen words, else what they would be now."""
        self.ensure_one()
        if self.body:
            return self.subject, self.body, False
        Renderer = self.env["recouvrement.renderer"]
        try:
            with self.env.cr.savepoint():
                if self.channel in ("call", "task"):
                    return self.step_name, Markup(Renderer._call_card(self)), False
                content = Renderer._render(self)
        except (OperationalError, errors.ReadOnlySqlTransaction):
            raise  # Odoo answers these by another try, with a cursor that may write
        except Exception as error:  # noqa: BLE001 - a preview never breaks the list
            _logger.info("No preview of reminder %s: %s", self.id, error)
            return self.step_name, False, str(error)[:300]
        return content["subject"], Markup(content["body"]), False

    # === WHOSE === #

    @api.depends("agent_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for reminder in self:
            reminder.is_mine = reminder.agent_id == self.env.user

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("agent_id", "=", self.env.uid)
        return mine if True in value else ~mine

    def _compute_settled_since(self):
        """From the journal items themselves: nothing open is left of what was asked."""
        self.env["account.move.line"].flush_model(["reconciled", "parent_state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT item.reminder_id
                     FROM recouvrement_reminder_item item
                LEFT JOIN account_move_line line ON line.id = item.line_res_id
                    WHERE item.reminder_id IN %s
                      AND item.role IN ('leader', 'own_step', 'listed')
                 GROUP BY item.reminder_id
                   HAVING BOOL_AND(line.reconciled IS TRUE OR line.id IS NULL
                                OR line.parent_state != 'posted')""",
                tuple(self.ids) or (0,),
            )
        )
        settled = {row[0] for row in rows}
        for reminder in self:
            reminder.settled_since = reminder.id in settled

    def _compute_last_contact(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT reminder.id, last.date, last.step_name
                     FROM recouvrement_reminder reminder
                     JOIN LATERAL (
                          SELECT before.date, before.step_name
                            FROM recouvrement_reminder before
                           WHERE before.customer_id = reminder.customer_id
                             AND before.state IN ('sent', 'unknown')
                             AND before.channel != 'task'
                             AND before.id != reminder.id
                             AND before.date <= reminder.date
                        ORDER BY before.date DESC, before.id DESC LIMIT 1
                          ) last ON TRUE
                    WHERE reminder.id IN %s""",
                tuple(self.ids) or (0,),
            )
        )
        last = {row[0]: (row[1], row[2]) for row in rows}
        for reminder in self:
            day, step = last.get(reminder.id, (None, ""))
            reminder.last_contact = (
                f"{format_date(self.env, day)} · {step or ''}" if day else False
            )
