from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementRenderer(models.AbstractModel):
    """Placeholders of notices: what was agreed, as it was recorded."""

    _inherit = "recouvrement.renderer"

    @api.model
    def _value_agreed_date(self, message):
        return self._agreed(message, "agreed_date")

    @api.model
    def _value_agreed_amount(self, message):
        return self._agreed(message, "agreed_amount")

    @api.model
    def _value_agreed_reason(self, message):
        return self._agreed(message, "agreed_reason")

    @api.model
    def _value_answer_date(self, message):
        return self._agreed(message, "answer_date")

    @api.model
    def _agreed(self, message, name):
        """A recorded value; a text that names what was never agreed does not leave."""
        value = message.agreed.get(name)
        if not value:
            raise UserError(
                self._for_reader().env._(
                    "The text uses “%(name)s”, but nothing of the kind was recorded: take "
                    "it out of the text.",
                    name=name,
                )
            )
        if name.endswith("_date"):
            return self._long_day(message, value)
        return value
