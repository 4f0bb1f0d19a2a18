from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.alert import Condition

COMPANY_MEASURES = [
    ("dso", "DSO (days)"),
    ("dso_change", "Change of the DSO (%)"),
    ("over_90", "Share over 90 days late (%)"),
    ("over_90_change", "Change of what is over 90 days late (%)"),
    ("disputed_share", "Share in dispute (%)"),
    ("disputed_change", "Change of what is in dispute (%)"),
    ("overdue_share", "Share overdue (%)"),
    ("orphan_count", "Customers nothing follows"),
    ("complaint_share", "Messages complained about (%)"),
]
CUSTOMER_MEASURES = [
    ("overdue", "Overdue amount"),
    ("late_over", "Amount over 90 days late"),
    ("receivable", "Open balance"),
    ("oldest_days", "Days late of the oldest item"),
    ("days_untouched", "Days since the last contact"),
    ("disputed", "Amount in dispute"),
]
SCOPES = {"company": COMPANY_MEASURES, "customer": CUSTOMER_MEASURES}


class RecouvrementAlertRule(models.Model):
    """When to warn, written without code: conditions that all have to hold.

    A rule about customers puts a coloured mark on each of them while it holds. People are
    told when an alert starts, and again only after ``repeat_days`` while it lasts.
    """

    _name = "recouvrement.alert.rule"
    _inherit = ["mail.activity.mixin", "mail.thread"]
    _description = "Alert rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    scope = fields.Selection(
        [("company", "The company"), ("customer", "Each customer")],
        string="About",
        required=True,
        default="customer",
    )
    period_days = fields.Integer(
        string="Period of a change (days)",
        default=60,
        help="A change compares today with so many days before.",
    )
    segment_ids = fields.Many2many(
        "recouvrement.segment",
        string="Only these segments",
        help="Empty: all segments. For rules about customers.",
    )
    condition_ids = fields.One2many(
        "recouvrement.alert.condition", "rule_id", string="Conditions", copy=True
    )
    margin = fields.Float(
        string="Margin to end (%)",
        default=10.0,
        help="The alert ends once the figure has come back by this share of the threshold.",
    )
    color = fields.Integer(string="Colour of the mark", default=1)
    notify = fields.Selection(
        [
            ("mark", "Mark only"),
            ("activity", "Activity"),
            ("email", "E-mail"),
            ("both", "Activity and e-mail"),
        ],
        string="Tell",
        required=True,
        default="activity",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Whom to tell",
        help="Empty: who is in charge of the customer; for the company, its default agent.",
    )
    repeat_days = fields.Integer(
        string="Tell again after (days)", help="While the alert lasts. 0 = never."
    )
    alert_ids = fields.One2many("recouvrement.alert", "rule_id")
    open_count = fields.Integer(string="Alerts now", compute="_compute_open_count")

    _margin_range = models.Constraint(
        "CHECK (margin >= 0 AND margin <= 100)",
        "The margin lies between 0 and 100 %.",
    )
    _days_positive = models.Constraint(
        "CHECK (period_days > 0 AND repeat_days >= 0)",
        "A period has at least one day; the days before telling again are not negative.",
    )

    @api.depends("alert_ids.ended_on")
    def _compute_open_count(self):
        rows = self.env["recouvrement.alert"]._read_group(
            [("rule_id", "in", self.ids), ("ended_on", "=", False)],
            ["rule_id"],
            ["__count"],
        )
        counts = {rule.id: count for rule, count in rows}
        for rule in self:
            rule.open_count = counts.get(rule.id, 0)

    @api.constrains("scope", "condition_ids")
    def _check_conditions(self):
        for rule in self:
            if not rule.condition_ids:
                raise ValidationError(
                    self.env._("Give the alert “%s” at least one condition.", rule.name)
                )
            known = {measure for measure, _label in SCOPES[rule.scope]}
            if set(rule.condition_ids.mapped("measure")) - known:
                raise ValidationError(
                    self.env._(
                        "The conditions of “%s” are not all about the same thing: choose "
                        "measures of the company or measures of customers.",
                        rule.name,
                    )
                )

    def _conditions(self):
        self.ensure_one()
        return tuple(
            Condition(one.measure, one.comparison, one.threshold)
            for one in self.condition_ids
        )

    def action_open_alerts(self):
        """The alerts of this rule."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto_reports.recouvrement_alert_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)]}


class RecouvrementAlertCondition(models.Model):
    """One comparison of a rule; all of them have to hold."""

    _name = "recouvrement.alert.condition"
    _description = "Condition of an alert"

    rule_id = fields.Many2one(
        "recouvrement.alert.rule", required=True, ondelete="cascade", index=True
    )
    scope = fields.Selection(related="rule_id.scope")
    measure = fields.Selection(
        [*COMPANY_MEASURES, *CUSTOMER_MEASURES], required=True, string="Figure"
    )
    comparison = fields.Selection(
        [("above", "more than"), ("below", "less than")],
        required=True,
        default="above",
    )
    threshold = fields.Float(required=True)

    @api.constrains("measure")
    def _check_measure(self):
        self.rule_id._check_conditions()
