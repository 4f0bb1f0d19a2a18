from odoo import fields, models

from .recouvrement_export import DONE


class RecouvrementExport(models.Model):
    """An export is made in parts, so that nothing that is ready is made twice."""

    _inherit = "recouvrement.export"

    part_ids = fields.One2many("recouvrement.export.part", "export_id")

    def _update_state(self, state, **values):
        """EXTENDS: a file that is ready needs its parts no more."""
        found = super()._update_state(state, **values)
        if state == DONE:
            self.sudo().part_ids.unlink()  # nobody else may
        return found


class RecouvrementExportPart(models.Model):
    """What is ready while the export is being made: a file, or rows that were read. Nobody
    reads it but the making."""

    _name = "recouvrement.export.part"
    _description = "Part of an export"
    _order = "id"

    export_id = fields.Many2one(
        "recouvrement.export", required=True, ondelete="cascade", index=True
    )
    customer_id = fields.Many2one(
        "recouvrement.customer", ondelete="cascade", index="btree_not_null"
    )
    name = fields.Char(required=True)
    last_entry = fields.Integer(help="Id of the last log entry of the part.")
    entry_count = fields.Integer(string="Lines")
    content = fields.Binary(attachment=False)
