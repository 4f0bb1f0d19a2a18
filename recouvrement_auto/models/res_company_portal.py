from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Settings of the debtor's page."""

    _inherit = "res.company"

    recouvrement_portal_days = fields.Integer(
        string="Debtor's page: days of a link",
        default=60,
        help="Days during which the link of a message opens the debtor's page without "
        "login. 0 = no such link.",
    )
    recouvrement_portal_answers = fields.Integer(
        string="Debtor's page: answers a day",
        default=20,
        help="Promises, disputes, requests and files that a customer may leave in one day.",
    )

    @api.constrains("recouvrement_portal_days", "recouvrement_portal_answers")
    def _check_recouvrement_portal(self):
        for company in self:
            if not 0 <= company.recouvrement_portal_days <= 365:
                raise ValidationError(
                    self.env._("The link of a message works from 0 to 365 days.")
                )
            if not 0 <= company.recouvrement_portal_answers <= 200:
                raise ValidationError(
                    self.env._("A customer may leave from 0 to 200 answers a day.")
                )


class RecouvrementSettingsMixin(models.AbstractModel):
    """Settings of the debtor's page of the current company."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_portal_days = fields.Integer(
        related="company_id.recouvrement_portal_days", readonly=False
    )
    recouvrement_portal_answers = fields.Integer(
        related="company_id.recouvrement_portal_answers", readonly=False
    )
