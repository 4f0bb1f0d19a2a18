from dataclasses import fields as dataclass_fields
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.score import Weights

POINTS = (
    *("late_ratio", "late30_ratio", "oldest_open", "median_delay"),
    *("broken_promises", "recent_drift", "disputes_lost"),
)
SIGNALS = ("signal_watch", "signal_alert", "signal_critical")
FULLS = ("full_oldest_days", "full_median_days", "full_promises", "full_drift_days")
CUTS = ("cut_b", "cut_c", "cut_d", "cut_e")
USUAL = Weights()


class RecouvrementScoreCard(models.Model):
    """Points of the risk score as data: how much each factor can give, and the grades.

    The shipped card holds for every company and sector. A company may have its own, and one
    for a sector of customers, where to pay late means something else.
    """

    _name = "recouvrement.score.card"
    _description = "Risk scorecard"
    _order = "company_id, industry_id, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one("res.company", index=True)
    industry_id = fields.Many2one(
        "res.partner.industry",
        string="Sector of the customers",
        ondelete="restrict",
        help="Empty: for every sector that has no card of its own.",
    )
    late_ratio = fields.Integer(
        string="Late instalments", default=USUAL.late_ratio, required=True
    )
    late30_ratio = fields.Integer(
        string="More than 30 days late", default=USUAL.late30_ratio, required=True
    )
    oldest_open = fields.Integer(
        string="Oldest open item", default=USUAL.oldest_open, required=True
    )
    median_delay = fields.Integer(
        string="Usual delay", default=USUAL.median_delay, required=True
    )
    broken_promises = fields.Integer(
        string="Broken promises", default=USUAL.broken_promises, required=True
    )
    recent_drift = fields.Integer(
        string="Later than usual", default=USUAL.recent_drift, required=True
    )
    disputes_lost = fields.Integer(
        string="Disputes without ground", default=USUAL.disputes_lost, required=True
    )
    signal_watch = fields.Integer(
        string="Signal to watch", default=USUAL.signal_watch, required=True
    )
    signal_alert = fields.Integer(
        string="Alarming signal", default=USUAL.signal_alert, required=True
    )
    signal_critical = fields.Integer(
        string="Critical signal", default=USUAL.signal_critical, required=True
    )
    full_late30_percent = fields.Float(
        string="All points from (%)",
        default=float(100 * USUAL.full_late30),
        help="Share of instalments more than 30 days late.",
    )
    full_oldest_days = fields.Integer(
        string="All points from (days late)", default=USUAL.full_oldest_days
    )
    full_median_days = fields.Integer(
        string="All points from (usual days late)", default=USUAL.full_median_days
    )
    full_promises = fields.Integer(
        string="All points from (promises)", default=USUAL.full_promises
    )
    full_drift_days = fields.Integer(
        string="All points from (days later)", default=USUAL.full_drift_days
    )
    full_disputes = fields.Integer(
        string="All points from (disputes)", default=USUAL.full_disputes
    )
    cut_b = fields.Integer(string="B from", default=USUAL.cuts[0], required=True)
    cut_c = fields.Integer(string="C from", default=USUAL.cuts[1], required=True)
    cut_d = fields.Integer(string="D from", default=USUAL.cuts[2], required=True)
    cut_e = fields.Integer(string="E from", default=USUAL.cuts[3], required=True)
    short_history = fields.Integer(
        string="Short history below (instalments)", default=USUAL.short_history
    )

    _scope_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(industry_id, 0))",
        "There is already a scorecard for this company and sector.",
    )
    _full_positive = models.Constraint(
        "CHECK (full_late30_percent > 0 AND full_late30_percent <= 100"
        " AND full_oldest_days > 0 AND full_median_days > 0 AND full_promises > 0"
        " AND full_drift_days > 0 AND full_disputes > 0)",
        "What gives all points is more than zero.",
    )

    @api.constrains(*POINTS, *SIGNALS, *CUTS)
    def _check_points(self):
        for card in self:
            if any(card[name] < 0 for name in (*POINTS, *SIGNALS)):
                raise ValidationError(self.env._("Points cannot be negative."))
            total = sum(card[name] for name in POINTS)
            if total != 100:
                raise ValidationError(
                    self.env._(
                        "The points of the factors add up to 100, not to %s.", total
                    )
                )
            cuts = [card[name] for name in CUTS]
            if not 0 < cuts[0] < cuts[1] < cuts[2] < cuts[3] <= 100:
                raise ValidationError(
                    self.env._("The grades B, C, D and E start one after the other.")
                )

    def _weights(self):
        """The card as the computation reads it."""
        if not self:
            return USUAL
        self.ensure_one()
        names = {field.name for field in dataclass_fields(Weights)}
        values = {name: self[name] for name in names if name in self._fields}
        return Weights(
            **values,
            full_late30=Decimal(str(self.full_late30_percent)) / 100,
            cuts=tuple(self[name] for name in CUTS),
        )

    @api.model
    def _by_industry(self, company):
        """``{industry id or False: Weights}`` of ``company``, its own cards first."""
        cards = self.search_fetch([("company_id", "in", [False, company.id])])
        ordered = cards.sorted(lambda card: bool(card.company_id))
        found = {card.industry_id.id: card._weights() for card in ordered}
        return {False: USUAL, **found}
