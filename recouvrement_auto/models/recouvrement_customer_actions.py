from odoo import models
from odoo.exceptions import UserError

from ..tools.action import form_of


class RecouvrementCustomer(models.Model):
    """Buttons of the collection file. Buttons plan; only the scheduled action sends."""

    _inherit = "recouvrement.customer"

    def _open_form(self):
        return form_of(self)

    def action_pause(self):
        """Ask for the reason and the end of a pause."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.pause",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Pause the chase"),
            "context": {"default_customer_id": self.id},
        }

    def action_send_now(self):
        """Plan the next step of the customer now, whatever its date, and wake the sender.

        Everything that forbids a message still forbids it; the answer says why.
        """
        self.ensure_one()
        self.env["recouvrement.reminder"]._check_decider()
        run = self.env["recouvrement.run"]._run_by_hand(self)
        reminder = run.reminder_ids[:1]
        if not reminder:
            raise UserError(self.env._("This customer has no next step to send."))
        if reminder.state in ("held", "skipped"):
            labels = dict(
                reminder._fields["reason_code"]._description_selection(self.env)
            )
            message = labels.get(reminder.reason_code, reminder.reason_code)
            kind = "warning"
        else:
            message = self.env._(
                "Planned: %(step)s. It leaves in a moment.", step=reminder.step_name
            )
            kind = "success"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "sticky": kind == "warning"},
        }

    def action_open_items(self):
        """The journal items behind the open balance."""
        self.ensure_one()
        query = self.env["recouvrement.open.item"]._query(
            self.company_id,
            self.company_id._recouvrement_today(),
            live=True,
            partner_ids=self.partner_id.ids,
        )
        rows = self.env.execute_query_dict(query)
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "name": self.env._("Open items of %(name)s", name=self.display_name),
            "domain": [("id", "in", [row["line_id"] for row in rows])],
            "context": {"create": False},
        }

    def action_open_reminders(self):
        """The messages of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_reminder_action"
        )
        return {**action, "domain": [("customer_id", "=", self.id)], "context": {}}

    def action_open_history(self):
        """The log entries of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_log_action"
        )
        return {**action, "domain": [("customer_res_id", "=", self.id)], "context": {}}
