import logging

from psycopg2 import errors

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from odoo.tools import SQL

from ..const import (
    FAILED,
    HELD,
    SENT,
    SKIPPED,
    UNKNOWN,
    WAITING_STATES,
)

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
            line = totals.setdefault(run.id, {k: (0, 0, 0.0) for k in _BUCKETS})
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
            **{name: run[f"{name}_count"] for name in _BUCKETS},
        }

    # === PLANNING === #

    @api.model
    def _run(self, company, date, kind=None):
        """Plan the night of ``company`` for the local ``date`` and return the run.

        Selects, plans, guards and writes reminders in batches with commits; opens no
        connection. Called again for the same day it finishes what a kill left undone, and
        does nothing when nothing is left.

        :param company: one ``res.company``
        :param date: the local day
        :param kind: ``night`` | ``shadow``; by default what the mode of the company says
        """
        self = self.with_company(company).with_context(allowed_company_ids=company.ids)
        company = company.with_env(self.env)
        run = self._open(company, date, kind)
        if run.state != "planning":
            return run
        if run._is_closed_day():
            run._note("closed_day")
        else:
            run._plan()
        run._finish_planning()
        return run

    @api.model
    def _open(self, company, date, kind):
        kind = kind or ("shadow" if company.recouvrement_mode == "shadow" else "night")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO recouvrement_run
                       (company_id, date, kind, state, started_at,
                        create_uid, create_date, write_uid, write_date)
                   VALUES (%(company)s, %(date)s, %(kind)s, 'planning', %(now)s,
                           %(uid)s, %(now)s, %(uid)s, %(now)s)
                   ON CONFLICT DO NOTHING""",
                company=company.id,
                date=date,
                kind=kind,
                now=self.env.cr.now(),
                uid=self.env.uid,
            )
        )
        created = self.env.cr.rowcount
        run = self.search(
            [
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("kind", "!=", "manual"),
            ],
            limit=1,
        )
        if created:
            versions = self.env["recouvrement.scenario"]._freeze_versions(company)
            run.version_ids = [(6, 0, versions.ids)]
            self.env["recouvrement.log"]._append(
                "run.opened", company=company, facts={"run": run.id, "kind": run.kind}
            )
        self._checkpoint()
        return run

    def _is_closed_day(self):
        calendar = self.env["recouvrement.planner"]._calendar(self.company_id)
        return not calendar.is_open(self.date)

    def _plan(self):
        """Plan batch after batch; a batch that fails is tried again, then one by one."""
        partner_ids = self.env["recouvrement.planner"]._partners_to_plan(self)
        for start in range(0, len(partner_ids), BATCH):
            chunk = partner_ids[start : start + BATCH]
            try:
                self._plan_batch(chunk)
            except Exception:  # noqa: BLE001 - a bad record costs one reminder, never the night
                _logger.warning(
                    "Batch failed, customers planned one by one", exc_info=True
                )
                self._forget()
                self._plan_one_by_one(chunk)

    def _plan_batch(self, partner_ids):
        for attempt in range(RETRIES):
            try:
                with self.env.cr.savepoint():
                    self.env["recouvrement.planner"]._plan_partners(self, partner_ids)
                break
            except errors.SerializationFailure:
                # Another planner of the same night committed first: read again.
                if attempt == RETRIES - 1 or not self._may_commit():
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all()
        self._checkpoint(len(partner_ids))

    def _plan_one_by_one(self, partner_ids):
        for partner_id in partner_ids:
            try:
                with self.env.cr.savepoint():
                    self.env["recouvrement.planner"]._plan_partners(self, [partner_id])
            except Exception as error:  # noqa: BLE001 - the next customers must be served
                self._add_problem(partner_id, error)
            self._checkpoint(1)

    def _add_problem(self, partner_id, error):
        """Park a customer that could not be planned, on screen and in the log."""
        _logger.exception("Customer %s could not be planned", partner_id)
        self.env.invalidate_all(flush=False)
        self.env["recouvrement.run.problem"].create(
            {
                "run_id": self.id,
                "partner_id": partner_id,
                "message": f"{type(error).__name__}: {error}"[:500],
            }
        )
        self.env["recouvrement.log"]._append(
            "run.problem",
            company=self.company_id,
            partner=partner_id,
            reason="planning_error",
            facts={"run": self.id, "error": type(error).__name__},
        )

    def _note(self, reason):
        self.env["recouvrement.log"]._append(
            "run.note", company=self.company_id, reason=reason, facts={"run": self.id}
        )

    def _finish_planning(self):
        self.write({"state": "planned", "planned_at": fields.Datetime.now()})
        self.env["recouvrement.log"]._append(
            "run.planned", company=self.company_id, facts=self._plain_counts()
        )
        self._try_release()
        self._close_if_done()
        self._checkpoint()
        if len(self.reminder_ids) > 1000:
            # Fresh statistics: stale ones cost the next night minutes (measured on a peer).
            self.env.cr.execute(
                "ANALYZE recouvrement_reminder, recouvrement_reminder_item"
            )
            self._checkpoint()

    def _plain_counts(self):
        return {"run": self.id, **{n: self[f"{n}_count"] for n in _BUCKETS}}

    # === RELEASE AND CLOSE === #

    def _try_release(self):
        """Release the messages when the setting of the company allows it now."""
        for run in self.filtered(lambda r: r.state == "planned"):
            reason = run._release_obstacle()
            if reason:
                run.hold_reason = reason
            else:
                run._set_released()

    def _release_obstacle(self):
        company = self.company_id
        if self.kind == "shadow":
            return False
        ceiling = company.recouvrement_ceiling
        if ceiling and self.waiting_count > ceiling:
            return self.env._(
                "%(count)s messages are more than the ceiling of %(ceiling)s: a manager "
                "releases the run.",
                count=self.waiting_count,
                ceiling=ceiling,
            )
        if company.recouvrement_release == "manual":
            return self.env._("Waits for a person to release it.")
        if company.recouvrement_release == "bank":
            now = company._recouvrement_now()
            hour = now.hour + now.minute / 60
            if now.date() <= self.date and hour < company.recouvrement_release_hour:
                return self.env._("Waits for the release hour.")
            if self.env["recouvrement.planner"]._bank_stale_since(company, self.date):
                return self.env._(
                    "The bank is not up to date: enter the last movements, or release "
                    "by hand."
                )
        return False

    def _set_released(self):
        self.write(
            {
                "state": "released",
                "released_at": fields.Datetime.now(),
                "released_by_id": self.env.uid,
                "hold_reason": False,
            }
        )
        for run in self:
            self.env["recouvrement.log"]._append(
                "run.released", company=run.company_id, facts={"run": run.id}
            )
        self._wake_senders()

    def action_release(self):
        """Bank up to date: let the messages of these runs go (practice.md P1)."""
        self._check_manager()
        self.filtered(lambda r: r.state == "planned")._set_released()

    def _close_if_done(self):
        """Close the runs that have nothing waiting any more."""
        for run in self.filtered(lambda r: r.state in ("planned", "released")):
            run.invalidate_recordset()
            if run.waiting_count:
                continue
            run.write({"state": "closed", "closed_at": fields.Datetime.now()})
            self.env["recouvrement.log"]._append(
                "run.closed", company=run.company_id, facts=run._plain_counts()
            )

    def _reopen(self):
        """A message of a closed run waits again: the run says so until it is done."""
        for run in self.filtered(lambda r: r.state == "closed"):
            run.sudo().write({"state": "released", "closed_at": False})  # agents retry
            self.env["recouvrement.log"]._append(
                "run.reopened", company=run.company_id, facts={"run": run.id}
            )

    @api.model
    def _close_open_runs(self):
        self.search([("state", "in", ("planned", "released"))])._close_if_done()

    # === COMMON === #

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
        return {**action, "domain": domain, "context": {}, "name": self.display_name}


_BUCKETS = ("selected", SENT, FAILED, UNKNOWN, HELD, SKIPPED, "waiting")
_EMPTY = {name: (0, 0, 0.0) for name in _BUCKETS}
