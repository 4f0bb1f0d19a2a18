import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class RecouvrementRun(models.Model):
    """The scheduled action that opens the night of each company."""

    _inherit = "recouvrement.run"

    @api.model
    def _cron_run(self):
        """Plan the night of every company whose local planning hour has come.

        How often the action runs changes nothing: a company has one night per local day.
        One company that fails never stops the others; its failure is on its screen.
        """
        for company in self._companies():
            if self._is_due(company):
                self._run_company(company)

    @api.model
    def _is_due(self, company):
        now = company._recouvrement_now()
        if now.hour + now.minute / 60 < company.recouvrement_run_hour:
            return False
        return not self.search_count(
            [
                ("company_id", "=", company.id),
                ("date", "=", now.date()),
                ("kind", "!=", "manual"),
                ("state", "!=", "planning"),
            ],
            limit=1,
        )

    @api.model
    def _run_company(self, company):
        date = company._recouvrement_today()
        try:
            self._refresh_facts(company, date)
            self._run(company, date)
        except Exception as error:  # noqa: BLE001 - the next company must have its night
            _logger.exception("Night of %s failed", company.name)
            self._forget()
            self._report_failure(company, date, error)
        self._checkpoint()

    @api.model
    def _refresh_facts(self, company, date):
        """Segments and scores of the day, before the scenarios are chosen.

        When they cannot be refreshed (a file being edited right now) the night goes on with
        yesterday's, and says so in the log.
        """
        company_env = self.with_company(company).env
        try:
            facts = company_env["recouvrement.payment.facts"]._load(company, date)
            company_env["recouvrement.segment"]._refresh(company, date, facts)
            company_env["recouvrement.score"]._refresh(company, date, facts)
        except Exception as error:  # noqa: BLE001 - yesterday's segments are better than no night
            _logger.warning("Segments of %s not refreshed", company.name, exc_info=True)
            self._forget()
            self.env["recouvrement.log"]._append(
                "segments.not_refreshed",
                company=company,
                facts={"date": str(date), "error": type(error).__name__},
            )
        self._checkpoint()

    @api.model
    def _report_failure(self, company, date, error):
        """A night that fails tells the responsible the same day, on his activities."""
        self.env["recouvrement.log"]._append(
            "run.failed",
            company=company,
            reason="planning_error",
            facts={
                "date": str(date),
                "error": f"{type(error).__name__}: {error}"[:300],
            },
        )
        self._note_problem(company, date, f"{type(error).__name__}: {error}")

    @api.model
    def _note_problem(self, company, date, message):
        """Show a failure on the page of the night of ``date``, when there is one."""
        run = self.search(
            [
                ("company_id", "=", company.id),
                ("date", "=", date),
                ("kind", "!=", "manual"),
            ],
            limit=1,
        )
        if run:
            self.env["recouvrement.run.problem"].create(
                {"run_id": run.id, "message": message[:500]}
            )
