from dataclasses import replace

from odoo import api, models

from ..tools.undeliverable import PERSON, stand_in


class RecouvrementPlanner(models.AbstractModel):
    """A step by e-mail that reaches nobody takes the channel that the company chose (C5).

    In the one place where a customer is planned: the night, the screens, the simulation and
    the claim see the same step.
    """

    _inherit = "recouvrement.planner"

    @api.model
    def _plan_bundle(self, context, bundle):
        """EXTENDS: another channel where an e-mail would reach nobody."""
        plan = super()._plan_bundle(context, bundle)
        wanted = context.company.recouvrement_undeliverable or PERSON
        if wanted == PERSON or not plan.is_due or plan.blocked_reason:
            return plan
        if plan.step.channel != "email":
            return plan
        _contacts, problem = bundle.reach(plan, self.env["recouvrement.channel.email"])
        late = plan.leader.days_late(context.day)
        channel = stand_in(wanted, plan.step.channel, problem, plan.step.tone, late)
        if not channel:
            return plan
        other = replace(plan, step=replace(plan.step, channel=channel))
        _contacts, problem = bundle.reach(
            other, self.env[f"recouvrement.channel.{channel}"]
        )
        return plan if problem else other
