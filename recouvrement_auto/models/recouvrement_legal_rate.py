from datetime import date
from decimal import Decimal

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.penalty import semester

# The series that the interest of each regime runs on (legal-fr.md section 2).
REGIME_KINDS = {
    "business": "ecb_mro_plus_10",
    "public": "public_mro_plus_8",
    "consumer": "legal_pro",
}


class RecouvrementLegalRate(models.Model):
    """Rates and amounts set by law, by period, each with its source.

    Interest reads them as a mapping by half-year; a half-year that nobody entered stops the
    claim with a sentence that names it.
    """

    _name = "recouvrement.legal.rate"
    _inherit = ["recouvrement.legal.mixin"]
    _description = "Legal rate"

    value = fields.Float(
        required=True,
        digits=(16, 4),
        aggregator=None,
        help="Percent a year, or euros for the recovery fee.",
    )
    unit = fields.Selection(
        [("percent", "% a year"), ("eur", "EUR")], compute="_compute_unit"
    )

    @api.model
    def _selection_kind(self):
        return [
            ("ecb_mro", self.env._("ECB main refinancing rate")),
            ("ecb_mro_plus_10", self.env._("Default late interest (ECB + 10 points)")),
            (
                "public_mro_plus_8",
                self.env._("Late interest of public buyers (ECB + 8 points)"),
            ),
            ("legal_pro", self.env._("Legal interest, creditor in business")),
            ("legal_individual", self.env._("Legal interest, private creditor")),
            ("recovery_fee", self.env._("Fixed recovery fee")),
        ]

    @api.depends("kind")
    def _compute_unit(self):
        for rate in self:
            rate.unit = "eur" if rate.kind == "recovery_fee" else "percent"

    @api.constrains("value")
    def _check_value(self):
        if any(rate.value < 0 for rate in self):
            raise ValidationError(self.env._("A legal rate or amount is not negative."))

    @api.model
    def _regime_kinds(self):
        """Kind of the rate that a message to each legal regime may quote."""
        return dict(REGIME_KINDS)

    @api.model
    def _has_rate(self, kind, day):
        """True when ``kind`` is known on ``day``."""
        return bool(self._find(kind, day))

    @api.model
    @tools.ormcache("kind", "day")
    def _rate(self, kind, day):
        """Value of ``kind`` on ``day`` as a ``Decimal``.

        :raises UserError: no record covers the day; the sentence names kind and period
        """
        return self._get(kind, day)._decimal()

    def _decimal(self):
        self.ensure_one()
        return Decimal(str(self.value)).quantize(Decimal("0.0001")).normalize() + 0

    @api.model
    def _series(self, kind, first, last):
        """``{"2026-H2": Decimal}`` for each half-year from ``first`` to ``last``.

        Half-years that are not entered are left out: the interest raises an error that
        names them when it needs them.
        """
        series, day = {}, date(first.year, 1 if first.month < 7 else 7, 1)
        while day <= last:
            if self._has_rate(kind, day):
                series[semester(day)] = self._rate(kind, day)
            day = date(day.year, 7, 1) if day.month < 7 else date(day.year + 1, 1, 1)
        return series
