from odoo import api, models
from odoo.exceptions import UserError

from .recouvrement_renderer_facts import dec


class RecouvrementRenderer(models.AbstractModel):
    """Words of the reminder before an instalment of a payment plan."""

    _inherit = "recouvrement.renderer"

    @api.model
    def _plan_line(self, message):
        line_id = message.step.get("plan_line")
        line = self.env["recouvrement.payment.plan.line"].browse(line_id or 0).exists()
        if not line:
            raise UserError(
                self._for_reader().env._(
                    "This text speaks of a payment plan: it belongs to the reminder before "
                    "an instalment only."
                )
            )
        return line

    @api.model
    def _plan_left(self, message, line):
        """``(left of the instalment, left of the plan)`` by the cash matched up to now."""
        plan = line.plan_id
        lines = plan.line_ids.sorted(lambda x: (x.date, x.id))
        status = plan._statuses_now(message.company, message.date)[plan.id]
        left = [dec(x.amount) - p for x, p in zip(lines, status.paid, strict=True)]
        return left[list(lines).index(line)], sum(left)

    @api.model
    def _value_plan_date(self, message):
        return self._long_day(message, self._plan_line(message).date)

    @api.model
    def _value_plan_amount(self, message):
        line = self._plan_line(message)
        return self._money(message, self._plan_left(message, line)[0], line.currency_id)

    @api.model
    def _value_plan_rest(self, message):
        line = self._plan_line(message)
        return self._money(message, self._plan_left(message, line)[1], line.currency_id)
