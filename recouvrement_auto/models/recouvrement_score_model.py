import hashlib
import json
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.payment_model import check, is_of_another_kind, train

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
    @api.depends_context("lang")
    def _compute_display_name(self):
        for model in self:
            day = format_date(self.env, model.trained_on)
            model.display_name = self.env._("Learnt on %(day)s", day=day)

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
        if self._is_outgrown():
            return None
        try:
            if not self._is_untouched():
                raise ValueError("the hash does not match")
            return check(self.payload)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _logger.error("Payment model %s is not used: %s", self.id, error)
            return None

    def _is_untouched(self):
        text = self._canonical(self.payload)
        return hashlib.sha256(text.encode()).hexdigest() == self.content_hash

    def _is_outgrown(self):
        """Learnt by another version of this add-on, and untouched since."""
        return is_of_another_kind(self.payload) and self._is_untouched()

    def _refusal(self):
        """Why ``_payload`` gives nothing, in words."""
        if self._is_outgrown():
            return self.env._(
                "This model was learnt by another version of this add-on. It is not used; "
                "the next monthly learning, or “Learn again now”, replaces it."
            )
        return self.env._(
            "The numbers of this model were changed outside Odoo. It is not used."
        )

    def _is_old(self, date):
        return not self or (date - self.trained_on).days >= REFIT_DAYS

    def action_use(self):
        """Go back to this model; the next prediction uses it."""
        self.ensure_one()
        self.check_access("read")
        self._only_managers()
        if self._payload() is None:
            raise UserError(self._refusal())
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
