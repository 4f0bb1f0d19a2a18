from odoo import api, models

from ..const import HELD, SKIPPED
from ..tools import guard


class RecouvrementSenderClaim(models.AbstractModel):
    """The claim of a notice: no ladder to read again, the same locks, facts and freeze."""

    _inherit = "recouvrement.sender.claim"

    @api.model
    def _claim_first(self, reminder, memory):
        """EXTENDS: a notice is judged by its own, shorter list of guards."""
        if not reminder.notice:
            return super()._claim_first(reminder, memory)
        context = self._context(reminder, memory)
        if context.shadow:
            reminder._update_state(SKIPPED, "shadow")
            return None
        bundle = self._load(reminder, context)[reminder.id]
        bundle = reminder._notice_bundle(bundle, reminder.notice_values or {})
        plan = self._recheck_notice(reminder, context, bundle)
        if plan is None:
            return None
        if self._is_busy(plan):
            reminder._postpone_minutes(1)
            return None
        channel = reminder._get_channel()
        contacts, _problem = bundle.reach(plan, channel)
        agent = reminder.agent_id
        self._refresh(reminder, context, bundle, plan, contacts)
        reminder.agent_id = agent  # signed by who spoke with the customer
        deliveries = self._ensure_deliveries(reminder, contacts, context.day)
        if not deliveries or not reminder._freeze_content():
            return None
        return self._take(reminder, deliveries[0])

    @api.model
    def _recheck_notice(self, reminder, context, bundle):
        """The plan on fresh facts, or None (the reason is on the reminder)."""
        keys = {(item.move_res_id, item.due_date) for item in reminder.item_ids}
        step = reminder._notice_step(
            reminder.notice,
            reminder.custom_subject,
            reminder.custom_body,
            reminder.notice_values or {},
        )
        plan = reminder._notice_plan(bundle, keys, step)
        if not plan.lines:
            thanked = reminder.notice == "thanks"
            reminder._update_state(SKIPPED, "plan_changed" if thanked else "paid")
            return None
        verdict = self.env["recouvrement.planner"]._notice_verdict(
            context, bundle, plan
        )
        if verdict is not None:
            state = HELD if verdict.action == guard.HOLD else SKIPPED
            reminder._update_state(
                state, verdict.reason, verdict.detail or None, until=verdict.until
            )
            return None
        return plan

    @api.model
    def _claim_next(self, reminder, pending):
        """EXTENDS: a notice asks no step of its items; only shadow mode stops the rest."""
        if not reminder.notice:
            return super()._claim_next(reminder, pending)
        if reminder.company_id.recouvrement_mode == "shadow":
            for delivery in pending:
                delivery._update_state(SKIPPED, reason_code="shadow")
            reminder._settle()
            return None
        return self._take(reminder, pending[0])
