from odoo import fields, models


class ResCompany(models.Model):
    """Since when the figures of the night are known, and who gets the weekly summary."""

    _inherit = "res.company"

    recouvrement_kpi_date = fields.Date(
        string="Lists of the dashboard renewed on", readonly=True, copy=False
    )
    recouvrement_weekly = fields.Boolean(
        string="Weekly summary",
        default=True,
        help="On Monday morning, by e-mail to the collection managers.",
    )
    recouvrement_weekly_user_ids = fields.Many2many(
        "res.users",
        "recouvrement_weekly_user_rel",
        string="Who gets the weekly summary",
        help="Empty: the collection managers of the company.",
    )
    recouvrement_weekly_on = fields.Date(
        string="Last weekly summary", readonly=True, copy=False
    )


class RecouvrementSettingsMixin(models.AbstractModel):
    """The weekly summary on the settings pages."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_weekly = fields.Boolean(
        related="company_id.recouvrement_weekly", readonly=False
    )
    recouvrement_weekly_user_ids = fields.Many2many(
        related="company_id.recouvrement_weekly_user_ids", readonly=False
    )
