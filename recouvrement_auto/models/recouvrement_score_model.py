import hashlib
import json
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.payment_history import HORIZONS
from ..tools.payment_model import check, train

_logger = logging.getLogger(__name__)

KEPT = 12
REFIT_DAYS = 30  # monthly is enough (scoring.md section 4.7)


class RecouvrementScoreModel(models.Model):
    """What a company's own history taught: weights as plain numbers, with their proof.

    One model of a company is in use. It is data, never code: it is checked number by number
    and against its hash each time it is loaded, and what does not pass is not used.
    """

    _name = "recouvrement.score.model"
    _description = "Payment prediction model"
    _order = "trained_on desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    trained_on = fields.Date(
        required=True,
        readonly=True,
        string="Trained on",
        help="What happened on this day or later was not read.",
    )
    in_use = fields.Boolean(readonly=True)
    level = fields.Selection(
        [("0", "Too little history: no percentage"), ("1", "Own model")],
        required=True,
        readonly=True,
    )
    rows = fields.Integer(readonly=True, string="Instalments learnt from")
    payload = fields.Json(readonly=True, required=True)
    content_hash = fields.Char(readonly=True, required=True, string="SHA-256")
    foretold_on = fields.Date(readonly=True, string="Last prediction")
    watch = fields.Json(readonly=True, string="Watch since the training")
    target_ids = fields.One2many("recouvrement.score.model.target", "model_id")

    _in_use_uniq = models.UniqueIndex(
        "(company_id) WHERE in_use", "A company uses one model at a time."
    )

    @api.depends("trained_on")
    def _compute_display_name(self):
        for model in self:
            model.display_name = fields.Date.to_string(model.trained_on)

    # === LEARNING === #

    @api.model
    def _train(self, company, date):
        """Learn from what was known at the end of the day before ``date``; use the result.

        :return: the new model, in use
        """
        before = fields.Date.subtract(date, days=1)
        items = self.env["recouvrement.payment.history"]._load(company, before)
        payload = train(items, date.toordinal())
        text = self._canonical(payload)
        previous = self._in_use(company)
        previous.in_use = False
        previous.flush_recordset()
        model = self.create(
            {
                "company_id": company.id,
                "trained_on": date,
                "in_use": True,
                "level": str(payload["level"]),
                "rows": payload["rows"],
                "payload": json.loads(text),
                "content_hash": hashlib.sha256(text.encode()).hexdigest(),
            }
        )
        self.env["recouvrement.score.model.target"]._create_for(model, payload)
        self._log("score.model.trained", model)
        self._forget(company)
        return model

    @api.model
    def _canonical(self, payload):
        return json.dumps(payload, sort_keys=True, allow_nan=False)

    def _log(self, event, model):
        self.env["recouvrement.log"]._append(
            event,
            company=model.company_id,
            facts={
                "trained_on": str(model.trained_on),
                "level": model.level,
                "hash": model.content_hash,
                "used": {
                    str(target.horizon): target.used for target in model.target_ids
                },
            },
        )

    @api.model
    def _forget(self, company):
        """Keep the last ones, and the one in use."""
        old = self.search([("company_id", "=", company.id)], offset=KEPT)
        old.filtered(lambda model: not model.in_use).unlink()

    # === USE === #

    @api.model
    def _in_use(self, company):
        return self.search([("company_id", "=", company.id), ("in_use", "=", True)])

    def _payload(self):
        """The numbers of the model, checked; None when they cannot be used."""
        if not self:
            return None
        self.ensure_one()
        text = self._canonical(self.payload)
        digest = hashlib.sha256(text.encode()).hexdigest()
        try:
            if digest != self.content_hash:
                raise ValueError("the hash does not match")
            return check(self.payload)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _logger.error("Payment model %s is not used: %s", self.id, error)
            return None

    def _is_old(self, date):
        return not self or (date - self.trained_on).days >= REFIT_DAYS

    def action_use(self):
        """Go back to this model; the next prediction uses it."""
        self.ensure_one()
        self.check_access("read")
        self._only_managers()
        if self._payload() is None:
            raise UserError(
                self.env._("This model was changed outside Odoo: it cannot be used.")
            )
        this = self.sudo()  # nobody may write models; a manager may choose one
        before = this._in_use(self.company_id)
        before.in_use = False
        before.flush_recordset()
        this.write({"in_use": True, "foretold_on": False})
        this._log("score.model.chosen", this)
        this._wake()

    def action_train(self):
        """Learn again in a moment: the scheduled action does it."""
        self._only_managers()
        company = self.company_id[:1] or self.env.company
        model = self.sudo()._in_use(company)  # as above
        model.watch = {**(model.watch or {}), "refit": True}
        model._wake()

    def _only_managers(self):
        if not self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_manager"
        ):
            raise AccessError(
                self.env._("Only a collection manager chooses or trains a model.")
            )

    @api.model
    def _wake(self):
        self.env.ref(
            "recouvrement_auto.ir_cron_recouvrement_foretell"
        ).sudo()._trigger()


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
