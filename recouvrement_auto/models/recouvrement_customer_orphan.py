from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools import guard
from ..tools.planning import END_STEP, HANDOVER_REVIEW_DAYS, next_step, overdue_total

BATCH = 500
# Held for good until a person acts: no excuse with an end date.
OPEN_ENDED = (
    "excluded_without_reason",
    "opening_entry",
    "too_old",
    "payment_blocked",
    "dispute_overdue",
)


class RecouvrementCustomer(models.Model):
    """Orphans (A14): overdue, without a next step and without an excuse that ends."""

    _inherit = "recouvrement.customer"

    is_orphan = fields.Boolean(
        string="Orphan",
        compute="_compute_live",
        search="_search_is_orphan",
        help="Overdue items that no step will chase and no dated excuse covers.",
    )
    orphan_reason = fields.Char(string="Why nothing follows", compute="_compute_live")
    orphan_amount = fields.Monetary(string="Left alone", compute="_compute_live")
    item_hold = fields.Char(string="What holds its items", compute="_compute_live")
    hold_label = fields.Char(
        string="What holds it",
        compute="_compute_hold_label",
        help="What would hold tonight's message, or why nothing is planned at all.",
    )

    def _live_values(self, context, bundle):
        """EXTENDS: what nothing follows, from the facts that are at hand already."""
        found = self._orphan_of(context, bundle) if bundle else None
        reason, amount = found or (False, 0.0)
        return super()._live_values(context, bundle) | {
            "is_orphan": bool(reason),
            "orphan_reason": reason,
            "orphan_amount": amount,
            "item_hold": self._item_hold(context, bundle) if bundle else False,
        }

    @api.model
    def _item_hold(self, context, bundle):
        """What holds the overdue items, in words; False when one of them is not held."""
        found = []
        for item in bundle.items:
            if item.amount > 0 and item.due_date < context.day:
                verdict = self._item_verdict(context, item)
                if verdict is None:
                    return False
                found.append((verdict.reason, verdict.until))
        if not found:
            return False
        reason, until = max(found, key=found.count)
        label = self._reason_label(reason)
        return f"{label} ({format_date(self.env, until)})" if until else label

    @api.depends(
        "next_step_reason",
        "next_step_label",
        "orphan_reason",
        "item_hold",
        "pause_until",
    )
    @api.depends_context("lang")
    def _compute_hold_label(self):
        for customer in self:
            label = (
                customer.next_step_reason
                or customer.orphan_reason
                or customer.item_hold
            )
            if not label and customer.pause_until:
                label = self.env._(
                    "Paused until %s", format_date(self.env, customer.pause_until)
                )
            if not label and customer.total_overdue and not customer.next_step_label:
                covered = customer.unallocated_credit >= customer.total_overdue
                label = (
                    self.env._("Covered by credits to match")
                    if covered
                    else self.env._("Too small for the steps of the scenario")
                )
            customer.hold_label = label

    def _search_is_orphan(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = self.search(Domain("total_overdue", ">", 0))
        ids = list(overdue._orphans())
        return Domain("id", "in" if True in value else "not in", ids)

    def _orphans(self):
        """``{file id: (reason in words, amount)}`` of the orphans among ``self``."""
        found = {}
        Facts = self.env[
            "recouvrement.planner.facts"
        ].sudo()  # figures of files whose read rights were checked by the caller
        for company, customers in self.grouped("company_id").items():
            context = Facts._context(
                company.sudo(),
                company._recouvrement_today(),
                Facts._current_versions(company),
            )
            partner_ids = customers.partner_id.ids
            for start in range(0, len(partner_ids), BATCH):
                for bundle in Facts._load(context, partner_ids[start : start + BATCH]):
                    answer = self._orphan_of(context, bundle)
                    if answer:
                        found[bundle.customer.id] = answer
        return found

    @api.model
    def _orphan_of(self, context, bundle):
        """The reason and the amount of what nothing follows, or None."""
        if bundle.waiting or bundle.pause or bundle.file.frozen_reason:
            return None
        total = overdue_total(bundle.items, context.day)
        if total <= 0:
            return None
        reasons, amount = [], 0
        for item in bundle.items:
            if item.amount <= 0 or item.due_date >= context.day:
                continue
            reason = self._item_orphan_reason(context, bundle, item, total)
            if reason:
                reasons.append(reason)
                amount += item.amount
        if not reasons:
            return None
        return max(set(reasons), key=reasons.count), float(amount)

    @api.model
    def _item_orphan_reason(self, context, bundle, item, total):
        verdict = self._item_verdict(context, item)
        if verdict is not None:
            if verdict.reason not in OPEN_ENDED:
                return None
            return self._reason_label(verdict.reason)
        if item.ladder is None:
            return self._reason_label("no_scenario")
        calendar = context.calendar.for_planning
        following = next_step(item, context.day, total, calendar)
        if following.step is not None:
            return None
        if item.reached == END_STEP and item.reached_on:
            review = item.reached_on + timedelta(days=HANDOVER_REVIEW_DAYS)
            return None if context.day <= review else self._end_label()
        if any(reason == "below_step_minimum" for _code, reason in following.passed):
            return None
        return self._reason_label("end_of_ladder")

    @api.model
    def _item_verdict(self, context, item):
        facts = guard.Facts(context.day, guard.Subject(), context.policy, None, item)
        return guard.decide(facts, guard.ITEM)

    @api.model
    def _end_label(self):
        return self.env._(
            "Handed over to a person more than %(days)s days ago",
            days=HANDOVER_REVIEW_DAYS,
        )

    @api.model
    def _reason_label(self, code):
        field = self.env["recouvrement.reminder"]._fields["reason_code"]
        return dict(field._description_selection(self.env)).get(code, code)
