from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.segment import (
    DIFFICULT,
    GOOD,
    INACTIVE,
    LITIGATION,
    NEW,
    OCCASIONAL_LATE,
    USUAL_LATE,
    Thresholds,
)
from .transaction_once import looked_up_anew, once

CODE_SELECTION = [
    (LITIGATION, "Litigation"),
    (INACTIVE, "Inactive"),
    (NEW, "New customer"),
    (DIFFICULT, "Difficult payer"),
    (USUAL_LATE, "Usually late"),
    (OCCASIONAL_LATE, "Occasionally late"),
    (GOOD, "Good payer"),
]

# Field of ``tools.segment.Thresholds`` -> the segment and field that hold it.
THRESHOLDS = {
    "inactive_days": (INACTIVE, "inactive_days"),
    "new_below": (NEW, "min_invoices"),
    "difficult_late30": (DIFFICULT, "late30_percent"),
    "difficult_open_days": (DIFFICULT, "open_days"),
    "difficult_median": (DIFFICULT, "median_days"),
    "usual_late": (USUAL_LATE, "late_percent"),
    "occasional_late": (OCCASIONAL_LATE, "late_percent"),
    "occasional_late30": (OCCASIONAL_LATE, "late30_percent"),
    "grace_days": (GOOD, "grace_days"),
    "shrink": (GOOD, "shrink"),
    "upgrade_days": (GOOD, "upgrade_days"),
}

# Sensible values of a threshold, ends included.
LIMITS = {
    "inactive_days": (30, 1825),
    "min_invoices": (1, 50),
    "late_percent": (1, 99),
    "late30_percent": (1, 99),
    "open_days": (1, 1825),
    "median_days": (1, 365),
    "grace_days": (0, 30),
    "shrink": (0, 100),
    "upgrade_days": (0, 365),
}


class RecouvrementSegment(models.Model):
    """How a customer pays: one segment per behaviour, with the thresholds that decide it.

    The first rule that matches wins (``tools/segment.py``). The shipped segments hold for
    every company; a company that judges otherwise has its own copy of a segment, with the
    same code.
    """

    _name = "recouvrement.segment"
    _description = "Payment segment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(CODE_SELECTION, required=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: for every company that has no segment of its own for this behaviour.",
    )
    note = fields.Text(string="Rule in words", translate=True)
    scenario_id = fields.Many2one(
        "recouvrement.scenario",
        compute="_compute_scenario_id",
        help="The first scenario for this segment; its conditions may lead to another one.",
    )
    late_percent = fields.Float(
        string="Late instalments above (%)",
        help="Share of the last 12 months, weighed with the other customers.",
    )
    late30_percent = fields.Float(
        string="More than 30 days late from (%)",
        help="Share of the last 12 months, weighed with the other customers.",
    )
    open_days = fields.Integer(
        string="Open item late by more than (days)", help="One such item is enough."
    )
    median_days = fields.Integer(
        string="Usual delay above (days)", help="Half of the payments came later."
    )
    min_invoices = fields.Integer(
        string="Fewer instalments known than",
        help="With fewer paid or long overdue instalments in 12 months nothing is judged.",
    )
    inactive_days = fields.Integer(string="No invoice for (days)")
    grace_days = fields.Integer(
        string="Days of grace",
        help="A payment is late from the day after them. They absorb the delay of the bank "
        "and of its import; they start on the first business day on or after the due date.",
    )
    shrink = fields.Integer(
        string="Weight of the other customers",
        help="Each customer is judged as if he had this many more instalments, paid like "
        "everybody's: three lucky payments do not make a good payer.",
    )
    upgrade_days = fields.Integer(
        string="Days before a better segment",
        help="A customer who pays worse goes down at once; one who pays better goes up when "
        "it has lasted this long.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "This company already has a segment for this payment behaviour.",
    )

    @api.depends_context("company")
    def _compute_scenario_id(self):
        scenarios = (
            self.env["recouvrement.scenario"]
            .sudo()  # shown by name to who may read the segment
            .search(
                Domain("segment_ids", "in", self.ids)
                & Domain("nature", "=", False)
                & Domain("for_hardship", "=", False)
                & Domain("company_id", "in", [False, *self.env.company.parent_ids.ids])
            )
        )
        for segment in self:
            fitting = scenarios.filtered(lambda s, own=segment: own in s.segment_ids)
            # Those that name grades are for a part of the segment only.
            plain = fitting.filtered(lambda s: not s.grade_from)
            segment.scenario_id = (plain or fitting)[:1]

    # === CHECKS === #

    @api.constrains("code", *LIMITS)
    def _check_limits(self):
        for segment in self:
            for code, name in THRESHOLDS.values():
                low, high = LIMITS[name]
                if code == segment.code and not low <= segment[name] <= high:
                    raise ValidationError(
                        self.env._(
                            '%(segment)s: "%(field)s" goes from %(low)s to %(high)s.',
                            segment=segment.name,
                            field=self._field_label(name),
                            low=low,
                            high=high,
                        )
                    )

    @api.constrains("code", "company_id", *LIMITS)
    def _check_order(self):
        owners = self.search([("company_id", "!=", False)]).company_id
        for company in [self.env["res.company"], *owners]:
            by_code = self._by_code(company)
            worst = by_code.get(DIFFICULT), by_code.get(OCCASIONAL_LATE)
            usual = by_code.get(USUAL_LATE), by_code.get(OCCASIONAL_LATE)
            for (high, low), name in (
                (usual, "late_percent"),
                (worst, "late30_percent"),
            ):
                if high and low and high[name] <= low[name]:
                    raise ValidationError(self._order_message(high, low, name))

    def _order_message(self, high, low, name):
        return self.env._(
            '"%(field)s" must be higher for %(high)s (%(high_value)g) than for %(low)s '
            "(%(low_value)g): a customer would never be %(low)s.",
            field=self._field_label(name),
            high=high.name,
            high_value=high[name],
            low=low.name,
            low_value=low[name],
        )

    def _field_label(self, name):
        return self._fields[name]._description_string(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        """A company's own segment counts at once."""
        with looked_up_anew(self.env):
            return super().create(vals_list)

    def write(self, vals):
        """Refuse another code: files and scenarios already name this behaviour."""
        if "code" in vals and any(segment.code != vals["code"] for segment in self):
            raise UserError(
                self.env._(
                    "The behaviour of a segment cannot change: create another one."
                )
            )
        with looked_up_anew(self.env):
            return super().write(vals)

    def unlink(self):
        """A company's own segment does not count any more."""
        with looked_up_anew(self.env):
            return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        if any(not segment.company_id for segment in self):
            raise UserError(
                self.env._(
                    "The segments of every company are needed to judge customers: change "
                    "their thresholds instead."
                )
            )

    # === BUSINESS === #

    @api.model
    def _of_company(self, company):
        """The segments of ``company``: the shared ones, then its own."""

        def look_up():
            segments = self.search_fetch([("company_id", "in", [False, company.id])])
            return segments.sorted(lambda segment: bool(segment.company_id)).ids

        key = "segments", company.id, self.env.uid, self.env.su
        return self.browse(once(self.env, key, look_up))

    @api.model
    def _by_code(self, company):
        """``{code: segment}`` of ``company``: its own ones before the shared ones."""
        return {segment.code: segment for segment in self._of_company(company)}

    @api.model
    def _thresholds(self, company):
        """The thresholds of ``company`` as the rules read them."""
        by_code = self._by_code(company)
        values = {}
        for name, (code, field) in THRESHOLDS.items():
            if code in by_code:
                value = by_code[code][field]
                if field.endswith("_percent"):
                    value = Decimal(str(value)) / 100
                values[name] = value
        return Thresholds(**values)
