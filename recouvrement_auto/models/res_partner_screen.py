from odoo import api, fields, models

GROUPS = (
    "recouvrement_auto.recouvrement_auto_group_agent,"
    "recouvrement_auto.recouvrement_auto_group_auditor,"
    "recouvrement_auto.recouvrement_auto_group_salesperson"
)


class ResPartner(models.Model):
    """The collection block of the contact form: read from the file, nothing stored."""

    _inherit = "res.partner"

    recouvrement_customer_id = fields.Many2one(
        "recouvrement.customer",
        string="Collection file",
        compute="_compute_recouvrement",
        groups=GROUPS,
    )
    recouvrement_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the collection",
        compute="_compute_recouvrement",
        groups=GROUPS,
    )
    recouvrement_overdue = fields.Monetary(
        string="Overdue",
        compute="_compute_recouvrement",
        currency_field="recouvrement_currency_id",
        groups=GROUPS,
    )
    recouvrement_segment_id = fields.Many2one(
        "recouvrement.segment",
        string="Payment segment",
        compute="_compute_recouvrement",
        groups=GROUPS,
    )
    recouvrement_next_label = fields.Char(
        string="Next step", compute="_compute_recouvrement", groups=GROUPS
    )
    recouvrement_next_date = fields.Date(
        string="Next step on", compute="_compute_recouvrement", groups=GROUPS
    )
    recouvrement_agent_id = fields.Many2one(
        "res.users",
        string="Collection agent",
        compute="_compute_recouvrement",
        groups=GROUPS,
    )

    @api.depends("commercial_partner_id", "recouvrement_customer_ids")
    @api.depends_context("company", "uid")
    def _compute_recouvrement(self):
        company = self.env.company
        files = self.env["recouvrement.customer"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", company.id),
            ]
        )
        by_partner = {file.partner_id.id: file for file in files}
        for partner in self:
            file = by_partner.get(partner.commercial_partner_id.id, files.browse())
            partner.recouvrement_customer_id = file
            partner.recouvrement_currency_id = company.currency_id
            partner.recouvrement_overdue = file.total_overdue
            partner.recouvrement_segment_id = file.effective_segment_id
            partner.recouvrement_next_label = file.next_step_label
            partner.recouvrement_next_date = file.next_step_date
            partner.recouvrement_agent_id = file.responsible_id
