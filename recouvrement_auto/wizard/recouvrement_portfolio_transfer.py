from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import WAITING_STATES


class RecouvrementPortfolioTransfer(models.TransientModel):
    """Customers change hands: in bulk, with a reason, in the history of each (P6)."""

    _name = "recouvrement.portfolio.transfer"
    _description = "Transfer of customers to another agent"

    from_user_id = fields.Many2one(
        "res.users",
        string="All customers of",
        help="Empty: only the customers chosen below.",
    )
    customer_ids = fields.Many2many("recouvrement.customer", string="Customers")
    user_id = fields.Many2one(
        "res.users",
        string="New agent",
        domain=lambda self: self.env["recouvrement.absence"]._domain_agents(),
        help="Empty: the default agent of the company.",
    )
    reason = fields.Char(required=True)
    with_activities = fields.Boolean(
        string="With the open activities",
        default=True,
        help="Calls and tasks of the former agent go to the new one.",
    )
    customer_count = fields.Integer(
        string="Customers to transfer", compute="_compute_customer_count"
    )

    @api.depends("from_user_id", "customer_ids", "user_id")
    def _compute_customer_count(self):
        for transfer in self:
            transfer.customer_count = len(transfer._chosen())

    def _chosen(self):
        """The customers that change hands."""
        customers = self.customer_ids._origin
        if self.from_user_id:
            customers |= customers.search([("agent_id", "=", self.from_user_id.id)])
        return customers.filtered(lambda customer: customer.agent_id != self.user_id)

    def action_transfer(self):
        """Give the customers to the new agent; each file and the log keep who, when, why."""
        self.ensure_one()
        self.env["recouvrement.run"]._check_manager()
        customers = self._chosen()
        if not customers:
            raise UserError(
                self.env._("No customer changes hands: choose customers or an agent.")
            )
        before = {customer: customer.responsible_id for customer in customers}
        customers.write({"agent_id": self.user_id.id})
        self._move_work(before)
        self._keep_trace(before)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s customers go to %(user)s.",
                    count=len(customers),
                    user=customers[:1].responsible_id.name or "",
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _move_work(self, before):
        """Messages that wait, and activities, follow their customer."""
        waiting = self.env["recouvrement.reminder"].search(
            [
                ("customer_id", "in", [customer.id for customer in before]),
                ("state", "in", WAITING_STATES),
            ]
        )
        for user, reminders in waiting.grouped(
            lambda reminder: reminder.customer_id.responsible_id
        ).items():
            reminders.sudo().agent_id = (
                user  # who signs is no decision about the message
            )
        if not self.with_activities:
            return
        for customer, former in before.items():
            activities = customer.activity_ids.filtered(
                lambda activity, former=former: activity.user_id == former
            )
            # sudo: they belong to the former agent; one message says it, not one for each
            activities.sudo().with_context(mail_activity_quick_update=True).write(
                {"user_id": (customer.acting_id or self.env.user).id}
            )

    def _keep_trace(self, before):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "customer.transferred",
                    "company": customer.company_id.id,
                    "customer": customer.id,
                    "partner": customer.partner_id.id,
                    "facts": {
                        "from": former.name or "",
                        "to": customer.responsible_id.name or "",
                    },
                    "personal": {"reason": self.reason},
                }
                for customer, former in before.items()
            ]
        )
        text = self.env._("Transferred: %s", self.reason)
        customers = self.env["recouvrement.customer"].union(*before)
        customers._message_log_batch(bodies=dict.fromkeys(customers.ids, text))
        new = customers.responsible_id - self.env.user
        if new:
            self.env["mail.thread"].message_notify(
                partner_ids=new.partner_id.ids,
                subject=self.env._("%s customers are yours now", len(customers)),
                body=self.reason,
            )
