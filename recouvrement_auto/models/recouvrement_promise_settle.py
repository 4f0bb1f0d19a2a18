from datetime import date as Date
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

from ..tools.excuse import BROKEN, CANCELLED, KEPT, PARTLY, promise_outcome
from .recouvrement_excuse_settle import UNKEPT
from .recouvrement_planner_build import money

# Days in which a payment that was in time can still turn a broken promise.
CORRECTION_DAYS = 30


class RecouvrementPromise(models.Model):
    """Kept, partly kept or broken: found by the night from cash in the ledger."""

    _inherit = "recouvrement.promise"

    wait_until = fields.Date(
        readonly=True, help="A payment of the customer waits to be matched."
    )

    @api.model
    def _settle_all(self, company, day):
        """Settle the promises of ``company`` as the ledger stands on ``day``.

        A constant number of queries finds the outcomes; rows are written for what changed.
        While the bank is not up to date nothing is called broken.

        :return: the promises whose state changed
        """
        stale = self.env["recouvrement.planner"]._bank_stale_since(company, day)
        rows = self._settle_rows(company, day)
        contested = self._contested_of(company, day, rows)
        outcomes = {}
        for row in rows:
            promise = self.browse(row["id"])
            state = promise._outcome(row, contested, day)
            if state and not (stale and state in UNKEPT):
                outcomes[promise] = (state, max(row["received"], 0))
        outcomes = self._without_unmatched(company, day, rows, outcomes)
        for promise, (state, received) in outcomes.items():
            promise._update_state(state, day, received=received)
        self._tell_unkept(outcomes, day)
        return self.browse(p.id for p in outcomes)

    @api.model
    def _settle_rows(self, company, day):
        rows = self.env["recouvrement.excuse.cash"]._totals(
            company,
            "recouvrement_promise_item",
            ("recouvrement_promise", "promise_id"),
            SQL("parent.company_id = %s AND %s", company.id, self._unsettled_sql(day)),
            SQL("parent.hold_until"),
        )
        self.browse(row["id"] for row in rows).fetch(["state", "amount", "hold_until"])
        return rows

    @api.model
    def _unsettled_sql(self, day):
        """SQL: condition on ``parent``, a promise whose state may change on ``day``."""
        return SQL(
            """(parent.state = 'running'
                OR parent.state IN ('broken', 'partly_kept')
               AND parent.settled_on >= %s AND parent.settled_on < %s)""",
            day - timedelta(days=CORRECTION_DAYS),
            day,
        )

    @api.model
    def _contested_of(self, company, day, rows):
        """Contested share by item, for customers whose promise ends now."""
        ending = {
            row["customer_id"]
            for row in rows
            if self.browse(row["id"]).hold_until < day
        }
        return self.env["recouvrement.excuse.cash"]._contested(company, day, ending)

    def _outcome(self, row, contested, day):
        """The new state on ``day``, or None when nothing changes."""
        self.ensure_one()
        if row["draft"]:
            return None  # the invoice is being changed: its cash is not readable
        amount = money(self.amount)
        received, residual = money(row["received"]), money(row["residual"])
        received = max(received, Decimal(0))
        if self.state == "running" and self.hold_until >= day:
            state = promise_outcome(amount, received, residual)
            return state if state in (KEPT, CANCELLED) else None
        shares = [contested.get((k[0], Date.fromisoformat(k[1]))) for k in row["keys"]]
        residual += money(row["late"])  # what was still owed on the last day
        known = [share for share in shares if share]
        disputed = residual * sum(known) / len(shares) if known else Decimal(0)
        state = promise_outcome(amount, received, residual, disputed)
        if self.state == "running":
            return state
        # Broken or partly kept: only a payment in time, matched later, changes it.
        better = {BROKEN: (PARTLY, KEPT), PARTLY: (KEPT,)}
        return state if received > 0 and state in better[self.state] else None

    @api.model
    def _without_unmatched(self, company, day, rows, outcomes):
        """``outcomes`` less the promises that a payment not matched yet may keep."""
        asked = {
            row["id"]: (row["customer_id"], money(row["received"]))
            for row in rows
            if outcomes.get(self.browse(row["id"]), ("",))[0] in UNKEPT
            and self.browse(row["id"]).state == "running"
        }
        customers = {customer for customer, _received in asked.values()}
        unmatched = self.env["recouvrement.excuse.cash"]._unmatched(
            company, day, customers
        )
        left = dict(outcomes)
        for promise_id, (customer_id, received) in asked.items():
            promise = self.browse(promise_id)
            missing = money(promise._company_amount(promise.amount - float(received)))
            covered = unmatched.get(customer_id, 0) >= missing > 0
            if promise.wait_until and promise.wait_until >= day:
                del left[promise]
            elif covered and promise._wait_for_matching(day):
                del left[promise]
        return left

    def _company_amount(self, amount):
        """``amount`` in company currency, at the rate of the day of the promise."""
        self.ensure_one()
        company = self.company_id
        return self.currency_id._convert(
            amount, company.currency_id, company, self.recorded_on
        )

    @api.model
    def _tell_unkept(self, outcomes, day):
        unkept = self.browse(p.id for p, (s, _r) in outcomes.items() if s in UNKEPT)
        unkept._tell_agents(
            lambda p: p.env._("Promise not kept: %s", p.partner_id.name),
            lambda p: p._unkept_sentence(),
            day,
        )

    def _unkept_sentence(self):
        amount = formatLang(self.env, self.amount, currency_obj=self.currency_id)
        received = formatLang(self.env, self.received, currency_obj=self.currency_id)
        return self.env._(
            "%(customer)s promised %(amount)s for %(day)s; received: %(received)s. Call "
            "before the next step leaves.",
            customer=self.partner_id.name,
            amount=amount,
            day=format_date(self.env, self.date),
            received=received,
        )
