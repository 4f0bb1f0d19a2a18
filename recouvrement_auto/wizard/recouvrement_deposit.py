from odoo import fields, models


class RecouvrementDeposit(models.TransientModel):
    """Letters handed to the post: the day, and the number when there is one letter."""

    _name = "recouvrement.deposit"
    _description = "Letters handed to the post"

    delivery_ids = fields.Many2many("recouvrement.delivery", required=True)
    deposit_date = fields.Date(
        required=True,
        default=lambda self: self.env.company._recouvrement_today(),
    )
    deposit_number = fields.Char(
        help="Registered letter number; for several letters enter it on each row."
    )

    def action_confirm(self):
        """Write the deposit on each letter."""
        self.ensure_one()
        self.delivery_ids._check_decider()
        values = {"deposit_date": self.deposit_date}
        if self.deposit_number and len(self.delivery_ids) == 1:
            values["deposit_number"] = self.deposit_number
        self.delivery_ids.write(values)
        return {"type": "ir.actions.act_window_close"}
