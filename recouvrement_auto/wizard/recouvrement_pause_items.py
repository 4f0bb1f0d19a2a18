from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class RecouvrementPauseItems(models.TransientModel):
    """Do not chase these items until a day, because of a reason."""

    _name = "recouvrement.pause.items"
    _description = "Pause open items"

    line_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        required=True,
        help="Remove the instalments that go on being chased.",
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["recouvrement.pause"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        string="Nature",
        default="pause",
        required=True,
    )
    date_end = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self.env.company._recouvrement_today() + timedelta(days=7),
    )
    reason = fields.Char(string="Because", required=True)

    def action_pause(self):
        """Write one pause for each invoice, or for each instalment when some go on."""
        self.ensure_one()
        self.line_ids._check_recouvrement_agent()
        self.line_ids.check_access("read")
        if not self.line_ids:
            raise UserError(self.env._("Choose at least one item."))
        customers = self.line_ids._recouvrement_customers()
        values = []
        for move, lines in self.line_ids.grouped("move_id").items():
            partner = lines[:1].partner_id.commercial_partner_id
            customer = customers[move.company_id.id, partner.id]
            values += self._pause_values(customer, move, lines)
        self.env["recouvrement.pause"].create(values)
        return {
            "type": "ir.actions.act_window_close",
            "infos": {"done": True},
        }

    def _pause_values(self, customer, move, lines):
        common = {
            "customer_id": customer.id,
            "move_res_id": move.id,
            "move_name": move.name,
            "kind": self.kind,
            "reason": self.reason,
            "date_start": customer.company_id._recouvrement_today(),
            "date_end": self.date_end,
        }
        if not move._recouvrement_open_lines() - lines:
            return [common]
        return [
            {**common, "due_date": line.date_maturity or line.date} for line in lines
        ]
