from odoo import api, models


class RecouvrementCustomer(models.Model):
    """How a customer answers text messages, in words."""

    _inherit = "recouvrement.customer"

    @api.model
    def _answer_words(self):
        """EXTENDS 'recouvrement_auto': text messages."""
        text = self.env._("Answers text messages best: %(answers)s of %(contacts)s.")
        return {**super()._answer_words(), "sms": text}
