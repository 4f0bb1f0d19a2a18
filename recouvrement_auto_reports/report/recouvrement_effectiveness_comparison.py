from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.const import TONE_SELECTION

from ..models.recouvrement_effectiveness import HORIZONS
from ..tools.interval import newcombe, wilson

FEW = 30  # customers of a group below which the answer says so


class RecouvrementEffectivenessComparison(models.TransientModel):
    """Two versions of a scenario side by side: which one gets paid sooner, and how sure.

    One observation per customer, his first message of the period under each version, so
    that a customer who is written to ten times counts once. Shares come with the 95 %
    interval of Wilson, their difference with that of Newcombe.
    """

    _name = "recouvrement.effectiveness.comparison"
    _description = "Comparison of two versions"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    scenario_id = fields.Many2one("recouvrement.scenario", required=True)
    version_id = fields.Many2one(
        "recouvrement.scenario.version",
        required=True,
        domain="[('scenario_id', '=', scenario_id)]",
    )
    base_version_id = fields.Many2one(
        "recouvrement.scenario.version",
        string="Compared with",
        required=True,
        domain="[('scenario_id', '=', scenario_id), ('id', '!=', version_id)]",
    )
    date_from = fields.Date(
        string="Messages from",
        required=True,
        default=lambda self: fields.Date.subtract(
            self.env.company._recouvrement_today(), months=12
        ),
    )
    date_to = fields.Date(
        string="to",
        required=True,
        default=lambda self: self.env.company._recouvrement_today(),
    )
    horizon = fields.Selection(
        [("7", "7 days"), ("15", "15 days"), ("30", "30 days")],
        string="Settled within",
        required=True,
        default="15",
    )
    tone = fields.Selection(TONE_SELECTION, help="Empty: all tones.")
    count = fields.Integer(string="Customers", compute="_compute_result")
    share = fields.Float(string="Settled (%)", compute="_compute_result")
    interval = fields.Char(string="95 % interval", compute="_compute_result")
    base_count = fields.Integer(compute="_compute_result")
    base_share = fields.Float(compute="_compute_result")
    base_interval = fields.Char(compute="_compute_result")
    difference = fields.Char(compute="_compute_result")
    verdict = fields.Selection(
        [
            ("none", "Nothing to compare"),
            ("unsure", "No difference can be told"),
            ("better", "Better"),
            ("worse", "Worse"),
        ],
        compute="_compute_result",
    )
    sentence = fields.Char(compute="_compute_result")

    @api.constrains("date_from", "date_to", "version_id", "base_version_id")
    def _check_question(self):
        for one in self:
            if one.date_from > one.date_to:
                raise ValidationError(self.env._("The period ends before it starts."))
            if one.version_id == one.base_version_id:
                raise ValidationError(self.env._("Choose two different versions."))

    @api.onchange("scenario_id")
    def _onchange_scenario_id(self):
        """The last two versions are the usual question."""
        last = self.env["recouvrement.scenario.version"].search(
            [("scenario_id", "=", self.scenario_id.id or 0)],
            order="version desc",
            limit=2,
        )
        self.version_id, self.base_version_id = last[:1], last[1:]

    @api.depends("version_id", "base_version_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for one in self:
            chosen = one.version_id and one.base_version_id
            one.display_name = (
                f"{one.version_id.display_name} / {one.base_version_id.display_name}"
                if chosen
                else self.env._("Compare two versions")
            )

    @api.depends(
        "company_id",
        "version_id",
        "base_version_id",
        "date_from",
        "date_to",
        "horizon",
        "tone",
    )
    def _compute_result(self):
        for one in self:
            counts = one._counts()
            settled, total = counts.get(one.version_id.id, (0, 0))
            base_settled, base_total = counts.get(one.base_version_id.id, (0, 0))
            found = newcombe(settled, total, base_settled, base_total)
            one.count, one.base_count = total, base_total
            one.share = 100 * settled / total if total else 0.0
            one.base_share = 100 * base_settled / base_total if base_total else 0.0
            one.interval = one._bounds(wilson(settled, total))
            one.base_interval = one._bounds(wilson(base_settled, base_total))
            one.difference = one._bounds(found, signed=True)
            one.verdict = one._judge(found)
            one.sentence = one._say(found, min(total, base_total))

    def _counts(self):
        """``{version id: (settled, customers)}``: first message of each customer."""
        self.ensure_one()
        Row = self.env["recouvrement.effectiveness"]
        days = int(self.horizon or HORIZONS[1])
        domain = [
            ("company_id", "=", self.company_id.id),
            ("version_id", "in", (self.version_id | self.base_version_id).ids),
            ("day", ">=", self.date_from),
            ("day", "<=", self.date_to),
            (f"known_{days}", "=", 1),
            ("amount", ">", 0),
        ]
        if self.tone:
            domain.append(("tone", "=", self.tone))
        query = Row._search(domain)
        if query.is_empty():
            return {}
        first = query.select(
            SQL("version_id"),
            SQL("customer_id"),
            SQL("%s AS settled", SQL.identifier(f"full_{days}")),
            SQL(
                """ROW_NUMBER() OVER (PARTITION BY version_id, customer_id
                                      ORDER BY day, recouvrement_effectiveness.id) AS rank"""
            ),
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT version_id, SUM(settled)::int, COUNT(*)::int
                     FROM (%s) message WHERE rank = 1 GROUP BY version_id""",
                first,
            )
        )
        return {version: (settled, total) for version, settled, total in rows}

    @api.model
    def _bounds(self, interval, signed=False):
        if interval is None:
            return False
        sign = "+" if signed else ""
        low, high = (
            f"{100 * bound:{sign}.1f}" for bound in (interval.low, interval.high)
        )
        return self.env._("between %(low)s and %(high)s", low=low, high=high)

    @api.model
    def _judge(self, interval):
        if interval is None:
            return "none"
        if not interval.excludes_zero:
            return "unsure"
        return "better" if interval.value > 0 else "worse"

    @api.model
    def _say(self, interval, smallest):
        if interval is None:
            return self.env._(
                "No message of one of these versions is old enough to be judged."
            )
        points = f"{100 * interval.value:+.1f}"
        bounds = self._bounds(interval, signed=True)
        if interval.excludes_zero:
            text = self.env._(
                "%(points)s points, %(bounds)s: a difference of this size is not chance.",
                points=points,
                bounds=bounds,
            )
        else:
            text = self.env._(
                "%(points)s points, %(bounds)s: this can be chance; let more messages leave "
                "before choosing.",
                points=points,
                bounds=bounds,
            )
        if smallest < FEW:
            few = self.env._("Few customers: %s in the smaller group.", smallest)
            text = f"{text} {few}"
        return text
