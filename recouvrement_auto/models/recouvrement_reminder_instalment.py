from odoo import api, models

from ..placeholders import PLAN_NAMES, names_in
from .recouvrement_payment_plan_notice import NOTICE_CODE, NOTICE_TEXT, PREFIX


class RecouvrementReminder(models.Model):
    """The reminder before an instalment asks for that instalment, not for the invoices."""

    _inherit = "recouvrement.reminder"

    def _step_options(self):
        """EXTENDS: an instalment has no step in a frozen version; its text is its own."""
        self.ensure_one()
        if not (self.step_code or "").startswith(PREFIX):
            return super()._step_options()
        return {
            **self.env.ref(NOTICE_TEXT)._snapshot(),
            "code": self.step_code,
            "name": self.step_name,
            "plan_line": int(self.step_code.removeprefix(PREFIX)),
        }

    @api.model
    def _prepare_amounts(self, context, decision):
        """EXTENDS: what is asked is the instalment."""
        values = super()._prepare_amounts(context, decision)
        amount = decision.plan.step.options.get("plan_amount")
        if amount is not None:
            values["total_overdue"] = amount
        return values


class RecouvrementTemplate(models.Model):
    """Only the text of the instalment may name the payment plan."""

    _inherit = "recouvrement.template"

    def _lint(self, text):
        """EXTENDS: the fields of a payment plan exist in one text only."""
        problems = super()._lint(text)
        used = names_in(text["subject"], text["body"]) & PLAN_NAMES
        if used and self.code != NOTICE_CODE:
            problems.append(
                self.env._(
                    "“{{ %s }}” exists in the reminder before an instalment only.",
                    min(used),
                )
            )
        return problems
