from odoo import fields, models


class ResCompany(models.Model):
    """Since when the figures of the night are known."""

    _inherit = "res.company"

    recouvrement_kpi_date = fields.Date(
        string="Lists of the dashboard renewed on", readonly=True, copy=False
    )
