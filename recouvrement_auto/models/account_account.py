from odoo import api, models

from .transaction_once import looked_up_anew


class AccountAccount(models.Model):
    """The trade receivable accounts of a company are looked up once in a transaction."""

    _inherit = "account.account"

    @api.model_create_multi
    def create(self, vals_list):
        """EXTENDS 'account'."""
        with looked_up_anew(self.env):
            return super().create(vals_list)

    def write(self, vals):
        """EXTENDS 'account'."""
        with looked_up_anew(self.env):
            return super().write(vals)

    def unlink(self):
        """EXTENDS 'account'."""
        with looked_up_anew(self.env):
            return super().unlink()
