from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.ladder import grades_between
from ..tools.score import GRADES

GRADE_SELECTION = [(grade, grade) for grade in GRADES]


class RecouvrementScenario(models.Model):
    """A scenario for a part of a segment or of a nature: from one grade to another.

    A grade only narrows a choice that the payment behaviour or the nature makes; alone it
    chooses nothing (scoring.md 4.5).
    """

    _inherit = "recouvrement.scenario"

    grade_from = fields.Selection(
        GRADE_SELECTION,
        string="From grade",
        help="Only for customers graded from here to the next one, A is the best. Asked "
        "before the scenarios of the same segment or nature that name no grade. The "
        "scenario of a customer whose grade changes on the way waits for a person once.",
    )
    grade_to = fields.Selection(GRADE_SELECTION, string="To grade")
    grade_label = fields.Char(compute="_compute_grade_label", string="Grades")

    _grades_order = models.Constraint(
        "CHECK ((grade_from IS NULL) = (grade_to IS NULL) AND "
        "(grade_from IS NULL OR grade_from <= grade_to))",
        "Name both grades, the better one first.",
    )

    @api.depends("grade_from", "grade_to")
    @api.depends_context("lang")
    def _compute_grade_label(self):
        for scenario in self:
            best, worst = scenario.grade_from, scenario.grade_to
            if not best or not worst:
                scenario.grade_label = False
            elif best == worst:
                scenario.grade_label = self.env._("Grade %s", best)
            else:
                scenario.grade_label = self.env._(
                    "Grades %(best)s to %(worst)s", best=best, worst=worst
                )

    @api.constrains("grade_from", "segment_ids", "nature", "for_hardship")
    def _check_not_grade_alone(self):
        for scenario in self.filtered("grade_from"):
            if scenario.for_hardship or not (scenario.nature or scenario.segment_ids):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: a grade never decides alone, choose payment segments "
                        "or a nature too.",
                        name=scenario.name,
                    )
                )

    def _get_customer_domain(self):
        """EXTENDS: of the rule's customers only those of the grades."""
        domain = super()._get_customer_domain()
        if not self.grade_from:
            return domain
        grades = sorted(grades_between(self.grade_from, self.grade_to))
        own = Domain("scenario_override_id", "=", self.id)
        return domain & (own | Domain("grade", "in", grades))
