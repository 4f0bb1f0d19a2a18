from odoo import api, fields, models


class RecouvrementKpiOrphan(models.Model):
    """Customers that nothing followed after the last night, with why.

    The search for orphans plans each overdue customer again: seconds on a large book. The
    dashboard therefore shows the list as it was after the night, and says so.
    """

    _name = "recouvrement.kpi.orphan"
    _inherit = ["recouvrement.kpi.list.mixin"]
    _description = "Orphan of the last night"
    _log_access = False
    _order = "amount desc, id"
    _rec_name = "customer_id"

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
        self._clear(company)
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
