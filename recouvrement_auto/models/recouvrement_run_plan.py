import logging

from psycopg2 import errors

from odoo import api, fields, models
from odoo.tools import SQL

from .recouvrement_run import BUCKETS
from .recouvrement_sender_memory import Memory

_logger = logging.getLogger(__name__)

BATCH = 500
CHUNK = 2500  # files made by one statement
RETRIES = 3


class RecouvrementRun(models.Model):
    """Planning: select, plan, guard, write reminders in batches; no connection is opened."""

    _inherit = "recouvrement.run"

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
                   ON CONFLICT DO NOTHING RETURNING id""",
                company=company.id,
                date=date,
                kind=kind,
                now=self.env.cr.now(),
                uid=self.env.uid,
            )
        )
        row = self.env.cr.fetchone()
        run = self.browse(row) or self.search(
            [
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("kind", "!=", "manual"),
            ],
            limit=1,
        )
        if row:
            run._freeze()
            self.env["recouvrement.log"]._append(
                "run.opened", company=company, facts={"run": run.id, "kind": kind}
            )
        Memory(self.env).commit(0)  # the night goes on with the settings just read
        return run

    def _freeze(self):
        """Keep the scenarios as this new run uses them, in one statement."""
        versions = self.env["recouvrement.scenario"]._freeze_versions(self.company_id)
        field = self._fields["version_ids"]
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, unnest(%s::int[]) RETURNING 1",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                self.id,
                versions.ids,
            )
        )
        self.invalidate_recordset(["version_ids"], flush=False)

    def _is_closed_day(self):
        calendar = self.env["recouvrement.planner"]._calendar(self.company_id)
        return not calendar.is_open(self.date)

    def _plan(self):
        """Plan batch after batch; a batch that fails is tried again, then one by one."""
        # Once for the night: the claim reads again whatever may forbid a message.
        context = self.env["recouvrement.planner.facts"]._context(
            self.company_id, self.date, self.version_ids
        )
        context.account_ids = self.env["recouvrement.open.item"]._account_ids(
            self.company_id
        )
        partner_ids = self.env["recouvrement.planner"]._partners_to_plan(self, context)
        self._make_files(partner_ids)
        memory = Memory(self.env, fresh=True)
        for start in range(0, len(partner_ids), BATCH):
            chunk = partner_ids[start : start + BATCH]
            try:
                self._plan_batch(chunk, context)
                memory.next_batch(len(chunk))
            except Exception:  # noqa: BLE001 - a bad record costs one reminder, never the night
                _logger.warning(
                    "Batch failed, customers planned one by one", exc_info=True
                )
                self._forget()
                self._plan_one_by_one(chunk, context)

    def _make_files(self, partner_ids):
        """Files of the customers who have none yet, made together: a first night makes
        thousands. What fails here is met again, and shown, by the batch of the customer."""
        missing = self.env["recouvrement.customer"]._without_file(
            self.company_id, partner_ids
        )
        try:
            for start in range(0, len(missing), CHUNK):
                self.env["recouvrement.customer"]._create_missing(
                    self.company_id, missing[start : start + CHUNK]
                )
        except Exception:  # noqa: BLE001 - one bad record never costs the night
            _logger.warning("Files are made batch by batch", exc_info=True)
            self._forget()

    def _plan_batch(self, partner_ids, context):
        for attempt in range(RETRIES):
            try:
                with self.env.cr.savepoint():
                    self.env["recouvrement.planner"]._plan_partners(
                        self, partner_ids, context
                    )
                break
            except errors.SerializationFailure:
                # Another planner of the same night committed first: read again.
                if attempt == RETRIES - 1 or not self._may_commit():
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all()

    def _plan_one_by_one(self, partner_ids, context):
        for partner_id in partner_ids:
            try:
                with self.env.cr.savepoint():
                    self.env["recouvrement.planner"]._plan_partners(
                        self, [partner_id], context
                    )
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
        with self.env["recouvrement.log"]._gathered(self) as run:
            run.write({"state": "planned", "planned_at": fields.Datetime.now()})
            counts = run._plain_counts()
            run.env["recouvrement.log"]._append(
                "run.planned", company=run.company_id, facts=counts
            )
            run._try_release()
            if not counts["waiting"]:
                run._close_if_done()
        self._checkpoint()
        if counts["selected"] > 1000:
            # Fresh statistics: stale ones cost the next night minutes (measured on a peer).
            self.env.cr.execute(
                "ANALYZE recouvrement_reminder, recouvrement_reminder_item"
            )
            self._checkpoint()

    def _plain_counts(self):
        return {"run": self.id, **{n: self[f"{n}_count"] for n in BUCKETS}}
