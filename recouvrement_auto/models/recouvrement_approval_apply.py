from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from .recouvrement_approval import APPROVED, OPEN
from .recouvrement_delegation import PAUSE, PLAN, PLAN_DAYS, PROMISE, WAIVE

KEPT_DAYS = 365  # an irrecoverable that nobody booked comes back after a year


class RecouvrementApproval(models.Model):
    """What an approval does, by the methods that the rest of the product uses."""

    _inherit = "recouvrement.approval"

    def _apply_plan(self):
        plan = self.plan_id
        if plan._terms_hash() != (self.details or {}).get("terms"):
            raise UserError(
                self.env._(
                    "The terms of the plan changed since it was asked: ask again."
                )
            )
        plan._set_proposed()

    def _apply_pause(self):
        # The manager decided; the pause is that of the agent who asked.
        self.env["recouvrement.pause"].sudo().create(
            {
                "customer_id": self.customer_id.id,
                "reason": self.reason,
                "date_end": self.until,
                "date_start": self.company_id._recouvrement_today(),
                "user_id": self.user_id.id,
                "approval_id": self.id,
            }
        )

    def _apply_promise(self):
        details = self.details or {}
        keys = [(int(move), fields.Date.to_date(due)) for move, due in details["items"]]
        self.env["recouvrement.promise"].with_context(
            default_approval_id=self.id
        )._record(self.customer_id, keys, None, self.until, "call", note=self.reason)

    def _apply_irrecoverable(self):
        """Nothing is chased any more on these invoices, and the accountant is asked to book
        them; what he has not booked after a year comes back."""
        today = self.company_id._recouvrement_today()
        self.env["recouvrement.pause"].sudo().create(
            [
                {
                    "customer_id": self.customer_id.id,
                    "move_res_id": move.id,
                    "move_name": move.name,
                    "reason": self.env._("Irrecoverable, approved: %s", self.reason),
                    "date_start": today,
                    "date_end": today + timedelta(days=KEPT_DAYS),
                    "user_id": self.user_id.id,
                    "approval_id": self.id,
                }
                for move in self.move_ids
            ]
        )
        user = self.company_id.recouvrement_manager_id or self.env.user
        told = self.with_context(lang=user.lang)
        told._tell(
            user,
            told.env._("To be booked by the accountant: irrecoverable"),
            [", ".join(self.sudo().move_ids.mapped("name")), self.reason],
        )


class RecouvrementPause(models.Model):
    """A pause beyond the limit rests on an approval."""

    _inherit = "recouvrement.pause"

    approval_id = fields.Many2one(
        "recouvrement.approval", readonly=True, ondelete="restrict"
    )

    def _may_last(self, days):
        """EXTENDS: a limit of the user wins over the scenario's; an approval over both."""
        if self._is_approved():
            return True
        limit = self.env["recouvrement.delegation"]._limit(
            self.env.user, self.company_id, PAUSE
        )
        return days <= limit if limit is not None else super()._may_last(days)

    def _is_approved(self):
        approval = self.approval_id.sudo()  # constraints ask, whoever pauses
        if approval.state != APPROVED or approval.customer_id != self.customer_id:
            return False
        if approval.subject == "irrecoverable":
            return self.move_res_id in approval.move_ids.ids
        return approval.subject == "pause" and self.date_end <= approval.until


class RecouvrementPromise(models.Model):
    """A promise beyond the limit rests on an approval."""

    _inherit = "recouvrement.promise"

    approval_id = fields.Many2one(
        "recouvrement.approval", readonly=True, ondelete="restrict"
    )

    def _may_promise(self, days):
        """EXTENDS: a limit of the user wins over the company's; an approval over both."""
        approval = self.approval_id.sudo()  # constraints ask, whoever records it
        if (
            approval.state == APPROVED
            and approval.subject == "promise"
            and approval.customer_id == self.customer_id
        ):
            return self.date <= approval.until
        user = self.env.user
        if self.source == "portal" or not user._is_internal():
            return super()._may_promise(days)
        limit = self.env["recouvrement.delegation"]._limit(
            user, self.company_id, PROMISE
        )
        return super()._may_promise(days) if limit is None else days <= limit


class RecouvrementPaymentPlan(models.Model):
    """A plan beyond the limit waits for a second person before it is proposed."""

    _inherit = "recouvrement.payment.plan"

    approval_ids = fields.One2many("recouvrement.approval", "plan_id", readonly=True)
    approval_state = fields.Char(compute="_compute_approval_state")

    def _compute_approval_state(self):
        for plan in self:
            plan.approval_state = plan.sudo().approval_ids.sorted("id")[-1:].state

    def _measured(self):
        """``{kind of limit: number}`` of the terms."""
        self.ensure_one()
        company, today = self.company_id, self._today()
        debt = self.currency_id._convert(
            self.total, company.currency_id, company, today
        )
        last = max(self.line_ids.mapped("date"), default=today)
        found = {PLAN: debt, PLAN_DAYS: (last - today).days}
        if self.penalties == "waive_if_kept":
            found[WAIVE] = debt
        return found

    def _set_proposed(self):
        """EXTENDS: refused beyond the limits of the user, without an approval of exactly
        these terms."""
        if not self.env.su and not self._is_approved() and self._beyond():
            raise ValidationError(
                self.env._(
                    "These terms are beyond what you may grant alone: a second person "
                    "approves them first."
                )
            )
        return super()._set_proposed()

    def _beyond(self):
        """Numbers of the terms that the user may not grant alone."""
        measured = self._measured()
        kinds = self.env["recouvrement.delegation"]._exceeded(
            self.env.user, self.company_id, measured
        )
        return {kind: measured[kind] for kind in kinds}

    def _is_approved(self):
        terms = self._terms_hash()
        return any(
            (one.details or {}).get("terms") == terms
            # agents read the approvals of their plans by this question only
            for one in self.sudo().approval_ids
            if one.state == APPROVED
        )

    def action_propose(self):
        """EXTENDS: beyond the limits a second person is asked instead."""
        self._check_decider()
        asked = self.filtered(lambda plan: not plan._is_approved() and plan._beyond())
        for plan in asked:
            plan._ask_approval()
        return super(RecouvrementPaymentPlan, self - asked).action_propose()

    def _ask_approval(self):
        self.ensure_one()
        if any(one.state == OPEN for one in self.sudo().approval_ids):
            raise UserError(self.env._("A second person was asked already."))
        beyond = self._beyond()
        measured = self._measured()
        return self.env["recouvrement.approval"]._ask(
            self.customer_id,
            "plan",
            beyond,
            self.note or self.env._("Payment plan beyond the limit"),
            plan_id=self.id,
            amount=measured[PLAN],
            until=max(self.line_ids.mapped("date"), default=False),
            details={"terms": self._terms_hash()},
            move_ids=[(6, 0, self.item_ids.move_id.ids)],
        )
