from odoo import api, models

from ..const import SKIPPED


class RecouvrementSenderClaim(models.AbstractModel):
    """What the grade chose since the plan waits for a person too."""

    _inherit = "recouvrement.sender.claim"

    @api.model
    def _recheck(self, reminder, context, bundle):
        """EXTENDS: a message that nobody confirmed is planned again, to be confirmed."""
        plan, contacts = super()._recheck(reminder, context, bundle)
        if plan is None or context.decided or plan.step.channel == "task":
            return plan, contacts
        decision = self.env["recouvrement.planner"]._decision(bundle, plan)
        if decision.asks_person:
            reminder._update_state(SKIPPED, "plan_changed")
            return None, None
        return plan, contacts
