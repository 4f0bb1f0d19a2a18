from odoo import fields, models

from ..tools.action import customers_of


class RecouvrementSegment(models.Model):
    """What the screens show of a segment: how many customers are in it, and which."""

    _inherit = "recouvrement.segment"

    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )

    def _compute_customer_count(self):
        Customer = self.env["recouvrement.customer"]
        for segment in self:
            segment.customer_count = Customer.search_count(segment._customer_domain())

    def _customer_domain(self):
        return [
            ("effective_segment_id", "in", self.ids),
            ("company_id", "in", self.env.companies.ids),
        ]

    def action_open_customers(self):
        """The list behind the number of customers."""
        self.ensure_one()
        return customers_of(self.name, self._customer_domain())
