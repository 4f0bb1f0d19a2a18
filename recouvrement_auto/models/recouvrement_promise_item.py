from odoo import fields, models


class RecouvrementPromiseItem(models.Model):
    """One instalment that a promise is about, with what was left to pay at that moment."""

    _name = "recouvrement.promise.item"
    _description = "Item of a promise"
    _order = "due_date, id"

    promise_id = fields.Many2one(
        "recouvrement.promise", required=True, ondelete="cascade", index=True
    )
    customer_id = fields.Many2one(related="promise_id.customer_id", store=True)
    company_id = fields.Many2one(related="promise_id.company_id", store=True)
    currency_id = fields.Many2one(related="promise_id.currency_id")
    move_id = fields.Many2one(
        "account.move", string="Invoice", ondelete="set null", index=True
    )
    move_name = fields.Char(string="Invoice number")
    due_date = fields.Date(required=True)
    residual = fields.Monetary(string="Left to pay then")
    cash_before = fields.Monetary(
        help="Cash already matched with the instalment when the promise was given."
    )
