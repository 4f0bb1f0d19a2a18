from odoo import api, fields, models


class RecouvrementLedgerRowsMixin(models.AbstractModel):
    """Rows about customers that have no table: SQL of the model reads them from the ledger."""

    _name = "recouvrement.ledger.rows.mixin"
    _description = "Rows read from the ledger"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    customer_id = fields.Many2one(
        "recouvrement.customer", string="Collection file", readonly=True
    )
    salesperson_id = fields.Many2one("res.users", readonly=True)
    segment_id = fields.Many2one("recouvrement.segment", readonly=True)
    industry_id = fields.Many2one(
        "res.partner.industry", string="Sector", readonly=True
    )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """EXTENDS: what the caller changed is written first, the SQL must see it."""
        self.env.flush_all()
        return super()._search(domain, *args, **kwargs)
