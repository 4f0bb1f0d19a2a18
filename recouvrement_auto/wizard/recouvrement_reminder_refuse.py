from odoo import fields, models


class RecouvrementReminderRefuse(models.TransientModel):
    """Why a person refuses messages."""

    _name = "recouvrement.reminder.refuse"
    _description = "Refuse reminders"

    reminder_ids = fields.Many2many("recouvrement.reminder", required=True)
    reason = fields.Char(required=True)

    def action_refuse(self):
        """Refuse the chosen messages with this reason."""
        self.ensure_one()
        self.reminder_ids._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
