from odoo import fields, models


class ResPartner(models.Model):
    """The customer as the collection sees it, read from the file of the current company."""

    _inherit = "res.partner"

    recouvrement_customer_ids = fields.One2many(
        "recouvrement.customer",
        "partner_id",
        string="Collection files",
        groups="recouvrement_auto.recouvrement_auto_group_agent,"
        "recouvrement_auto.recouvrement_auto_group_auditor,"
        "recouvrement_auto.recouvrement_auto_group_salesperson",
    )

    def action_open_recouvrement(self):
        """Open the collection file of the commercial customer in the current company."""
        self.ensure_one()
        partner = self.commercial_partner_id
        partner.check_access("read")
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.env.company, partner.ids
        )
        return customer._open_form()
