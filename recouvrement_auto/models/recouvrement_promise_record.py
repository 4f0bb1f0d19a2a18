from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang


class RecouvrementPromise(models.Model):
    """Recording a promise, and what a customer may promise by himself on his page."""

    _inherit = "recouvrement.promise"

    @api.model
    def _record(
        self,
        customer,
        items,
        amount,
        date,
        source,
        note="",
        contact=None,
        attachments=(),
    ):
        """Record a promise: its items are not chased until the day and the tolerance passed.

        :param customer: ``recouvrement.customer`` record
        :param items: ``account.move.line`` records or ids, or ``(move id, due date)`` keys
        :param amount: in the currency of the items when they share one, else of the company;
            None = everything that is left to pay of them
        :param source: ``call`` | ``mail`` | ``portal`` | ``meeting``
        :param attachments: ``ir.attachment`` records or ``(name, bytes)`` pairs: the proof
        :return: ``recouvrement.promise``
        :raises UserError: nothing open in the items, past date, or a limit of the customer's
            page (source ``portal``)
        """
        today = customer.company_id._recouvrement_today()
        self._check_date(customer, date, source, today)
        currency, rows = self.env["recouvrement.excuse.cash"]._open_rows(
            customer, items
        )
        amount = self._checked_amount(amount, currency, rows)
        promise = self.create(
            {
                "customer_id": customer.id,
                "date": date,
                "recorded_on": today,
                "hold_until": self._hold_until(customer.company_id, date),
                "currency_id": currency.id,
                "amount": amount,
                "source": source,
                "note": note,
                "contact_id": contact.id if contact else False,
                "item_ids": [(0, 0, row) for row in rows],
            }
        )
        promise._after_recording(attachments)
        return promise

    @api.model
    def _check_date(self, customer, date, source, today):
        if not date or date < today:
            raise UserError(self.env._("Choose today or a later day for the promise."))
        if source == "portal":
            self._check_portal_limits(customer, date)

    @api.model
    def _checked_amount(self, amount, currency, rows):
        """The amount, by default all that is left to pay; never more than it."""
        total = currency.round(sum(row["residual"] for row in rows))
        amount = total if amount is None else amount
        if currency.compare_amounts(amount, total) > 0:
            raise UserError(
                self.env._(
                    "Only %(total)s is left to pay on these items.",
                    total=formatLang(self.env, total, currency_obj=currency),
                )
            )
        return amount

    def _after_recording(self, attachments):
        self._keep_attachments(attachments)
        self._touch_customers()
        self._supersede()
        self._log(
            "recorded",
            {
                "until": str(self.date),
                "source": self.source,
                "currency": self.currency_id.name,
            },
            amount=str(self.amount),
            state=self.state,
            personal={"reason": self.note},
        )

    @api.model
    def _hold_until(self, company, date):
        """The promised day plus the tolerance of the company in working days."""
        calendar = self.env["recouvrement.planner"]._calendar(company)
        days = company.recouvrement_promise_tolerance_days
        return calendar.add_gap(date, days) if days else date

    def _supersede(self):
        """A new promise about the same items takes the place of those that run."""
        keys = {(i.move_id.id, i.due_date) for i in self.item_ids}
        earlier = self.search(
            [
                ("customer_id", "=", self.customer_id.id),
                ("state", "=", "running"),
                ("id", "!=", self.id),
            ]
        ).filtered(lambda p: {(i.move_id.id, i.due_date) for i in p.item_ids} <= keys)
        if earlier:
            earlier._update_state(
                "cancelled",
                self.recorded_on,
                cancel_reason=self.env._("Replaced by a newer promise"),
            )

    # === LIMITS OF THE CUSTOMER'S PAGE === #

    @api.model
    def _portal_limits(self, customer):
        """What the customer may promise by himself on his page.

        :return: dict ``allowed`` (bool), ``reason`` (code or ''), ``message`` (sentence for
            the customer), ``max_date`` (last day that he may choose)
        """
        company = customer.company_id
        today = company._recouvrement_today()
        counts = self._portal_counts(customer, today - timedelta(days=365))
        limits = (
            ("running", company.recouvrement_promise_portal_running),
            ("year", company.recouvrement_promise_portal_year),
            ("broken", company.recouvrement_promise_portal_broken),
        )
        reason = next((n for n, most in limits if most and counts[n] >= most), "")
        if not company.recouvrement_promise_portal_days:
            reason = "closed"
        return {
            "allowed": not reason,
            "reason": reason,
            "message": self._portal_message(reason),
            "max_date": today
            + timedelta(days=company.recouvrement_promise_portal_days or 0),
        }

    @api.model
    def _portal_counts(self, customer, since):
        promises = self.sudo().search(  # the customer reads no promise by himself
            [("customer_id", "=", customer.id), ("recorded_on", ">", since)]
        )
        own = promises.filtered(lambda p: p.source == "portal")
        return {
            "running": len(own.filtered(lambda p: p.state == "running")),
            "year": len(own.filtered(lambda p: p.state != "cancelled")),
            "broken": len(promises.filtered(lambda p: p.state == "broken")),
        }

    @api.model
    def _portal_message(self, reason):
        return {
            "": "",
            "closed": self.env._("Please contact us to agree on a payment date."),
            "running": self.env._(
                "You already gave a payment date: please contact us to change it."
            ),
            "year": self.env._(
                "Too many payment dates were given this year: please contact us."
            ),
            "broken": self.env._(
                "Earlier payment dates were not kept: please contact us."
            ),
        }[reason]

    @api.model
    def _check_portal_limits(self, customer, date):
        limits = self._portal_limits(customer)
        if not limits["allowed"]:
            raise UserError(limits["message"])
        if date > limits["max_date"]:
            raise UserError(
                self.env._(
                    "Choose a day up to %s, or contact us.",
                    format_date(self.env, limits["max_date"]),
                )
            )
