from odoo import api, fields, models


class RecouvrementCustomer(models.Model):
    """Coloured marks of a customer: the alert rules that hold for him now."""

    _inherit = "recouvrement.customer"

    alert_rule_ids = fields.Many2many(
        "recouvrement.alert.rule",
        string="Alerts",
        compute="_compute_alert_rule_ids",
        search="_search_alert_rule_ids",
    )

    def _compute_alert_rule_ids(self):
        rows = (
            self.env["recouvrement.alert"]
            .sudo()  # names of rules; read rights on the file were checked by the caller
            ._read_group(
                [("customer_id", "in", self.ids), ("ended_on", "=", False)],
                ["customer_id"],
                ["rule_id:recordset"],
            )
        )
        marks = {customer.id: rules.ids for customer, rules in rows}
        for customer in self:
            customer.alert_rule_ids = marks.get(customer.id, [])

    @api.model
    def _search_alert_rule_ids(self, operator, value):
        if operator not in ("in", "not in", "any"):
            return NotImplemented
        running = [("ended_on", "=", False), ("customer_id", "!=", False)]
        asked = [] if value in ({False}, [False]) else [("rule_id", operator, value)]
        if operator == "not in" and asked:
            asked = [("rule_id", "in", value)]
        alerts = self.env["recouvrement.alert"].sudo()  # ids only
        found = alerts._search([*running, *asked]).subselect("customer_id")
        outside = operator == "not in" if asked else operator == "in"
        return [("id", "not in" if outside else "in", found)]
