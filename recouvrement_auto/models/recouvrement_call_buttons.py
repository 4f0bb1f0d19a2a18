from odoo import api, fields, models

from ..tools.smtp_phases import SENT, Outcome


class RecouvrementCustomer(models.Model):
    """The result of a call is noted from wherever the call is seen."""

    _inherit = "recouvrement.customer"

    call_ids = fields.One2many("recouvrement.call", "customer_id")

    def action_call_result(self):
        """Note what came out of a call with this customer; ends the call that was asked."""
        self.ensure_one()
        self.check_access("write")
        return self._call_dialog()

    def _call_dialog(self, activity=None, reminder=None):
        activity = activity or self._open_call()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.call.result",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Call with %s", self.partner_id.name),
            "context": {
                "default_customer_id": self.id,
                "default_activity_id": activity.id,
                "default_reminder_id": reminder.id if reminder else False,
                "default_outcome": self.env.context.get(
                    "recouvrement_outcome", "promise"
                ),
                "dialog_size": "extra-large",
            },
        }

    def _open_call(self):
        """The first call that somebody was asked to make to this customer."""
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("activity_type_id.category", "=", "phonecall"),
            ],
            order="date_deadline, id",
            limit=1,
        )


class RecouvrementReminder(models.Model):
    _inherit = "recouvrement.reminder"

    def action_call_result(self):
        """Note what came out of the call that this step asks for; approves it."""
        self.ensure_one()
        self._check_decider()
        if self.state == "to_confirm":
            self.action_confirm()
        return self.customer_id._call_dialog(reminder=self)


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_recouvrement_call_result(self):
        """Note what came out of this call."""
        self.ensure_one()
        customer = self.env["recouvrement.customer"].browse(self.res_id)
        customer.check_access("write")
        return customer._call_dialog(activity=self)


class RecouvrementChannelCall(models.AbstractModel):
    _inherit = "recouvrement.channel.call"

    @api.model
    def _send(self, delivery, sender):
        """EXTENDS: a call that was already made is not asked for again."""
        made = self.env["recouvrement.call"].search_count(
            [("reminder_id", "=", delivery.reminder_id.id)], limit=1
        )
        if made:
            return Outcome(SENT, "activity", "already made")
        return super()._send(delivery, sender)
