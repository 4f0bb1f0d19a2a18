from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.score import GRADES


class RecouvrementCustomer(models.Model):
    """What the nights found on a customer: segment to come, last score."""

    _inherit = "recouvrement.customer"

    segment_up_id = fields.Many2one(
        "recouvrement.segment",
        string="Better segment to confirm",
        readonly=True,
        ondelete="restrict",
        help="How the customer pays lately; it becomes the segment when it has lasted.",
    )
    score_id = fields.Many2one(
        "recouvrement.score", string="Last score", compute="_compute_score_id"
    )
    grade = fields.Selection(
        [(grade, grade) for grade in GRADES],
        compute="_compute_score_id",
        search="_search_grade",
        help="Risk from A, the best, to E. A sorting aid: a person decides.",
    )
    score_reason = fields.Text(compute="_compute_score_reason", string="Why this score")

    @api.depends("score_ids", "nature", "legal_regime")
    def _compute_score_id(self):
        self.env["recouvrement.score"].flush_model(["customer_id", "date", "grade"])
        rows = self.env.execute_query(
            SQL(
                "SELECT customer_id, id, grade FROM (%s) last WHERE customer_id IN %s",
                self._last_score_sql(),
                tuple(self.ids) or (0,),
            )
        )
        last = {row[0]: row[1:] for row in rows}
        for customer in self:
            found = last.get(customer.id) if customer._may_be_graded() else None
            customer.score_id, customer.grade = found or (False, False)

    @api.depends("score_id")
    @api.depends_context("lang")
    def _compute_score_reason(self):
        for customer in self:
            customer.score_reason = customer.score_id.reason

    @api.model
    def _last_score_sql(self):
        return SQL(
            """SELECT DISTINCT ON (customer_id) customer_id, id, grade
                 FROM recouvrement_score ORDER BY customer_id, date DESC, id DESC"""
        )

    @api.model
    def _search_grade(self, operator, value):
        if operator != "in":
            return NotImplemented
        grades = tuple(grade for grade in value if grade)
        natural = self._domain_not_graded()
        found = ~natural & self._domain_of_grades(grades or ("",))
        if not all(value):
            found |= natural | ~self._domain_of_grades(GRADES)
        return found

    @api.model
    def _domain_of_grades(self, grades):
        rows = SQL(
            "(SELECT customer_id FROM (%s) last WHERE grade IN %s)",
            self._last_score_sql(),
            tuple(grades),
        )
        return Domain("id", "in", rows)
