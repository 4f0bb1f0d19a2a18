from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

OPERATORS = {"=", "!=", "<", "<=", ">", ">="}


class RecouvrementCustomer(models.Model):
    """What is at risk with a customer: the order of the lists."""

    _inherit = "recouvrement.customer"

    risk_amount = fields.Monetary(
        string="Amount at risk",
        compute="_compute_risk_amount",
        search="_search_risk_amount",
        help="Open amounts times their chance to be more than 30 days late, as last foretold.",
    )

    @api.model
    def _risk_sql(self):
        """Rows ``customer_id, risk_amount`` of the last predictions."""
        self.env["recouvrement.prediction"].flush_model(["customer_id", "risk_amount"])
        return SQL(
            """(SELECT customer_id, SUM(risk_amount) AS risk_amount
                  FROM recouvrement_prediction GROUP BY customer_id)"""
        )

    @api.depends("prediction_ids.risk_amount")
    def _compute_risk_amount(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT customer_id, risk_amount FROM %s risk WHERE customer_id IN %s",
                self._risk_sql(),
                tuple(self.ids) or (0,),
            )
        )
        found = dict(rows)
        for customer in self:
            customer.risk_amount = found.get(customer.id, 0.0)

    @api.model
    def _search_risk_amount(self, operator, value):
        if operator not in OPERATORS:
            return NotImplemented
        query = SQL(
            """(SELECT customer.id FROM recouvrement_customer customer
                  LEFT JOIN %s risk ON risk.customer_id = customer.id
                 WHERE COALESCE(risk.risk_amount, 0) %s %s)""",
            self._risk_sql(),
            SQL("<>" if operator == "!=" else operator),
            value or 0,
        )
        return Domain("id", "in", query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """EXTENDS: lists sort by what is at risk."""
        if field_name != "risk_amount":
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        risk = query.make_alias(alias, "risk")
        query.add_join(
            "LEFT JOIN",
            risk,
            self._risk_sql(),
            SQL(
                "%s = %s",
                SQL.identifier(risk, "customer_id"),
                SQL.identifier(alias, "id"),
            ),
        )
        column = SQL.identifier(risk, "risk_amount")
        return SQL("COALESCE(%s, 0) %s %s", column, direction, nulls)
