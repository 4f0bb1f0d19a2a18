from dataclasses import replace
from datetime import timedelta

from odoo import api, models

from ..const import SKIPPED
from ..tools.planning import advance
from .recouvrement_planner_bundle import GRADE_MOVED

BATCH = 500


class RecouvrementRun(models.Model):
    """The dry run: what would leave in the coming days, and why the rest would not."""

    _inherit = "recouvrement.run"

    @api.model
    def _simulate(self, company, date_from, date_to, versions=None, partner_ids=None):
        """What would leave between two days, without writing anything.

        Assumes that nothing is paid and that every message to confirm is confirmed.

        :param versions: scenario versions to try instead of today's (records)
        :param partner_ids: only these commercial partners
        :return: list of dicts ``date, customer_id, partner_id, channel, step_code,
            step_name, tone, state, reason, until, amount, items`` ordered by day
        """
        self = self.with_company(company)
        self.env.flush_all()  # what follows is SQL
        if versions is None:
            versions = self.env["recouvrement.planner.facts"]._current_versions(company)
        Facts = self.env["recouvrement.planner.facts"]
        if partner_ids is None:
            partner_ids = self._open_partner_ids(company, date_from)
        found = []
        for start in range(0, len(partner_ids), BATCH):
            context = Facts._context(company, date_from, versions)
            bundles = Facts._load(context, partner_ids[start : start + BATCH])
            for bundle in bundles:
                found += self._simulate_customer(context, bundle, date_from, date_to)
        return sorted(found, key=lambda row: (row["date"], row["customer_id"]))

    @api.model
    def _open_partner_ids(self, company, date):
        query = self.env["recouvrement.open.item"]._query(company, date, live=True)
        rows = self.env.execute_query(
            self.env["recouvrement.reminder"]._open_partners_sql(query)
        )
        return [row[0] for row in rows]

    @api.model
    def _simulate_customer(self, context, bundle, date_from, date_to):
        planner = self.env["recouvrement.planner"]
        day, rows = date_from, []
        bundle.waiting = False
        while day <= date_to:
            today = replace(
                context,
                day=day,
                policy=replace(
                    context.policy,
                    # Tomorrow's bank is not known today: only the first day is judged.
                    bank_stale_since=context.policy.bank_stale_since
                    if day == date_from
                    else None,
                ),
            )
            if today.calendar.is_open(day):
                decision = planner._decide(today, bundle)
                if decision is not None:
                    rows.append(self._simulated_row(today, decision))
                    self._move_on(today, bundle, decision)
            day += timedelta(days=1)
        return rows

    @api.model
    def _move_on(self, context, bundle, decision):
        """Positions and contacts after a message that would have left."""
        if decision.verdict is not None:
            return
        bundle.items = advance(bundle.items, decision.plan, context.day)
        if bundle.person_asked == GRADE_MOVED:
            bundle.person_asked = ""  # confirmed once: the new ladder goes on
        if decision.plan.step.channel != "task":
            bundle.contact_days = (*bundle.contact_days, context.day)

    @api.model
    def _simulated_row(self, context, decision):
        plan = decision.plan
        verdict = decision.verdict
        state = decision.state(context)
        if verdict is None and state == SKIPPED:
            state = "queued"  # shadow mode is no reason inside a dry run
        return {
            "date": context.day,
            "customer_id": decision.bundle.customer.id,
            "partner_id": decision.bundle.file.partner_id,
            "channel": plan.step.channel,
            "scenario_id": plan.leader.ladder.scenario_id,
            "why": self.env["recouvrement.planner.facts"]._why_scenario(
                decision.bundle, plan.leader
            ),
            "step_code": plan.step.code,
            "step_name": plan.step.name,
            "tone": plan.step.tone,
            "state": state,
            "reason": verdict.reason if verdict else "",
            "until": verdict.until if verdict else None,
            "amount": sum(line.item.amount for line in decision.chased),
            "items": len(decision.chased),
        }
