from odoo import fields, models


class RecouvrementLogSecret(models.Model):
    """Personal values named by a log entry, kept apart behind a salt.

    The log holds only the commitment; erasing this row makes the value unreadable for ever
    while the chain still verifies.
    """

    _name = "recouvrement.log.secret"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "Personal value of a log entry"
    _log_access = False

    log_id = fields.Integer(required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    name = fields.Char(required=True)
    salt = fields.Char(required=True)
    value = fields.Char(required=True)
