from odoo import api, fields, models

from ..tools.payment_history import HORIZONS


class RecouvrementScoreModelTarget(models.Model):
    """One question that a model answers, and how well it did against the rule."""

    _name = "recouvrement.score.model.target"
    _description = "Payment prediction back-test"
    _order = "model_id, horizon"

    model_id = fields.Many2one(
        "recouvrement.score.model", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="model_id.company_id", store=True, index=True, string="Company"
    )
    horizon = fields.Integer(
        required=True, readonly=True, help="Late by more than so many days."
    )
    used = fields.Selection(
        [("model", "Model"), ("rule", "Rule")], required=True, readonly=True
    )
    why = fields.Selection(
        [
            ("better", "Better than the rule on newer invoices"),
            ("even", "As good as the rule on newer invoices"),
            ("brier", "Its probabilities are not better than those of the rule"),
            ("auc", "It ranks customers worse than the rule"),
            ("newest", "It lost against the rule on the newest invoices"),
            ("few_rows", "Too few instalments, or too short a history"),
            ("few_late", "Too few late instalments"),
            ("watch", "It did worse than the rule since the training"),
        ],
        required=True,
        readonly=True,
    )
    rows = fields.Integer(readonly=True)
    late = fields.Integer(readonly=True, string="Of these late")
    test_rows = fields.Integer(readonly=True, string="Tested on")
    model_auc = fields.Float(readonly=True, digits=(4, 3), string="AUC, model")
    rule_auc = fields.Float(readonly=True, digits=(4, 3), string="AUC, rule")
    model_brier = fields.Float(readonly=True, digits=(5, 4), string="Brier, model")
    rule_brier = fields.Float(readonly=True, digits=(5, 4), string="Brier, rule")
    model_ece = fields.Float(readonly=True, digits=(4, 3), string="Calibration, model")
    rule_ece = fields.Float(readonly=True, digits=(4, 3), string="Calibration, rule")
    model_lift = fields.Float(readonly=True, digits=(4, 2), string="Lift, model")
    rule_lift = fields.Float(readonly=True, digits=(4, 2), string="Lift, rule")

    @api.depends("horizon")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for target in self:
            target.display_name = (
                self.env._("Late by more than %s days", target.horizon)
                if target.horizon
                else self.env._("Late at all")
            )

    @api.model
    def _create_for(self, model, payload):
        rows = []
        for horizon in HORIZONS:
            target = payload["targets"][str(horizon)]
            values = {
                "model_id": model.id,
                "horizon": horizon,
                "used": target["used"],
                "why": target["why"],
                "rows": target["rows"],
                "late": target["late"],
                "test_rows": target.get("test_rows", 0),
            }
            for who, figures in (
                ("model", target.get("test")),
                ("rule", target.get("rule_test")),
            ):
                for name, value in (figures or {}).items():
                    values[f"{who}_{name}"] = value or 0
            rows.append(values)
        return self.create(rows)
