import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools import kpi

_logger = logging.getLogger(__name__)

MONTHS_KEPT_BACK = 24  # month ends rebuilt at the first night
WEEKS_KEPT_BACK = 52  # Sundays rebuilt at the first night
DAYS_KEPT = 400  # daily rows older than this leave, month ends stay
LATE_HOUR = 12  # without a run by then, the lists are renewed all the same
CATCH_UP_DAYS = 31  # nights missed by an outage that are rebuilt one by one


class RecouvrementKpiSnapshot(models.Model):
    """The scheduled action that takes the snapshots and rebuilds the past."""

    _inherit = "recouvrement.kpi.snapshot"

    @api.model
    def _cron_take(self):
        """Take yesterday of each company that has none, then rebuild what is missing.

        Each day is committed by itself; a company that fails never stops the others. Odoo
        calls the action again at once while days of the past are left to rebuild.
        """
        companies = self.env["recouvrement.run"]._companies()
        for company in companies:
            self._guarded(company, self._take_night)
            self._guarded(company, self._refresh_lists)
        for company in companies:
            self._guarded(company, self._rebuild)

    @api.model
    def _guarded(self, company, call):
        try:
            call(company)
        except Exception:
            _logger.exception("Indicators of %s failed", company.name)
            self.env["recouvrement.run"]._forget()
            self.env["recouvrement.log"]._append(
                "kpi.failed", company=company, facts={"step": call.__name__.strip("_")}
            )
            self.env["recouvrement.run"]._checkpoint()

    @api.model
    def _take_night(self, company):
        day = company._recouvrement_today() - timedelta(days=1)
        if not self._days(company, day, day):
            self.env["recouvrement.kpi.habit"]._refresh(company, day)
            self._take(company, day)
            self._prune(company, day)
            self.env["recouvrement.run"]._checkpoint()

    @api.model
    def _refresh_lists(self, company):
        """Once a day, after the run of the night: what is claimable, who is
        orphan, what the messages brought, which alerts start and end."""
        now = company._recouvrement_now()
        today = company._recouvrement_today()
        if company.recouvrement_kpi_date and company.recouvrement_kpi_date >= today:
            return
        if now.hour < LATE_HOUR and not self._is_planned(company, today):
            return
        self.env["recouvrement.kpi.claimable"]._refresh(company, today)
        self.env["recouvrement.kpi.orphan"]._refresh(company, today)
        self.env["recouvrement.effectiveness"]._refresh(company, today)
        self.env["recouvrement.alert"]._evaluate(company, today)
        company.recouvrement_kpi_date = today
        self.env["recouvrement.run"]._checkpoint()

    @api.model
    def _is_planned(self, company, today):
        domain = [
            ("company_id", "=", company.id),
            ("date", "=", today),
            ("kind", "!=", "manual"),
            ("state", "!=", "planning"),
        ]
        return self.env["recouvrement.run"].search_count(domain, limit=1)

    @api.model
    def _rebuild(self, company):
        """Days of the past without a snapshot, from the ledger, newest first."""
        missing = self._missing(company)
        for number, day in enumerate(missing, 1):
            self._take(company, day, "backfill")
            left = self.env["recouvrement.run"]._checkpoint(
                1, remaining=len(missing) - number
            )
            if left <= 0:
                return

    @api.model
    def _missing(self, company):
        """Days to rebuild, newest first: nights that an outage skipped, then month ends
        and Sundays back to the first entry of the company."""
        today = company._recouvrement_today()
        wanted = set(kpi.history_days(today, MONTHS_KEPT_BACK, WEEKS_KEPT_BACK))
        since = today - timedelta(days=CATCH_UP_DAYS)
        nights = self._days(company, since, today, "night")
        if nights:
            span = (today - min(nights)).days
            wanted |= {today - timedelta(days=n) for n in range(1, span + 1)}
        first = self._first_entry(company)
        if first is None or not wanted:
            return []
        wanted = {day for day in wanted if day >= first}
        known = self._days(company, min(wanted, default=today), today)
        return sorted(wanted - known, reverse=True)

    @api.model
    def _days(self, company, first, last, source=None):
        """Set of the days with snapshots between ``first`` and ``last``."""
        only = SQL("AND source = %s", source) if source else SQL("")
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT date FROM recouvrement_kpi_snapshot
                    WHERE company_id = %s AND level = 'group'
                      AND date BETWEEN %s AND %s %s""",
                company.id,
                first,
                last,
                only,
            )
        )
        return {day for (day,) in rows}

    @api.model
    def _first_entry(self, company):
        [(day,)] = self.env.execute_query(
            SQL(
                """SELECT MIN(date) FROM account_move
                    WHERE company_id = %s AND state = 'posted'""",
                company.id,
            )
        )
        return day

    @api.model
    def _prune(self, company, day):
        """Forget daily rows older than the limit; month ends stay."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM recouvrement_kpi_snapshot
                    WHERE company_id = %s AND date < %s AND level = 'group'
                      AND EXTRACT(DAY FROM date + 1) != 1""",
                company.id,
                day - timedelta(days=DAYS_KEPT),
            )
        )
