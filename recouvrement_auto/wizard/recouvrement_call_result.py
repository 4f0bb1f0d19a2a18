from datetime import timedelta

from odoo import api, fields, models

from ..models.recouvrement_call import OUTCOMES

# Working days proposed for the date of each outcome; calendar days would fall on Sundays.
DAYS = {
    "promise": 5,
    "in_validation": 5,
    "invoice_missing": 5,
    "transfer": 3,
    "unreachable": 1,
}
NOTICE_OF = {"invoice_missing": "invoice_copy"}  # otherwise the code of the outcome


class RecouvrementCallResult(models.TransientModel):
    """What came out of a call, in one dialog: items, outcome, date, note, confirmation and
    next action. Everything is proposed, so that a promise takes a date and one key."""

    _name = "recouvrement.call.result"
    _description = "Result of a call"

    customer_id = fields.Many2one("recouvrement.customer", required=True, readonly=True)
    company_id = fields.Many2one(related="customer_id.company_id")
    partner_id = fields.Many2one(related="customer_id.partner_id")
    activity_id = fields.Many2one("mail.activity", readonly=True)
    reminder_id = fields.Many2one("recouvrement.reminder", readonly=True)
    contact_id = fields.Many2one("res.partner", string="Spoken with")
    phone = fields.Char(compute="_compute_phone")
    line_ids = fields.One2many("recouvrement.call.result.line", "result_id")
    outcome = fields.Selection(OUTCOMES, required=True, default="promise")
    date = fields.Date(compute="_compute_date", store=True, readonly=False)
    currency_id = fields.Many2one("res.currency", compute="_compute_total")
    total = fields.Monetary(compute="_compute_total", string="Ticked")
    ticked = fields.Integer(compute="_compute_total", string="Items ticked")
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    reason_id = fields.Many2one("recouvrement.dispute.reason", string="Contested for")
    note = fields.Text()
    attempt_label = fields.Char(compute="_compute_attempt_label")
    next_action = fields.Selection(
        [
            ("none", "The scenario goes on"),
            ("call", "Call again"),
            ("todo", "Task"),
        ],
        required=True,
        compute="_compute_next",
        store=True,
        readonly=False,
    )
    next_date = fields.Date(
        string="On", compute="_compute_next", store=True, readonly=False
    )
    next_user_id = fields.Many2one(
        "res.users",
        string="By",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    next_summary = fields.Char(string="To do")

    @api.model
    def default_get(self, fields_list):
        """Everything overdue is ticked; the person of the call is proposed."""
        values = super().default_get(fields_list)
        customer = self.env["recouvrement.customer"].browse(values.get("customer_id"))
        if customer:
            values["line_ids"] = [(0, 0, line) for line in self._open_lines(customer)]
            reminder = self.env["recouvrement.reminder"].browse(
                values.get("reminder_id")
            )
            contact = (
                reminder.contact_id
                or customer.collection_contact_ids[:1]
                or customer.partner_id
            )
            values["contact_id"] = contact.id
        return values

    @api.model
    def _open_lines(self, customer):
        """Open debts of the customer, the oldest first, each with what excuses it today."""
        Facts = self.env["recouvrement.planner.facts"].sudo()  # figures of the file
        company = customer.company_id
        day = company._recouvrement_today()
        context = Facts._context(company.sudo(), day, ())
        (bundle,) = Facts._load(context, customer.partner_id.ids)
        items = sorted(
            (item for item in bundle.items if item.amount > 0),
            key=lambda item: (item.due_date, item.line_id),
        )
        return [
            {
                "line_id": item.line_id,
                "excuse": self._excuse(item, day),
                "selected": item.due_date < day and not self._excuse(item, day),
            }
            for item in items
        ]

    @api.model
    def _excuse(self, item, day):
        """In a word, why the item is not chased today."""
        if item.disputed >= item.amount:
            return self.env._("Disputed")
        if item.promised_until and item.promised_until >= day:
            return self.env._("Promised")
        if item.paused_until and item.paused_until > day:
            return self.env._("Paused")
        return ""

    @api.depends("contact_id", "partner_id")
    def _compute_phone(self):
        for result in self:
            result.phone = result.contact_id.phone or result.partner_id.phone

    @api.depends("line_ids.selected")
    def _compute_total(self):
        for result in self:
            lines = result.line_ids.filtered("selected")
            own = result.company_id.currency_id
            shared = lines.currency_id if len(lines.currency_id) == 1 else own
            name = "residual" if len(lines.currency_id) == 1 else "amount_company"
            result.currency_id = shared
            result.total = shared.round(sum(lines.mapped(name)))
            result.ticked = len(lines)

    @api.depends("total")
    def _compute_amount(self):
        for result in self:
            result.amount = result.total

    @api.depends("outcome")
    def _compute_date(self):
        for result in self:
            days = DAYS.get(result.outcome)
            result.date = result._working_day(days) if days else False

    def _working_day(self, days):
        """The open day ``days`` working days after today."""
        company = self.company_id or self.env.company
        calendar = self.env["recouvrement.planner"]._calendar(company)
        return calendar.add_gap(company._recouvrement_today(), days)

    @api.depends("outcome", "customer_id")
    def _compute_attempt_label(self):
        for result in self:
            result.attempt_label = False
            if result.outcome == "unreachable":
                result.attempt_label = self.env._(
                    "Attempt %(number)s of %(most)s",
                    number=result._attempt(),
                    most=result.company_id.recouvrement_call_attempts,
                )

    def _attempt(self):
        return self.env["recouvrement.call"]._attempts(self.customer_id) + 1

    @api.depends("outcome", "date")
    def _compute_next(self):
        """Nobody reached: another try, until there were enough of them."""
        for result in self:
            again = (
                result.outcome == "unreachable"
                and result._attempt() < result.company_id.recouvrement_call_attempts
            )
            result.next_action = "call" if again else "none"
            today = result.company_id._recouvrement_today()
            result.next_date = result.date or today + timedelta(days=7)


class RecouvrementCallResultLine(models.TransientModel):
    """One open item in the dialog; ticked when the call was about it."""

    _name = "recouvrement.call.result.line"
    _description = "Item of a call"
    _order = "id"

    result_id = fields.Many2one(
        "recouvrement.call.result", required=True, ondelete="cascade"
    )
    selected = fields.Boolean(string="About it")
    line_id = fields.Many2one("account.move.line", required=True)
    excuse = fields.Char(string="Because")
    move_res_id = fields.Integer(compute="_compute_item")
    name = fields.Char(string="Invoice", compute="_compute_item")
    due_date = fields.Date(compute="_compute_item")
    days_late = fields.Integer(compute="_compute_item")
    currency_id = fields.Many2one("res.currency", compute="_compute_item")
    residual = fields.Monetary(string="To pay", compute="_compute_item")
    amount_company = fields.Float(compute="_compute_item")

    @api.depends("line_id")
    def _compute_item(self):
        """Always the entry itself: what the browser sends back is the choice alone."""
        for row in self:
            line = row.line_id
            today = (line.company_id or self.env.company)._recouvrement_today()
            row.due_date = line.date_maturity or line.date
            row.days_late = max((today - (row.due_date or today)).days, 0)
            row.move_res_id = line.move_id.id
            row.name = line.move_id.name
            row.currency_id = line.currency_id
            row.residual = line.amount_residual_currency
            row.amount_company = line.amount_residual
