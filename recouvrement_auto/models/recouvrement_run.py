import logging

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..const import (
    FAILED,
    HELD,
    SENT,
    SKIPPED,
    UNKNOWN,
    WAITING_STATES,
)
from ..tools.action import titled

_logger = logging.getLogger(__name__)

BATCH = 500
RETRIES = 3


class RecouvrementRun(models.Model):
    """The night of one company: select, plan, guard, write the reminders, then send.

    ``_run`` is the one way to plan and ``_send_due`` (in ``recouvrement_run_send``) the one
    way to send. Both take what they need as arguments; nothing below asks for "today".
    """

    _name = "recouvrement.run"
    _description = "Collection run"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True)
    kind = fields.Selection(
        [("night", "Night"), ("shadow", "Shadow"), ("manual", "By hand")],
        required=True,
        default="night",
    )
    state = fields.Selection(
        [
            ("planning", "Being planned"),
            ("planned", "Planned, not released"),
            ("released", "Released"),
            ("closed", "Closed"),
        ],
        required=True,
        default="planning",
    )
    hold_reason = fields.Char(
        readonly=True, help="Why the messages of this run are not released."
    )
    started_at = fields.Datetime(readonly=True)
    planned_at = fields.Datetime(readonly=True)
    released_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    released_by_id = fields.Many2one("res.users", readonly=True)
    version_ids = fields.Many2many(
        "recouvrement.scenario.version", string="Scenario versions", readonly=True
    )
    reminder_ids = fields.One2many("recouvrement.reminder", "run_id")
    problem_ids = fields.One2many("recouvrement.run.problem", "run_id")
    problem_count = fields.Integer(compute="_compute_problem_count")

    selected_count = fields.Integer(compute="_compute_counts")
    sent_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(compute="_compute_counts")
    unknown_count = fields.Integer(compute="_compute_counts")
    held_count = fields.Integer(compute="_compute_counts")
    skipped_count = fields.Integer(compute="_compute_counts")
    waiting_count = fields.Integer(compute="_compute_counts")
    selected_items = fields.Integer(compute="_compute_counts")
    sent_items = fields.Integer(compute="_compute_counts")
    failed_items = fields.Integer(compute="_compute_counts")
    unknown_items = fields.Integer(compute="_compute_counts")
    held_items = fields.Integer(compute="_compute_counts")
    skipped_items = fields.Integer(compute="_compute_counts")
    waiting_items = fields.Integer(compute="_compute_counts")
    selected_amount = fields.Monetary(compute="_compute_counts")
    sent_amount = fields.Monetary(compute="_compute_counts")
    failed_amount = fields.Monetary(compute="_compute_counts")
    unknown_amount = fields.Monetary(compute="_compute_counts")
    held_amount = fields.Monetary(compute="_compute_counts")
    skipped_amount = fields.Monetary(compute="_compute_counts")
    waiting_amount = fields.Monetary(compute="_compute_counts")

    _night_uniq = models.UniqueIndex(
        "(company_id, date) WHERE kind != 'manual'",
        "A company has one night per local day.",
    )

    @api.depends("date", "kind", "company_id")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            day = fields.Date.to_string(run.date) if run.date else ""
            run.name = f"{kinds.get(run.kind, '')} {day}"

    @api.depends("problem_ids")
    def _compute_problem_count(self):
        for run in self:
            run.problem_count = len(run.problem_ids)

    @api.depends("reminder_ids.state")
    def _compute_counts(self):
        totals = self._totals()
        for run in self:
            for name, (count, items, amount) in totals.get(run.id, _EMPTY).items():
                run[f"{name}_count"] = count
                run[f"{name}_items"] = items
                run[f"{name}_amount"] = amount

    def _totals(self):
        """Bookkeeping per run: reminders, items used and company amount of each outcome.

        ``selected = sent + failed + unknown + held + skipped + waiting`` on each line, by
        construction: one row of the table is counted once, under its state.
        """
        rows = self.env["recouvrement.reminder"]._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state"],
            ["__count", "item_count:sum", "total_overdue:sum"],
        )
        totals = {}
        for run, state, count, items, amount in rows:
            bucket = "waiting" if state in WAITING_STATES else state
            line = totals.setdefault(run.id, {k: (0, 0, 0.0) for k in BUCKETS})
            for key in (bucket, "selected"):
                old = line[key]
                line[key] = (old[0] + count, old[1] + items, old[2] + amount)
        return totals

    @api.model
    def _summary(self, run):
        """The figures of a run as a plain dict, for scripts and digests."""
        return {
            "company": run.company_id.name,
            "date": fields.Date.to_string(run.date),
            **{name: run[f"{name}_count"] for name in BUCKETS},
        }

    # === COMMON === #

    @api.model
    def _companies(self):
        """Every company: each has its night, whoever's companies are switched on."""
        # pylint: disable=no-search-all
        return (
            self.env["res.company"].sudo().search([], order="id")
        )  # scheduled actions

    @api.model
    def _may_commit(self):
        return not modules.module.current_test

    @api.model
    def _checkpoint(self, processed=0, remaining=None):
        """Commit what is done; inside Odoo's test cursor only flush.

        :param remaining: what is left for this action; more than nothing makes Odoo call
            it again at once after its time slice
        :return: seconds left of the time slice of the scheduled action
        """
        self.env.flush_all()
        if modules.module.current_test:
            return float("inf")
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    @api.model
    def _refuse_in_request(self):
        """Odoo replays HTTP requests up to five times: no network call belongs there."""
        if request:
            raise UserError(
                self.env._(
                    "Messages are sent by the scheduled action, never in a request."
                )
            )

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_manager"
        ):
            raise AccessError(self.env._("Only a collection manager may do this."))

    @api.model
    def _wake_senders(self):
        for cron in self._sender_crons():
            cron._trigger()

    @api.model
    def _sender_crons(self):
        return (
            self.env["ir.cron"]
            .sudo()
            .search(  # agents may wake the sender
                [
                    ("model_id.model", "=", self._name),
                    ("code", "=", "model._cron_send()"),
                ]
            )
        )

    # === SCREENS === #

    def action_open_reminders(self):
        """The list behind a number; the bucket comes from the button's context."""
        self.ensure_one()
        bucket = self.env.context.get("recouvrement_bucket", "selected")
        domain = [("run_id", "=", self.id)]
        if bucket == "waiting":
            domain.append(("state", "in", WAITING_STATES))
        elif bucket != "selected":
            domain.append(("state", "=", bucket))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_reminder_action"
        )
        return titled(action, self.display_name, domain=domain, context={})


BUCKETS = ("selected", SENT, FAILED, UNKNOWN, HELD, SKIPPED, "waiting")
_EMPTY = {name: (0, 0, 0.0) for name in BUCKETS}
