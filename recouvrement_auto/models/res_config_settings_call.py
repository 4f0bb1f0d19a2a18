from odoo import fields, models


class RecouvrementSettingsMixin(models.AbstractModel):
    """Settings of calls of the current company."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_call_attempts = fields.Integer(
        related="company_id.recouvrement_call_attempts", readonly=False
    )
