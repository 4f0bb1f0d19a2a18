from odoo import fields, models


class RecouvrementSettingsMixin(models.AbstractModel):
    """The switch on the pages of settings."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_score_persons = fields.Boolean(
        related="company_id.recouvrement_score_persons", readonly=False
    )
