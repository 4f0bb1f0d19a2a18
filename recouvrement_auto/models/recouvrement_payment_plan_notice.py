from dataclasses import replace
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..const import LIVE_STATES
from ..tools.planning import Step
from .recouvrement_planner_build import money

NOTICE_CODE = "plan_notice"
NOTICE_TEXT = "recouvrement_auto.template_plan_notice"
PREFIX = "plan:"


class RecouvrementPaymentPlan(models.Model):
    """Instalments as the ledger stands at this moment."""

    _inherit = "recouvrement.payment.plan"

    def _statuses_now(self, company, day):
        """``plan id -> PlanStatus`` from cash matched up to now; writes nothing."""
        rows = self.env["recouvrement.excuse.cash"]._totals(
            company,
            "recouvrement_payment_plan_item",
            ("recouvrement_payment_plan", "plan_id"),
            SQL("parent.id IN %s", tuple(self.ids) or (0,)),
            SQL("NULL::date"),
        )
        return self._statuses(company, day, rows)


class RecouvrementPlannerFacts(models.AbstractModel):
    """The reminder before an instalment of a payment plan, planned like any other message:
    a step of its own (``plan:<instalment id>``) that the items of the plan use once."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _item(self, row, context, version, tables, pauses):
        """EXTENDS: on the days of a notice it is the only step of the item."""
        item = super()._item(row, context, version, tables, pauses)
        if item.notice is None or item.ladder is None:
            return item
        return replace(
            item,
            ladder=replace(item.ladder, steps=(item.notice,)),
            reached="",
            reached_rank=None,
            reached_on=None,
            escalate_on=None,
        )

    @api.model
    def _plan_notices(self, context, customer_ids):
        """``(move, due date) -> Step`` of the instalments whose notice may leave now.

        Cash is read again, so an instalment paid since the night is not announced.
        """
        candidates = self._notice_candidates(context, customer_ids)
        if not candidates:
            return {}
        plans = self.env["recouvrement.payment.plan"].browse(
            {line.plan_id.id for line in candidates}
        )
        statuses = plans._statuses_now(context.company, context.day)
        text = self.env.ref(NOTICE_TEXT)._snapshot()
        notices = {}
        for line in candidates:
            status = statuses[line.plan_id.id]
            lines = line.plan_id.line_ids.sorted(lambda x: (x.date, x.id))
            index = list(lines).index(line)
            left = money(line.amount) - status.paid[index]
            if status.following != index or left <= 0:
                continue  # paid, or an earlier one is still missing
            step = self._notice_step(context, line, left, text)
            for item in line.plan_id.item_ids.filtered("move_id"):
                notices[item.move_id.id, item.due_date] = step
        return notices

    @api.model
    def _notice_candidates(self, context, customer_ids):
        """Instalments of running plans within the days of notice, not announced yet."""
        days = context.company.recouvrement_plan_notice_days
        if not days or self._is_absent("recouvrement_payment_plan"):
            return self.env["recouvrement.payment.plan.line"]
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id FROM recouvrement_payment_plan_line line
                     JOIN recouvrement_payment_plan plan ON plan.id = line.plan_id
                    WHERE plan.customer_id IN %s AND plan.state = 'running'
                      AND line.date > %s AND line.date <= %s
                      AND NOT EXISTS (
                          SELECT 1 FROM recouvrement_reminder_item item
                           WHERE item.customer_id = plan.customer_id
                             AND item.step_code = %s || line.id
                             AND item.state IN %s)
                 ORDER BY line.date DESC""",
                tuple(customer_ids) or (0,),
                context.day,
                context.day + timedelta(days=days),
                PREFIX,
                LIVE_STATES,
            )
        )
        return self.env["recouvrement.payment.plan.line"].browse(r[0] for r in rows)

    @api.model
    def _notice_step(self, context, line, left, text):
        company = context.company
        amount = line.currency_id._convert(
            float(left), company.currency_id, company, context.day
        )
        named = self.with_context(lang=context.company_lang)
        return Step(
            code=f"{PREFIX}{line.id}",
            name=named.env._("Reminder before an instalment"),
            channel="email",
            tone="courteous",
            delay=0,
            anchor="date",
            on=context.day,
            apart=True,
            options={**text, "plan_line": line.id, "plan_amount": money(amount)},
        )
