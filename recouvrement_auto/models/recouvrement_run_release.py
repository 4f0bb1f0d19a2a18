from psycopg2 import OperationalError

from odoo import api, fields, models

from .recouvrement_run import BUCKETS


class RecouvrementRun(models.Model):
    """Release of the planned messages, closing and reopening of a run."""

    _inherit = "recouvrement.run"

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
            # The counts alone: what the run says of itself is not written yet, maybe.
            run.invalidate_recordset([f"{n}_count" for n in BUCKETS], flush=False)
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
        # Two senders that finish together: one of them closes, the other goes on.
        runs = self.search([("state", "in", ("planned", "released"))])
        try:
            runs.try_lock_for_update()._close_if_done()
            self._checkpoint()
        except OperationalError:
            self._forget()
