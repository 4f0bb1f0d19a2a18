from odoo import api, fields, models
from odoo.tools import SQL

from ..const import DEFERRED, QUEUED


class RecouvrementRun(models.Model):
    """Which messages may be claimed now: released, due, and within the hours."""

    _inherit = "recouvrement.run"

    @api.model
    def _due_reminder_ids(self, limit=None):
        """Ids of the reminders that may be claimed now, oldest first."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """SELECT reminder.id FROM recouvrement_reminder reminder
                     JOIN res_company company ON company.id = reminder.company_id
                LEFT JOIN recouvrement_run run ON run.id = reminder.run_id
                    WHERE reminder.state IN (%s, %s)
                      AND (reminder.send_after IS NULL OR reminder.send_after <= %s)
                      AND (company.recouvrement_paused_until IS NULL
                        OR company.recouvrement_paused_until <= %s)
                      AND (run.id IS NULL OR run.state = 'released')
                      AND reminder.attachments_ready
                      AND (reminder.manual OR reminder.channel NOT IN %s
                        OR reminder.company_id NOT IN %s)
                 ORDER BY reminder.id %s""",
                QUEUED,
                DEFERRED,
                now,
                now,
                self._timed_channels(),
                self._companies_outside_hours(),
                SQL("LIMIT %s", limit) if limit else SQL(""),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _timed_channels(self):
        """Channels that keep office hours."""
        return ("email",)

    @api.model
    def _companies_outside_hours(self):
        """Ids of the companies in whose zone messages do not leave right now."""
        closed = [0]
        for company in self._companies():
            if company.recouvrement_any_hour:
                continue
            now = company._recouvrement_now()
            calendar = self.env["recouvrement.planner"]._calendar(company)
            if calendar.next_allowed(now) > now:
                closed.append(company.id)
        return tuple(closed)
