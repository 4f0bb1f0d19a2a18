from odoo import fields, models


class RecouvrementInvoiceOption(models.Model):
    """What a person chose for one invoice. Kept apart from the entry: nothing of ours is
    ever written on accounting tables."""

    _name = "recouvrement.invoice.option"
    _description = "Collection options of an invoice"

    move_res_id = fields.Integer(string="Invoice id", required=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    scenario_id = fields.Many2one("recouvrement.scenario", ondelete="restrict")

    _move_uniq = models.UniqueIndex("(move_res_id)", "One set of options per invoice.")
