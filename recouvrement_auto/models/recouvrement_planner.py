from odoo import api, models
from odoo.tools import SQL

from ..const import HELD, QUEUED, SKIPPED, TO_CONFIRM
from ..tools import guard
from ..tools.planning import (
    ROLE_NOT_DUE,
    next_step,
    overdue_total,
    plan_customer,
)
from .recouvrement_planner_calendar import Calendar

ITEM_ONLY = guard.Subject()  # guards of an item ask nothing of the customer


class RecouvrementPlanner(models.AbstractModel):
    """Select, plan and guard: facts in, reminders out.

    The facts of a set of customers are read in a constant number of queries
    (``recouvrement.planner.facts``); the decisions are pure Python (``tools/planning``,
    ``tools/guard``). The night, the simulation, the screens and the claim all pass here.
    """

    _name = "recouvrement.planner"
    _description = "Collection planner"

    @api.model
    def _calendar(self, company):
        """Working-day rules of ``company``."""
        return Calendar(company.recouvrement_region, company.recouvrement_closed_days)

    @api.model
    def _bank_stale_since(self, company, day):
        """Day of the last bank movement when it is too old, else None (A15).

        Compared in working days with the setting of the company; 0 switches it off.
        """
        limit = company.recouvrement_bank_stale_days
        if not limit:
            return None
        last = self.env.execute_query(self._last_bank_day_sql(company, day))[0][0]
        if last is None:
            return None  # no bank in this database yet: nothing to compare with
        since = self._calendar(company).working_days_since(last, day)
        return last if since > limit else None

    @api.model
    def _last_bank_day_sql(self, company, day):
        """SQL: day of the last bank movement until ``day``; one index look-up per journal,
        never a scan of the entries."""
        return SQL(
            """SELECT MAX(last.date) FROM account_journal journal
                CROSS JOIN LATERAL (
                    SELECT move.date FROM account_move move
                     WHERE move.journal_id = journal.id AND move.company_id = %s
                       AND move.date <= %s AND move.state = 'posted'
                  ORDER BY move.date DESC LIMIT 1) last
                WHERE journal.type IN ('bank', 'cash', 'credit')""",
            company.id,
            day,
        )

    @api.model
    def _plan_partners(self, run, partner_ids, context):
        """Plan these customers into ``run``: reminders, items and log entries."""
        Facts = self.env["recouvrement.planner.facts"]
        bundles = Facts._load(context, partner_ids)
        decisions = []
        for bundle in bundles:
            decision = self._decide(context, bundle)
            if decision is not None:
                decisions.append(decision)
        self.env["recouvrement.reminder"]._create_planned(run, context, decisions)

    @api.model
    def _decide(self, context, bundle):
        """What the day brings to one customer: a ``Decision``, or None when nothing is due.

        A waiting reminder of an earlier run answers for the customer in its own run, so the
        customer is not selected a second time.
        """
        if bundle.waiting:
            return None
        plan = self._plan_bundle(context, bundle)
        if not plan.is_due:
            return None
        verdict = self._verdict(context, bundle, plan)
        return Decision(bundle, plan, verdict)

    @api.model
    def _plan_bundle(self, context, bundle):
        def check(item, step):
            facts = guard.Facts(context.day, ITEM_ONLY, context.policy, step, item)
            verdict = guard.decide(facts, guard.ITEM)
            return verdict and (verdict.action, verdict.reason, verdict.until)

        return plan_customer(
            bundle.items,
            context.day,
            check,
            context.calendar.for_planning,
            ahead=context.manual,
        )

    @api.model
    def _next_of_item(self, context, bundle, item):
        """The ``NextStep`` of one item of a bundle."""
        if item.amount <= 0:
            return None
        total = overdue_total(bundle.items, context.day)
        return next_step(item, context.day, total, context.calendar.for_planning)

    @api.model
    def _decision(self, bundle, plan, verdict=None):
        """A ``Decision``, for callers outside this file."""
        return Decision(bundle, plan, verdict)

    @api.model
    def _verdict(self, context, bundle, plan):
        """The first objection to the message, or None."""
        if plan.blocked_reason:
            return guard.Verdict(
                plan.blocked_action, plan.blocked_reason, plan.blocked_until
            )
        channel = self.env[f"recouvrement.channel.{plan.step.channel}"]
        subject = bundle.subject_for(context, plan, channel)
        facts = guard.Facts(context.day, subject, context.policy, plan.step)
        return guard.decide(facts, guard.CUSTOMER, channel._guards())


class Decision:
    """The outcome of planning one customer: message, state and reason."""

    def __init__(self, bundle, plan, verdict):
        self.bundle = bundle
        self.plan = plan
        self.verdict = verdict

    def state(self, context):
        """State of the new reminder."""
        if self.verdict is not None:
            return HELD if self.verdict.action == guard.HOLD else SKIPPED
        if context.shadow:
            return SKIPPED
        internal = self.plan.step.channel == "task"
        if not internal and (
            context.mode == "confirm"
            or self.plan.step.mode == "confirm"
            or self.asks_person
        ):
            return TO_CONFIRM
        return QUEUED

    def reason(self, context):
        """Reason code of the new reminder, or None."""
        if self.verdict is not None:
            return self.verdict.reason
        return "shadow" if context.shadow else None

    @property
    def asks_person(self):
        """True when the grade chose the ladder of the message in a way that a person
        confirms (scoring.md 4.5)."""
        chosen = self.bundle.version and self.bundle.version.ladder
        return bool(self.bundle.person_asked) and self.plan.leader.ladder == chosen

    @property
    def chased(self):
        """Lines that the message asks to pay: overdue, not excluded."""
        return [
            line
            for line in self.plan.lines
            if line.role not in ("credit", "excluded", ROLE_NOT_DUE)
        ]
