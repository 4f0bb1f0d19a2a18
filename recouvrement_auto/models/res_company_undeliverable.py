from odoo import fields, models


class ResCompany(models.Model):
    """What follows when an e-mail reaches nobody."""

    _inherit = "res.company"

    recouvrement_undeliverable = fields.Selection(
        [
            ("person", "Somebody checks the address"),
            ("letter", "A letter leaves instead"),
            ("call", "Somebody calls instead"),
        ],
        string="E-mails that reach nobody",
        default="person",
        required=True,
        help="The same day: refused and returned e-mails, missing and excluded addresses. "
        "Without postal address or phone number somebody checks the address anyway.",
    )


class RecouvrementSettingsMixin(models.AbstractModel):
    """Its place on the settings pages."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_undeliverable = fields.Selection(
        related="company_id.recouvrement_undeliverable", readonly=False
    )
