from datetime import timedelta

from odoo import models
from odoo.tools import format_amount, format_date

KEPT_DAYS = 120  # days for which what is settled stays on the page
COLORS = {
    "running": "info",
    "proposed": "warning",
    "open": "warning",
    "to_review": "warning",
    "answered": "info",
    "credit_note": "info",
    "kept": "success",
    "done": "success",
    "closed": "secondary",
    "partly_kept": "secondary",
    "broken": "danger",
}


class RecouvrementCustomer(models.Model):
    """What the customer said and what became of it, as his page shows it.

    Words of colleagues among themselves (notes, owners, internal answers) stay out.
    """

    _inherit = "recouvrement.customer"

    def _portal_said(self):
        """Rows ``title, text, state, color, day, url`` of the page, the latest first."""
        self.ensure_one()
        since = self.company_id._recouvrement_today() - timedelta(days=KEPT_DAYS)
        rows = [
            *self._portal_said_promises(since),
            *self._portal_said_disputes(since),
            *self._portal_said_plans(since),
            *self._portal_said_requests(since),
        ]
        return sorted(rows, key=lambda row: row["day"], reverse=True)[:30]

    def _portal_row(self, record, title, text, day, page=""):
        return {
            "title": title,
            "text": text,
            "state": self._portal_state_labels()[record.state],
            "color": COLORS.get(record.state, "secondary"),
            "day": day,
            "page": page,
        }

    def _portal_state_labels(self):
        """States in the words of the customer; colleagues have their own."""
        handled = self.env._("Being handled")
        return {
            "running": self.env._("In progress"),
            "proposed": self.env._("To be accepted by you"),
            "open": handled,
            "to_review": handled,
            "answered": self.env._("Answered"),
            "credit_note": self.env._("Credit note to come"),
            "kept": self.env._("Kept, thank you"),
            "partly_kept": self.env._("Partly kept"),
            "broken": self.env._("Not kept"),
            "done": self.env._("Answered"),
            "closed": self.env._("Settled"),
        }

    def _portal_records(self, model, *domain):
        return self.env[model].search(
            [("customer_id", "=", self.id), *domain], limit=50
        )

    def _portal_money(self, amount, currency):
        return format_amount(self.env, amount, currency)

    def _portal_said_promises(self, since):
        promises = self._portal_records(
            "recouvrement.promise",
            ("recorded_on", ">=", since),
            ("state", "!=", "cancelled"),
        )
        for promise in promises:
            title = self.env._(
                "%(amount)s promised for %(date)s",
                amount=self._portal_money(promise.amount, promise.currency_id),
                date=format_date(self.env, promise.date),
            )
            names = [name for name in promise.item_ids.mapped("move_name") if name]
            text = ", ".join(dict.fromkeys(names))
            yield self._portal_row(promise, title, text, promise.recorded_on)

    def _portal_said_disputes(self, since):
        disputes = self._portal_records(
            "recouvrement.dispute",
            "|",
            ("state", "!=", "closed"),
            ("closed_on", ">=", since),
        )
        outcomes = dict(
            disputes._fields["outcome"]._description_selection(disputes.env)
        )
        for dispute in disputes:
            parts = [
                self._portal_money(dispute.amount, dispute.currency_id),
                outcomes.get(dispute.outcome),
            ]
            text = " · ".join(part for part in parts if part)
            yield self._portal_row(dispute, dispute.name, text, dispute.opened_on)

    def _portal_said_plans(self, since):
        plans = self._portal_records(
            "recouvrement.payment.plan",
            ("state", "not in", ("draft", "cancelled")),
            ("proposed_on", ">=", since),
        )
        for plan in plans:
            title = self.env._(
                "Payment plan: %(amount)s in %(count)s payments",
                amount=self._portal_money(plan.total, plan.currency_id),
                count=len(plan.line_ids),
            )
            next_day = format_date(self.env, plan.next_date) if plan.next_date else ""
            text = (
                self.env._("Next payment: %(date)s", date=next_day) if next_day else ""
            )
            open_page = plan.state in ("proposed", "running")
            page = f"plan/{plan.id}" if open_page else ""
            yield self._portal_row(plan, title, text, plan.proposed_on, page)

    def _portal_said_requests(self, since):
        requests = self._portal_records(
            "recouvrement.portal.request",
            "|",
            ("state", "=", "open"),
            ("answered_on", ">=", since),
        )
        for request in requests:
            text = request.answer if request.state == "done" else request.note
            yield self._portal_row(request, request.name, text or "", request.asked_on)
