from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools import roi
from ..tools.interval import newcombe

BASE_DAYS = 180  # the DSO before is the mean of the half-year before the start
ON_TIME = 15  # a pilot is judged on what is paid at most so many days late


class RecouvrementRoi(models.Model):
    """What collection has brought since a day: before and after, pilot against control.

    Cash freed is yearly sales / 365 x days of DSO won. Hours are an estimate from minutes
    that the manager sets. Before and after may differ for many reasons; a pilot and a
    control group chosen alike are the better proof, and the page says which one it shows.
    """

    _name = "recouvrement.roi"
    _description = "Return on investment"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    start_date = fields.Date(
        string="In use since",
        required=True,
        default=lambda self: self._default_start(),
        help="Before it is before, after it is after.",
    )
    hourly_cost = fields.Monetary(string="Cost of an hour", default=35.0)
    minutes_by_hand = fields.Float(
        string="Minutes per message by hand",
        default=10.0,
        help="8 to 15 minutes are usual: look up, write, join the invoice, note it.",
    )
    minutes_now = fields.Float(
        string="Minutes per message now",
        default=0.5,
        help="What a person still spends: reading, confirming.",
    )
    financing_rate = fields.Float(string="Cost of cash (% a year)", default=4.0)
    pilot_category_id = fields.Many2one(
        "res.partner.category", string="Tag of the pilot customers"
    )
    control_category_id = fields.Many2one(
        "res.partner.category", string="Tag of the control customers"
    )
    dso_before = fields.Float(compute="_compute_gain", string="DSO before")
    dso_now = fields.Float(compute="_compute_gain", string="DSO now")
    days_won = fields.Float(compute="_compute_gain", string="Days won")
    yearly_sales = fields.Monetary(compute="_compute_gain", string="Sales of a year")
    cash_freed = fields.Monetary(compute="_compute_gain")
    financing = fields.Monetary(
        compute="_compute_gain", string="Financing saved a year"
    )
    message_count = fields.Integer(compute="_compute_gain", string="Messages sent")
    hours = fields.Float(compute="_compute_gain", string="Hours saved")
    hours_value = fields.Monetary(
        compute="_compute_gain", string="What these hours cost"
    )
    cost_by_hand = fields.Monetary(
        compute="_compute_gain", string="Cost of a message by hand"
    )
    cost_now = fields.Monetary(compute="_compute_gain", string="Cost of a message now")
    is_known = fields.Boolean(compute="_compute_gain")
    pilot_sentence = fields.Char(compute="_compute_pilot", string="Pilot and control")

    _amounts_positive = models.Constraint(
        "CHECK (hourly_cost >= 0 AND minutes_by_hand >= 0 AND minutes_now >= 0"
        " AND financing_rate >= 0)",
        "Costs, minutes and rates are not negative.",
    )

    @api.depends("start_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._(
                "Since %(day)s", day=format_date(self.env, one.start_date)
            )

    @api.model
    def _default_start(self):
        """The day of the first message that left, else today."""
        first = self.env["recouvrement.reminder"].search(
            [("state", "=", "sent"), ("company_id", "=", self.env.company.id)],
            order="date",
            limit=1,
        )
        return first.date or self.env.company._recouvrement_today()

    @api.constrains("pilot_category_id", "control_category_id")
    def _check_groups(self):
        for one in self:
            if (
                one.pilot_category_id
                and one.pilot_category_id == one.control_category_id
            ):
                raise ValidationError(
                    self.env._("The pilot and the control group carry different tags.")
                )

    @api.depends(
        "company_id",
        "start_date",
        "hourly_cost",
        "minutes_by_hand",
        "minutes_now",
        "financing_rate",
    )
    def _compute_gain(self):
        for one in self:
            before, last = one._dso_figures()
            one.is_known = before is not None and last is not None
            messages = one._messages()
            found = roi.gain(
                before if one.is_known else 0.0,
                last["dso"] if one.is_known else 0.0,
                last["sales_365"] if one.is_known else 0.0,
                one.financing_rate,
                messages,
                one.minutes_by_hand,
                one.minutes_now,
                one.hourly_cost,
            )
            one.message_count = messages
            one.dso_before = before or 0.0
            one.dso_now = last["dso"] if last else 0.0
            one.yearly_sales = last["sales_365"] if last else 0.0
            one.days_won, one.cash_freed = found.days, found.cash
            one.financing, one.hours = found.financing, found.hours
            one.hours_value = found.value
            one.cost_by_hand, one.cost_now = found.cost_by_hand, found.cost_now

    def _dso_figures(self):
        """Mean DSO of the month ends of the half-year before the start, and the last one."""
        self.ensure_one()
        start = self.start_date or fields.Date.today()
        series = [
            day
            for day in self.env["recouvrement.kpi.snapshot"]._series(
                [
                    ("company_id", "=", self.company_id.id),
                    ("date", ">=", start - timedelta(days=BASE_DAYS)),
                ]
            )
            if day["dso"] is not None
        ]
        before = [day["dso"] for day in series if day["date"] < start]
        after = [day for day in series if day["date"] >= start]
        mean = sum(before) / len(before) if before else None
        return mean, after[-1] if after else None

    def _messages(self):
        self.ensure_one()
        return self.env["recouvrement.reminder"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sent"),
                ("date", ">=", self.start_date or fields.Date.today()),
            ]
        )

    # === PILOT AGAINST CONTROL === #

    @api.depends("start_date", "pilot_category_id", "control_category_id")
    def _compute_pilot(self):
        for one in self:
            one.pilot_sentence = False
            if one.pilot_category_id and one.control_category_id:
                one.pilot_sentence = one._say_pilot()

    def _say_pilot(self):
        pilot = self._punctual(self.pilot_category_id)
        control = self._punctual(self.control_category_id)
        found = newcombe(*pilot, *control)
        if found is None:
            return self.env._("No instalment of one of the groups was paid since.")
        values = {
            "pilot": f"{100 * pilot[0] / pilot[1]:.1f}",
            "control": f"{100 * control[0] / control[1]:.1f}",
            "low": f"{100 * found.low:+.1f}",
            "high": f"{100 * found.high:+.1f}",
            "days": ON_TIME,
        }
        if found.excludes_zero:
            return self.env._(
                "Paid at most %(days)s days late: %(pilot)s %% of the pilot, %(control)s %% "
                "of the control. The difference lies between %(low)s and %(high)s points: "
                "it is not chance.",
                **values,
            )
        return self.env._(
            "Paid at most %(days)s days late: %(pilot)s %% of the pilot, %(control)s %% of "
            "the control. The difference lies between %(low)s and %(high)s points: it can be "
            "chance.",
            **values,
        )

    def _punctual(self, category):
        """``(paid at most 15 days late, all)``: instalments of a group due since the start
        and paid."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("due_date", ">=", self.start_date),
            ("partner_id.category_id", "in", category.ids),
        ]
        Cycle = self.env["recouvrement.cycle.time"].with_company(self.company_id)
        total = Cycle.search_count(domain)
        return Cycle.search_count([*domain, ("days_late", "<=", ON_TIME)]), total
