from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..tools.score import GRADES


class RecouvrementCustomer(models.Model):
    """The grade in the hands of people: chosen until a day, contested, confirmed."""

    _inherit = "recouvrement.customer"

    grade_override = fields.Selection(
        [(grade, grade) for grade in GRADES], string="Own grade", tracking=True
    )
    grade_override_until = fields.Date(string="Own grade until", tracking=True)
    grade_override_reason = fields.Char(string="Why an own grade", tracking=True)
    grade_computed = fields.Selection(
        [(grade, grade) for grade in GRADES], compute="_compute_score_id"
    )
    score_contested_on = fields.Date(
        string="Score contested on",
        readonly=True,
        tracking=True,
        help="The grade is not used until a manager has looked at it.",
    )
    score_reviewed_by_id = fields.Many2one(
        "res.users", string="Score confirmed by", readonly=True, tracking=True
    )
    score_reviewed_on = fields.Date(string="Score confirmed on", readonly=True)
    prediction_ids = fields.One2many("recouvrement.prediction", "customer_id")
    is_natural_person = fields.Boolean(compute="_compute_is_natural_person")

    _grade_override_complete = models.Constraint(
        "CHECK (grade_override IS NULL OR (grade_override_until IS NOT NULL"
        " AND COALESCE(grade_override_reason, '') != ''))",
        "An own grade has a reason and a last day.",
    )

    @api.constrains("grade_override", "grade_override_until")
    def _check_grade_override_until(self):
        for customer in self:
            until = customer.grade_override_until
            if not customer.grade_override or not until:
                continue
            today = customer.company_id._recouvrement_today()
            if until > fields.Date.add(today, years=1):
                raise ValidationError(
                    self.env._(
                        "An own grade is for a year at most: choose a nearer day."
                    )
                )

    @api.depends("nature", "legal_regime", "partner_id.is_company")
    def _compute_is_natural_person(self):
        for customer in self:
            customer.is_natural_person = (
                "consumer" in (customer.nature, customer.legal_regime)
                or not customer.partner_id.is_company
            )

    def _may_be_graded(self):
        """False for a natural person (unless the company scores them) and a contested one."""
        self.ensure_one()
        if self.score_contested_on:
            return False
        return not self.is_natural_person or self.company_id.recouvrement_score_persons

    @api.model
    def _domain_not_graded(self):
        """Files of which no grade is shown."""
        natural = Domain.OR(
            [
                Domain("nature", "=", "consumer"),
                Domain("legal_regime", "=", "consumer"),
                Domain("partner_id.is_company", "=", False),
            ]
        )
        off = Domain("company_id.recouvrement_score_persons", "=", False)
        return Domain("score_contested_on", "!=", False) | (natural & off)

    @api.depends("grade_override", "grade_override_until", "score_contested_on")
    def _compute_score_id(self):
        """EXTENDS: what a person chose counts until its last day."""
        result = super()._compute_score_id()
        for customer in self:
            customer.grade_computed = customer.grade
            if customer._grade_is_overridden():
                customer.grade = customer.grade_override
        return result

    def _grade_is_overridden(self):
        until = self.grade_override_until
        return bool(
            self.grade_override
            and until
            and until >= self.company_id._recouvrement_today()
        )

    @api.model
    def _search_grade(self, operator, value):
        """EXTENDS: an own grade in force is found, not the computed one."""
        found = super()._search_grade(operator, value)
        if found is NotImplemented:
            return found
        today = self.env.company._recouvrement_today()
        own = Domain("grade_override", "!=", False) & Domain(
            "grade_override_until", ">=", today
        )
        grades = [grade for grade in value if grade]
        return (own & Domain("grade_override", "in", grades)) | (~own & found)

    def write(self, vals):
        """A chosen grade is logged with its reason."""
        result = super().write(vals)
        if "grade_override" in vals:
            for customer in self:
                customer._log_grade("score.overridden")
        return result

    def _log_grade(self, event):
        self.env["recouvrement.log"]._append(
            event,
            company=self.company_id,
            customer=self.id,
            partner=self.partner_id.id,
            facts={
                "computed": self.grade_computed or "",
                "own": self.grade_override or "",
                "until": str(self.grade_override_until or ""),
                "reason": self.grade_override_reason or "",
            },
        )

    def action_contest_score(self):
        """The customer contests his score: it is not used until somebody has looked."""
        self.check_access("write")
        for customer in self:
            customer.write(
                {
                    "score_contested_on": customer.company_id._recouvrement_today(),
                    "score_reviewed_by_id": False,
                    "score_reviewed_on": False,
                }
            )
            customer._log_grade("score.contested")

    def action_confirm_score(self):
        """A manager has looked at the score and answers for it."""
        self.check_access("write")
        if not self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_manager"
        ):
            raise AccessError(
                self.env._("Only a collection manager confirms a contested score.")
            )
        for customer in self:
            customer.write(
                {
                    "score_contested_on": False,
                    "score_reviewed_by_id": self.env.uid,
                    "score_reviewed_on": customer.company_id._recouvrement_today(),
                }
            )
            customer._log_grade("score.confirmed")
