import logging
from functools import partial

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

SETTLED = {
    "recouvrement.dispute": ("_close_settled", "_alert_overdue"),
    "recouvrement.promise": ("_settle_all",),
    "recouvrement.payment.plan": ("_settle_all",),
}


class RecouvrementRun(models.Model):
    """Before the night plans: what the ledger says of disputes, promises and plans."""

    _inherit = "recouvrement.run"

    def _plan(self):
        """EXTENDS: settle first, so that the night plans on what is true today."""
        self._settle_excuses(self.company_id, self.date)
        return super()._plan()

    @api.model
    def _refresh_facts(self, company, date):
        """EXTENDS: a promise broken tonight counts in tonight's score."""
        self._settle_excuses(company, date)
        return super()._refresh_facts(company, date)

    @api.model
    def _settle_excuses(self, company, date):
        """Close, keep or break what the ledger settles; one failure never costs the night.

        Called again on the same day it finds nothing more to do.
        """
        pending = self._unsettled(company, date)
        for name, method in pending:
            settle = getattr(self.env[name].sudo(), method)
            self._settle_one(company, date, name, partial(settle, company, date))
        if pending:
            self._checkpoint()

    @api.model
    def _unsettled(self, company, date):
        """``[(model, method)]`` that may find something to do, told by one query."""
        self.env.flush_all()
        questions = [
            SQL(
                "EXISTS (SELECT 1 FROM %s parent WHERE parent.company_id = %s AND %s)",
                SQL.identifier(self.env[name]._table),
                company.id,
                self.env[name]._unsettled_sql(date),
            )
            for name in SETTLED
        ]
        found = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(questions)))[0]
        return [
            (name, method)
            for (name, methods), some in zip(SETTLED.items(), found, strict=True)
            if some
            for method in methods
        ]

    @api.model
    def _settle_one(self, company, date, name, settle):
        """Call ``settle``; its failure is undone and shown on the page of the night."""
        try:
            with self.env.cr.savepoint():
                settle()
        except Exception as error:  # noqa: BLE001 - held as before, and on the screen
            _logger.exception("%s of %s not settled", name, company.name)
            self.env.invalidate_all(flush=False)
            self._add_settle_problem(company, date, name, error)

    @api.model
    def _add_settle_problem(self, company, date, name, error):
        message = f"{type(error).__name__}: {error}"[:300]
        self.env["recouvrement.log"]._append(
            "run.problem",
            company=company,
            reason="planning_error",
            facts={"kind": name, "error": message},
        )
        self._note_problem(company, date, f"{name}: {message}")
