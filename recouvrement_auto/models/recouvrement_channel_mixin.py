from odoo import fields, models

from ..const import TONE_SELECTION


class RecouvrementChannelMixin(models.AbstractModel):
    """The channel selection, declared once and extended once.

    Implementations are abstract models ``recouvrement.channel.<name>``, found by name: the
    engine never learns which channels exist.
    """

    _name = "recouvrement.channel.mixin"
    _description = "Collection channel"

    channel = fields.Selection(
        [
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("call", "Call"),
            ("task", "Internal task"),
        ],
        required=True,
        default="email",
    )
    tone = fields.Selection(TONE_SELECTION, required=True, default="courteous")

    def _get_channel(self):
        """The implementation of this record's channel."""
        self.ensure_one()
        return self.env[f"recouvrement.channel.{self.channel}"]
