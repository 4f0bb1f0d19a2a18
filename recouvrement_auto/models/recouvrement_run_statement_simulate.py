from dataclasses import replace
from datetime import timedelta

from odoo import api, models

from ..tools.monthly import in_month
from .recouvrement_run_statement import BATCH, GRACE_DAYS


class RecouvrementRun(models.Model):
    """The statements of the month in a dry run."""

    _inherit = "recouvrement.run"

    @api.model
    def _simulate(self, company, date_from, date_to, versions=None, partner_ids=None):
        """EXTENDS: with the statements of the month. They belong to no scenario, so that the
        comparison of two versions leaves them out."""
        found = super()._simulate(company, date_from, date_to, versions, partner_ids)
        if versions is not None:
            return found
        statements = self.with_company(company)._simulate_statements(
            company, date_from, date_to, partner_ids
        )
        return sorted(
            found + statements, key=lambda row: (row["date"], row["customer_id"])
        )

    @api.model
    def _simulate_statements(self, company, date_from, date_to, partner_ids):
        """Rows of ``_simulate`` for the monthly statements of these days."""
        groups = self.env["recouvrement.customer"]._by_statement_day(company)
        if not groups:
            return []
        Facts = self.env["recouvrement.planner.facts"]
        context = Facts._context(company, date_from, ())
        rows = []
        for number, customers in groups.items():
            if partner_ids is not None:
                customers = customers.filtered(
                    lambda c: c.partner_id.id in set(partner_ids)
                )
            for day in self._days_of_month(number, date_from, date_to):
                leaves = self._first_open_day(context.calendar, day)
                if leaves and date_from <= leaves <= date_to:
                    rows += self._simulate_mailing(context, customers, day, leaves)
        return rows

    @api.model
    def _days_of_month(self, number, date_from, date_to):
        """Days ``number`` of the months around the dates."""
        first = (date_from - timedelta(days=GRACE_DAYS)).replace(day=1)
        days = []
        while first <= date_to:
            days.append(in_month(number, first.year, first.month))
            first = (first + timedelta(days=32)).replace(day=1)
        return days

    @api.model
    def _first_open_day(self, calendar, day):
        """The night that plans the statement of ``day``; None after the days of grace."""
        for offset in range(GRACE_DAYS + 1):
            if calendar.is_open(day + timedelta(days=offset)):
                return day + timedelta(days=offset)
        return None

    @api.model
    def _simulate_mailing(self, context, customers, day, leaves):
        company = context.company
        confirm = company.recouvrement_statement_confirm
        today = replace(
            context,
            day=leaves,
            mode="confirm" if confirm else context.mode,
            policy=replace(
                context.policy,
                # Tomorrow's bank is not known today: only the first day is judged.
                bank_stale_since=context.policy.bank_stale_since
                if leaves == context.day
                else None,
            ),
        )
        values = company._recouvrement_statement_values(day)
        wanted = self._without_statement(customers, day, retry=False)
        partner_ids, rows = wanted.partner_id.ids, []
        for start in range(0, len(partner_ids), BATCH):
            bundles = self.env["recouvrement.planner.facts"]._load(
                today, partner_ids[start : start + BATCH]
            )
            rows += [
                {**self._simulated_row(today, decision), "tone": "courteous"}
                for decision in self._statement_decisions(today, bundles, values)
            ]
        return rows
