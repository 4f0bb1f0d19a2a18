from odoo import api, fields, models
from odoo.tools import SQL


class RecouvrementCustomer(models.Model):
    """Which salespersons may see a file: named on the customer, a contact, an open invoice,
    on the file, or invited to it."""

    _inherit = "recouvrement.customer"

    shared_user_ids = fields.Many2many(
        "res.users",
        "recouvrement_customer_shared_rel",
        string="Shared with",
        help="May see this file beside its salespersons.",
    )
    salesperson_ids = fields.Many2many(
        "res.users",
        compute="_compute_salesperson_ids",
        search="_search_salesperson_ids",
        string="Salespersons",
    )

    @api.model
    def _salesperson_sql(self):
        """SQL: ``(customer_id, user_id)`` of every link."""
        return SQL(
            """SELECT customer.id AS customer_id, partner.user_id
                 FROM recouvrement_customer customer
                 JOIN res_partner partner
                   ON partner.commercial_partner_id = customer.partner_id
                WHERE partner.user_id IS NOT NULL
            UNION
               SELECT customer.id, move.invoice_user_id
                 FROM recouvrement_customer customer
                 JOIN res_partner contact
                   ON contact.commercial_partner_id = customer.partner_id
                 JOIN account_move move ON move.partner_id = contact.id
                  AND move.company_id = customer.company_id
                WHERE move.invoice_user_id IS NOT NULL AND move.state = 'posted'
                  AND move.payment_state NOT IN ('paid', 'reversed')
            UNION
               SELECT recouvrement_customer_id, res_users_id
                 FROM recouvrement_customer_shared_rel
            UNION
               SELECT id, agent_id FROM recouvrement_customer WHERE agent_id IS NOT NULL"""
        )

    def _compute_salesperson_ids(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT customer_id, user_id FROM (%s) link WHERE customer_id IN %s",
                self._salesperson_sql(),
                tuple(self.ids) or (0,),
            )
        )
        users = {}
        for customer_id, user_id in rows:
            users.setdefault(customer_id, []).append(user_id)
        for customer in self:
            customer.salesperson_ids = [(6, 0, users.get(customer.id, []))]

    def _search_salesperson_ids(self, operator, value):
        if operator not in ("=", "in"):
            return NotImplemented
        self.env.flush_all()  # the links are read by SQL
        ids = [value] if isinstance(value, int) else list(value)
        rows = SQL(
            "(SELECT customer_id FROM (%s) link WHERE user_id IN %s)",
            self._salesperson_sql(),
            tuple(ids) or (0,),
        )
        return [("id", "in", rows)]
