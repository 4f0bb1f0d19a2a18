from odoo import fields, models


class RecouvrementMoveLinkMixin(models.AbstractModel):
    """A row of a report that stands for an entry: the id, and the button that opens it."""

    _name = "recouvrement.move.link.mixin"
    _description = "Row that opens its entry"

    move_res_id = fields.Integer(string="Entry", readonly=True, aggregator=None)

    def action_open_move(self):
        """The invoice or entry behind the row, for whoever may read it."""
        self.ensure_one()
        move = self.env["account.move"].browse(self.move_res_id).exists()
        move.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": move.id,
            "view_mode": "form",
        }
