from odoo import fields, models


class ResCompany(models.Model):
    """Settings of calls."""

    _inherit = "res.company"

    recouvrement_call_attempts = fields.Integer(
        string="Attempts before another channel",
        default=3,
        help="Calls that reach nobody before an e-mail is proposed instead of another call.",
    )

    _recouvrement_call_attempts_range = models.Constraint(
        "CHECK (recouvrement_call_attempts BETWEEN 1 AND 20)",
        "Between 1 and 20 attempts to call are made before another channel.",
    )
