from odoo import api, fields, models
from odoo.tools import SQL


class RecouvrementKpiOrphan(models.Model):
    """Customers that nothing followed after the last night, with why.

    The search for orphans plans each overdue customer again: seconds on a large book. The
    dashboard therefore shows the list as it was after the night, and says so.
    """

    _name = "recouvrement.kpi.orphan"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "Orphan of the last night"
    _log_access = False
    _order = "amount desc, id"
    _rec_name = "customer_id"

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
    date = fields.Date(required=True, readonly=True)
    reason = fields.Char(string="Why nothing follows", readonly=True)
    amount = fields.Monetary(string="Left alone", readonly=True)

    @api.model
    def _refresh(self, company, date):
        """Replace the list of ``company``; ``date`` is the day of the night."""
        Customer = self.env["recouvrement.customer"].with_company(company)
        overdue = Customer.search(
            [("company_id", "=", company.id), ("total_overdue", ">", 0)]
        )
        found = overdue._orphans()
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM recouvrement_kpi_orphan WHERE company_id = %s", company.id)
        )
        self._insert_rows(
            [
                {
                    "company_id": company.id,
                    "customer_id": customer_id,
                    "date": date,
                    "reason": reason,
                    "amount": amount,
                }
                for customer_id, (reason, amount) in found.items()
            ]
        )
        self.invalidate_model()
