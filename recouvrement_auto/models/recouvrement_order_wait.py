from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

DECISION = ("order_policy", "order_policy_until", "order_policy_reason")
LONG_LATE_DAYS = 60


class RecouvrementCustomer(models.Model):
    """New orders wait: decided by a manager, with a reason and a last day, logged.

    Facts may propose it (``_order_proposal``); neither they nor a grade ever decide
    (scoring.md 4.5). A manager ends it, or lets single orders pass by their number.
    """

    _inherit = "recouvrement.customer"

    order_policy_user_id = fields.Many2one(
        "res.users", string="Orders decided by", readonly=True, ondelete="restrict"
    )
    order_policy_on = fields.Date(string="Orders decided on", readonly=True)
    order_pass = fields.Char(
        string="Orders let through",
        tracking=True,
        help="Numbers of the orders that may be confirmed all the same, with commas "
        "between them.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """The decision is stamped from the first moment on."""
        files = super().create(vals_list)
        files.filtered(lambda file: file.order_policy == "block")._stamp_decision()
        return files

    def write(self, vals):
        """Only a manager decides; who, when and why are kept and logged."""
        decided = [name for name in DECISION if name in vals]
        passed = "order_pass" in vals
        if decided or passed:
            self._check_decides_orders()
        result = super().write(vals)
        if decided:
            self._stamp_decision()
        if passed:
            self._log_orders("orders.passed")
        return result

    def _check_decides_orders(self):
        manager = self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_manager"
        )
        if not manager and not self.env.su:
            raise ValidationError(
                self.env._("Only a collection manager decides about new orders.")
            )

    def _stamp_decision(self):
        today = self.env.company._recouvrement_today()
        # sudo: these two say who decided, nobody enters them
        self.sudo().write(
            {"order_policy_user_id": self.env.uid, "order_policy_on": today}
        )
        waiting = self.filtered(lambda file: file.order_policy == "block")
        waiting._log_orders("orders.wait")
        (self - waiting)._log_orders("orders.free")

    def _log_orders(self, event):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": event,
                    "company": file.company_id.id,
                    "customer": file.id,
                    "partner": file.partner_id.id,
                    "facts": {
                        "until": str(file.order_policy_until or ""),
                        "orders": file.order_pass or "",
                    },
                    "personal": {"reason": file.order_policy_reason or ""},
                }
                for file in self
            ]
        )

    # === BEFORE AN ORDER === #

    def _credit_advice_lines(self, document=0.0):
        """EXTENDS: the proposal, for the person who decides."""
        lines = super()._credit_advice_lines(document)
        why = self._order_proposal(document)
        if why and not self._orders_wait():
            lines.append(
                self.env._("A manager may let new orders wait: %(why)s.", why=why)
            )
        return lines

    def _order_proposal(self, document=0.0):
        """The fact that speaks for letting new orders wait, or ''; never the grade."""
        self.ensure_one()
        if self.insolvency or self.litigation:
            return self.env._("in insolvency proceedings or in litigation")
        _percent, level = self._level_of(
            self.credit_exposure + document, self.credit_limit
        )
        if level == "100":
            return self.env._("the limit is reached")
        if self.total_overdue > 0 and self.oldest_days_late > LONG_LATE_DAYS:
            return self.env._("%s days late", self.oldest_days_late)
        return ""

    @api.model
    def _order_objection(self, order):
        """Why this sale order may not be confirmed now, or False.

        An order paid in advance as agreed never waits. A debtor who signs on his own page
        reads no reason of ours.

        :param order: a ``sale.order``; the module is not one of our dependencies
        """
        payers = order.partner_id | order.partner_invoice_id
        # sudo: who enters an order may not read the collection file
        files = self.sudo().search(
            [
                ("partner_id", "in", payers.commercial_partner_id.ids),
                ("company_id", "=", order.company_id.id),
                ("order_policy", "=", "block"),
            ]
        )
        file = files.filtered(lambda f: f._orders_wait() and not f._lets_pass(order))
        if not file or (order.amount_paid and order._is_confirmation_amount_reached()):
            return False
        return file[0]._order_sentence(order)

    def _lets_pass(self, order):
        numbers = (self.order_pass or "").replace(",", " ").replace(";", " ").split()
        return order.name in numbers

    def _order_sentence(self, order):
        if self.env.user.share:
            return self.env._(
                "%(company)s has to look at this order before it is confirmed: please "
                "ask your contact there.",
                company=order.company_id.name,
            )
        return self.env._(
            "New orders of %(customer)s wait until %(day)s (decided by %(user)s): "
            "%(reason)s\nA collection manager can let %(order)s through on the customer's "
            "collection file.",
            customer=self.partner_id.display_name,
            day=format_date(self.env, self.order_policy_until),
            user=self.order_policy_user_id.name or "",
            reason=self.order_policy_reason,
            order=order.name,
        )


class RecouvrementOrderGate(models.AbstractModel):
    """Holds the confirmation of sale orders where the module ``sale`` is installed.

    Odoo asks ``_confirmation_error_message`` before it confirms an order. The method is
    completed when the registry is built, as ``base_automation`` does: no dependency.
    """

    _name = "recouvrement.order.gate"
    _description = "Gate before the confirmation of sale orders"

    def _register_hook(self):
        """EXTENDS 'base': complete the check of ``sale``."""
        super()._register_hook()
        order_class = self.env.registry.models.get("sale.order")
        if order_class is None or "_confirmation_error_message" in vars(order_class):
            return
        asked_by_sale = order_class._confirmation_error_message

        def _confirmation_error_message(order):
            problem = asked_by_sale(order)
            if problem:
                return problem
            return order.env["recouvrement.customer"]._order_objection(order)

        order_class._confirmation_error_message = _confirmation_error_message

    def _unregister_hook(self):
        """EXTENDS 'base': give the class back as it was."""
        result = super()._unregister_hook()
        order_class = self.env.registry.models.get("sale.order")
        if order_class is not None and "_confirmation_error_message" in vars(
            order_class
        ):
            del order_class._confirmation_error_message
        return result
