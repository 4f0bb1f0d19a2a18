from odoo import api, fields, models

from ..tools.payment_history import NEW_BELOW

SHORT_BELOW = 10


class RecouvrementPrediction(models.Model):
    """What is expected of an open item: chances to be late, and a day of payment.

    One row per open item, renewed by a scheduled action, off the accounting tables. A row
    carries the features and the model it came from, so that it can be computed again.
    """

    _name = "recouvrement.prediction"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "Payment prediction"
    _order = "risk_amount desc, id"

    company_id = fields.Many2one("res.company", required=True, index=True)
    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, ondelete="restrict", index=True
    )
    model_id = fields.Many2one(
        "recouvrement.score.model", ondelete="set null", string="Prediction model"
    )
    date = fields.Date(required=True, string="Foretold on")
    move_res_id = fields.Integer(string="Invoice id", required=True, index=True)
    move_id = fields.Many2one(
        "account.move",
        compute="_compute_move_id",
        search="_search_move_id",
        string="Invoice",
    )
    line_res_id = fields.Integer(string="Journal item id", required=True)
    move_name = fields.Char(string="Number")
    due_date = fields.Date(required=True)
    days_late = fields.Integer(
        aggregator="max", help="From the first business day on or after the due date."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(string="Open amount", help="In company currency.")
    chance_late = fields.Float(
        string="Late (%)",
        digits=(5, 1),
        aggregator="avg",
        help="Empty once the item is overdue.",
    )
    chance_7 = fields.Float(
        string="More than 7 days late (%)", digits=(5, 1), aggregator="avg"
    )
    chance_30 = fields.Float(
        string="More than 30 days late (%)",
        digits=(5, 1),
        aggregator="avg",
        help="Given that it is unpaid today.",
    )
    has_chances = fields.Boolean(help="Enough is known to say something in percent.")
    history = fields.Selection(
        [("new", "New customer"), ("short", "Short history"), ("known", "Known")],
        required=True,
    )
    seen = fields.Integer(string="Instalments known of the customer")
    expected_date = fields.Date(required=True)
    earliest_date = fields.Date(
        required=True, help="Eight payments of ten come between the two days."
    )
    latest_date = fields.Date(required=True)
    risk_amount = fields.Monetary(
        string="Amount at risk",
        help="Open amount times the chance to be more than 30 days late.",
    )
    facts = fields.Json()

    _line_uniq = models.UniqueIndex(
        "(company_id, line_res_id)", "An open item has one prediction."
    )
    _chances_range = models.Constraint(
        "CHECK (chance_late BETWEEN 0 AND 100 AND chance_7 BETWEEN 0 AND 100 "
        "AND chance_30 BETWEEN 0 AND 100)",
        "A chance goes from 0 to 100 %.",
    )
    _dates_order = models.Constraint(
        "CHECK (earliest_date <= expected_date AND expected_date <= latest_date)",
        "The expected day lies between the earliest and the latest one.",
    )

    @api.depends("move_res_id")
    def _compute_move_id(self):
        existing = self.env["account.move"].browse(self.mapped("move_res_id")).exists()
        for row in self:
            known = row.move_res_id in existing._ids
            row.move_id = row.move_res_id if known else False

    def _search_move_id(self, operator, value):
        if operator not in ("=", "in"):
            return NotImplemented
        ids = [value] if isinstance(value, int) else list(value)
        return [("move_res_id", "in", ids)]

    @api.depends("move_name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.move_name or str(row.line_res_id)

    @api.model
    def _history_of(self, seen):
        """How much is known of a customer with ``seen`` instalments."""
        if seen < NEW_BELOW:
            return "new"
        return "short" if seen < SHORT_BELOW else "known"

    def action_open_move(self):
        """The invoice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "view_mode": "form",
            "res_id": self.move_res_id,
        }

    # === CASH === #

    @api.model
    def _expected_cash(self, company, weeks=13, domain=()):
        """Cash expected per week from the expected days of the open items.

        :param weeks: number of weeks from the one of the last prediction
        :param domain: narrows the rows of ``recouvrement.prediction``
        :return: list of ``{"week": Monday, "amount": company currency, "count": items,
            "domain": of the rows behind}`` in order; what is expected later is in a last
            row with ``week`` None, which is always there
        """
        base = [("company_id", "=", company.id), *domain]
        day = self.search(base, order="date DESC", limit=1).date
        day = day or company._recouvrement_today()
        monday = fields.Date.subtract(day, days=day.weekday())
        end = fields.Date.add(monday, weeks=weeks)
        days = {
            day: (amount or 0.0, count)
            for day, amount, count in self._read_group(
                [*base, ("expected_date", "<", end)],
                ["expected_date:day"],
                ["amount:sum", "__count"],
            )
        }
        rows = []
        for number in range(weeks):
            start = fields.Date.add(monday, weeks=number)
            stop = fields.Date.add(start, weeks=1)
            inside = [("expected_date", ">=", start), ("expected_date", "<", stop)]
            of_week = [found for day, found in days.items() if start <= day < stop]
            rows.append(
                {
                    "week": start,
                    "amount": round(sum(amount for amount, _count in of_week), 2),
                    "count": sum(count for _amount, count in of_week),
                    "domain": base + inside,
                }
            )
        later = [*base, ("expected_date", ">=", end)]
        ((amount, count),) = self._read_group(later, [], ["amount:sum", "__count"])
        rows.append(
            {"week": None, "amount": amount or 0.0, "count": count, "domain": later}
        )
        return rows
