from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..tools.action import form_of
from ..tools.excuse import instalments
from .recouvrement_payment_plan import OPEN_STATES
from .recouvrement_payment_plan_sign import SIGNING_DAYS
from .recouvrement_planner_build import money


class RecouvrementPaymentPlan(models.Model):
    """Buttons of a payment plan."""

    _inherit = "recouvrement.payment.plan"

    def _check_decider(self, group="agent"):
        """Only agents (or managers) agree on plans.

        :raises AccessError: for whoever only reads
        """
        if not self.env.user.has_group(
            f"recouvrement_auto.recouvrement_auto_group_{group}"
        ):
            raise AccessError(self.env._("Only a collection agent may do this."))
        self.check_access("write")

    def _today(self):
        return self.company_id._recouvrement_today()

    def action_propose(self):
        """Freeze the terms: the customer may sign them until the last day to sign."""
        self._check_decider()
        for plan in self:
            plan._set_proposed()
        return True

    def action_draft(self):
        """Back to draft, to agree on other terms; nothing was signed."""
        self._check_decider()
        for plan in self:
            plan._update_state("draft", plan._today(), event="reopened")
        return True

    def action_cancel(self):
        """Give the plan up: its invoices are chased again."""
        self._check_decider()
        for plan in self:
            plan._update_state(
                "cancelled",
                plan._today(),
                settled_on=plan._today(),
                cancel_reason=self.env._("Given up by %s", self.env.user.name),
            )
        return True

    def action_resume(self):
        """A manager grants another chance: the plan runs again."""
        self._check_decider("manager")
        for plan in self:
            plan._update_state(
                "running", plan._today(), event="resumed", settled_on=False
            )
        return True

    def action_sign(self):
        """Ask who signed, with the letter that came back."""
        self._check_decider()
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.payment.plan.sign",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Signed by the customer"),
            "context": {
                "default_plan_id": self.id,
                "default_signer_name": self.signer_name or self.contact_id.name,
            },
        }

    def action_print(self):
        """The agreement letter, as a PDF."""
        self.ensure_one()
        if not self.proposed_on:
            raise UserError(
                self.env._("Propose the plan first: its terms are frozen then.")
            )
        return self.env.ref(
            "recouvrement_auto.recouvrement_payment_plan_report"
        ).report_action(self)


class RecouvrementCustomer(models.Model):
    """Starting a payment plan from the file of a customer."""

    _inherit = "recouvrement.customer"

    def action_new_plan(self):
        """A draft with every overdue invoice, paid in three months; the agent changes it.

        The plan that is being agreed, or that covers all of it, is opened instead.
        """
        self.ensure_one()
        today = self.company_id._recouvrement_today()
        overdue = self._overdue_line_ids(today)
        plans = self.env["recouvrement.payment.plan"].search(
            [
                ("customer_id", "=", self.id),
                ("state", "in", OPEN_STATES),
            ]
        )
        agreed = plans.filtered(lambda plan: plan.state == "running")
        covered = agreed.item_ids.move_id
        lines = self.env["account.move.line"].browse(overdue)
        left = lines.filtered(lambda line: line.move_id not in covered)
        known = (plans - agreed) or (agreed if not left else plans.browse())
        return form_of(known[:1]) if known else self._draft_plan(today, left.ids)

    def _draft_plan(self, today, line_ids):
        """The form of a new draft about these journal items."""
        currency, items = self.env["recouvrement.excuse.cash"]._open_rows(
            self, line_ids
        )
        total = sum((money(item["residual"]) for item in items), money(0))
        parts = instalments(total, 3, money(currency.rounding))
        lines = [
            (0, 0, {"date": today + relativedelta(months=month), "amount": float(part)})
            for month, part in enumerate(parts, 1)
        ]
        plan = self.env["recouvrement.payment.plan"].create(
            {
                "customer_id": self.id,
                "currency_id": currency.id,
                "tolerance_days": self.company_id.recouvrement_promise_tolerance_days,
                "back_by": today + timedelta(days=SIGNING_DAYS),
                "contact_id": self.collection_contact_ids[:1].id,
                "item_ids": [(0, 0, item) for item in items],
                "line_ids": lines,
            }
        )
        return form_of(plan)

    def _overdue_line_ids(self, today):
        """Ids of the overdue journal items.

        :raises UserError: nothing is overdue
        """
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            self.env["recouvrement.open.item"]._query(
                self.company_id, today, live=True, partner_ids=self.partner_id.ids
            )
        )
        overdue = [
            row["line_id"]
            for row in rows
            if row["amount"] > 0 and row["due_date"] < today
        ]
        if not overdue:
            raise UserError(self.env._("Nothing is overdue: nothing to spread."))
        return overdue
