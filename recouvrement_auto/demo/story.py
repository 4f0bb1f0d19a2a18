from dataclasses import replace
from datetime import datetime, time, timedelta

import pytz

from odoo import api, models

from ..models.recouvrement_planner_calendar import Calendar
from ..tools.planning import advance
from .past import PastItems
from .plan.behaviour import ASKED_SINCE

PARIS = pytz.timezone("Europe/Paris")


def instant(day, hour, minute=0):
    """A local instant of Paris as Odoo stores it: UTC, naive."""
    local = PARIS.localize(datetime.combine(day, time(hour, minute)))
    return local.astimezone(pytz.utc).replace(tzinfo=None)


class RecouvrementDemo(models.AbstractModel):
    """Past nights, replayed with the product's own planner on what was open then.

    Nothing was really sent: the log says ``demo.history`` for each of these messages.
    """

    _inherit = "recouvrement.demo"

    @api.model
    def _tell_story(self, company, ledger, files):
        """Replay the nights before ``ledger.today`` and write what they would have sent."""
        start = ledger.today - timedelta(days=ASKED_SINCE)
        self._rate_so_far(company, ledger.today)
        context = self._past_context(company, ledger.today)
        Facts = self.env["recouvrement.planner.facts"]
        bundles = Facts._load(context, [f.partner_id.id for f in files.values()])
        past = PastItems(self.env, company, context, start)
        for bundle in bundles:
            bundle.items = past.items(bundle)
        day = start
        while day < ledger.today:
            if context.calendar.is_open(day):
                self._replay_night(company, replace(context, day=day), bundles, past)
            day += timedelta(days=1)
        self._finish_story(company, ledger, files)

    @api.model
    def _past_context(self, company, today):
        """Facts of the company, without what is only true of today."""
        versions = self.env["recouvrement.scenario"]._freeze_versions(company)
        Facts = self.env["recouvrement.planner.facts"]
        context = Facts._context(company, today, versions)
        policy = replace(
            context.policy,
            bank_stale_since=None,
            iban_changed_on=None,
            has_mail_server=True,
        )
        calendar = Calendar(company.recouvrement_region)
        return replace(context, policy=policy, calendar=calendar)

    @api.model
    def _replay_night(self, company, context, bundles, past):
        """One night: decide for each customer, write, and move the positions on."""
        decisions = []
        for bundle in bundles:
            everything = bundle.items
            bundle.items = past.on(everything, context.day)
            decision = self.env["recouvrement.planner"]._decide(context, bundle)
            bundle.items = everything
            if decision is None:
                continue
            if decision.verdict is None:
                bundle.items = advance(everything, decision.plan, context.day)
                if decision.plan.step.channel != "task":
                    bundle.contact_days = (*bundle.contact_days, context.day)
            decisions.append(decision)
        self._write_night(company, context, decisions, past.context.day)
