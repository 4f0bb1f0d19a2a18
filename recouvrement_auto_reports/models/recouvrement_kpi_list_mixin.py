from odoo import api, fields, models
from odoo.tools import SQL


class RecouvrementKpiListMixin(models.AbstractModel):
    """A list about customers as it was after the last night, replaced each night."""

    _name = "recouvrement.kpi.list.mixin"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "List of the last night"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "recouvrement.customer",
        required=True,
        ondelete="cascade",
        readonly=True,
        index=True,
    )
    date = fields.Date(required=True, readonly=True, help="Day of the figures.")

    @api.model
    def _clear(self, company):
        """Take out the rows of ``company``; what the caller changed is written first."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE company_id = %s",
                SQL.identifier(self._table),
                company.id,
            )
        )
