from collections import defaultdict
from datetime import date as Date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

from ..tools.excuse import BROKEN, CANCELLED, KEPT, plan_status
from .recouvrement_planner_build import money


class RecouvrementPaymentPlan(models.Model):
    """Instalments paid or missed: found by the night from cash in the ledger."""

    _inherit = "recouvrement.payment.plan"

    wait_until = fields.Date(
        readonly=True, help="A payment of the customer waits to be matched."
    )
    extended = fields.Integer(string="Waited for matching", readonly=True)

    @api.model
    def _settle_all(self, company, day):
        """Settle the plans of ``company`` as the ledger stands on ``day``.

        The first instalment missed after its tolerance ends the plan: the rest is due at
        once. While the bank is not up to date nothing is called broken.

        :return: the plans whose state changed
        """
        self._expire(company, day)
        rows = self._settle_rows(company)
        plans = self.browse(row["id"] for row in rows)
        statuses = self._statuses(company, day, rows)
        stale = self.env["recouvrement.planner"]._bank_stale_since(company, day)
        unmatched = self.env["recouvrement.excuse.cash"]._unmatched(
            company,
            day,
            {p.customer_id.id for p in plans if statuses[p.id].state == BROKEN},
        )
        changed = self.browse()
        for plan in plans:
            status = statuses[plan.id]
            plan._write_paid(status)
            if status.state == BROKEN and (stale or plan._may_be_paid(unmatched, day)):
                continue
            if status.state in (BROKEN, KEPT, CANCELLED):
                plan._update_state(status.state, day, settled_on=day)
                changed |= plan
        changed.filtered(lambda p: p.state == BROKEN)._tell_broken(day)
        return changed

    @api.model
    def _expire(self, company, day):
        """Proposals that nobody signed in time have no effect."""
        late = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "proposed"),
                ("back_by", "<", day),
            ]
        )
        if late:
            late._update_state(
                "cancelled",
                day,
                settled_on=day,
                cancel_reason=self.env._("Not signed in time"),
            )

    @api.model
    def _settle_rows(self, company):
        return [
            row
            for row in self.env["recouvrement.excuse.cash"]._totals(
                company,
                "recouvrement_payment_plan_item",
                ("recouvrement_payment_plan", "plan_id"),
                SQL("parent.company_id = %s AND parent.state = 'running'", company.id),
                SQL("NULL::date"),
            )
            if not row["draft"]
        ]

    @api.model
    def _unsettled_sql(self, day):
        """SQL: condition on ``parent``, a plan whose state may change on ``day``."""
        return SQL("parent.state IN ('proposed', 'running')")

    @api.model
    def _statuses(self, company, day, rows):
        """``plan id -> PlanStatus`` on ``day``."""
        contested = self.env["recouvrement.excuse.cash"]._contested(
            company, day, {row["customer_id"] for row in rows}
        )
        lines = defaultdict(list)
        for line in self.env["recouvrement.payment.plan.line"].search(
            [("plan_id", "in", [row["id"] for row in rows])], order="date, id"
        ):
            lines[line.plan_id.id].append((line.last_day, money(line.amount)))
        statuses = {}
        for row in rows:
            residual = money(row["residual"])
            shares = [
                contested.get((k[0], Date.fromisoformat(k[1])), Decimal(0))
                for k in row["keys"]
            ]
            owed = residual - residual * sum(shares) / len(shares)
            received = max(money(row["received"]), Decimal(0))
            statuses[row["id"]] = plan_status(lines[row["id"]], received, owed, day)
        return statuses

    def _write_paid(self, status):
        """What was received for each instalment; writes only what changed."""
        self.ensure_one()
        plan = self.sudo()  # the night; persons never write amounts
        lines = plan.line_ids.sorted(lambda x: (x.date, x.id))
        for line, paid in zip(lines, status.paid, strict=True):
            if plan.currency_id.compare_amounts(line.paid, float(paid)):
                line.paid = float(paid)
        received = float(sum(status.paid))
        following = (
            lines[status.following].date if status.following is not None else False
        )
        if plan.currency_id.compare_amounts(plan.received, received):
            plan.received = received
        if plan.next_date != following:
            plan.next_date = following

    def _may_be_paid(self, unmatched, day):
        """True while a payment that is not matched yet may be the missing instalment."""
        self.ensure_one()
        if self.wait_until and self.wait_until >= day:
            return True
        missed = self.line_ids.filtered(lambda x: x.last_day < day)
        missing = money(sum(missed.mapped("amount")) - sum(missed.mapped("paid")))
        waits = unmatched.get(self.customer_id.id, 0) >= missing
        return bool(waits and self._wait_for_matching(day))

    def _tell_broken(self, day):
        self._tell_agents(
            lambda p: p.env._("Payment plan broken: %s", p.partner_id.name),
            lambda p: p._broken_sentence(),
            day,
        )

    def _broken_sentence(self):
        missed = self.line_ids.filtered(lambda x: x.state == "missed")[:1]
        left = self.total - self.received
        return self.env._(
            "%(customer)s did not pay the instalment of %(day)s: the rest, %(amount)s, is "
            "due at once.",
            customer=self.partner_id.name,
            day=format_date(self.env, missed.date) if missed else "",
            amount=formatLang(self.env, left, currency_obj=self.currency_id),
        )
