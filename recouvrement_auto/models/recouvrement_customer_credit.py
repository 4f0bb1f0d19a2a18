from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, formatLang

LEVELS = (50, 70, 90, 100)


class RecouvrementCustomer(models.Model):
    """Credit: what the customer owes and will owe against his limit, and the advice.

    The limit is Odoo's own. The advice is for a person; nothing is blocked by itself: a
    manager decides that orders wait, with a reason and until a day.
    """

    _inherit = "recouvrement.customer"

    signal_ids = fields.One2many("recouvrement.signal", "customer_id")
    credit_limit = fields.Monetary(compute="_compute_credit", string="Credit limit")
    credit_exposure = fields.Monetary(
        compute="_compute_credit",
        string="Exposure",
        help="Open balance and orders to invoice.",
    )
    credit_percent = fields.Integer(compute="_compute_credit", string="Limit used (%)")
    credit_level = fields.Selection(
        [
            ("none", "No limit"),
            ("0", "Below 50 %"),
            ("50", "From 50 %"),
            ("70", "From 70 %"),
            ("90", "From 90 %"),
            ("100", "Limit reached"),
        ],
        compute="_compute_credit",
        string="Level of the limit",
    )
    insured_limit = fields.Monetary(
        compute="_compute_credit", help="Sum of the insurer's limits in force."
    )
    insured_amount = fields.Monetary(
        compute="_compute_credit", string="Insured part of the exposure"
    )
    next_insurer_deadline = fields.Date(compute="_compute_credit")
    order_policy = fields.Selection(
        [("warn", "Warn before an order"), ("block", "Let them wait")],
        required=True,
        default="warn",
        tracking=True,
        string="New orders",
    )
    order_policy_until = fields.Date(string="New orders wait until", tracking=True)
    order_policy_reason = fields.Char(string="Why new orders wait", tracking=True)
    credit_advice = fields.Text(compute="_compute_credit_advice")

    _order_policy_complete = models.Constraint(
        "CHECK (order_policy != 'block' OR (order_policy_until IS NOT NULL"
        " AND COALESCE(order_policy_reason, '') != ''))",
        "Orders that wait have a reason and a last day.",
    )

    @api.constrains("order_policy")
    def _check_order_policy(self):
        manager = self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_manager"
        )
        if not manager and any(file.order_policy == "block" for file in self):
            raise ValidationError(
                self.env._("Only a collection manager lets new orders wait.")
            )

    @api.depends("partner_id", "signal_ids", "total_due")
    def _compute_credit(self):
        for file in self:
            # The limit and the balance need accounting rights; the reader of the file
            # may see what concerns his customer.
            partner = file.partner_id.sudo().with_company(file.company_id)
            today = file.company_id._recouvrement_today()
            signals = file.sudo().signal_ids.filtered(
                lambda s, day=today: s.kind == "insurer_limit" and s._is_in_force(day)
            )
            file.credit_limit = partner.credit_limit
            file.credit_exposure = partner.credit + (partner.credit_to_invoice or 0)
            file.insured_limit = sum(signals.mapped("amount"))
            file.insured_amount = max(min(file.insured_limit, file.credit_exposure), 0)
            deadlines = [
                day
                for name in ("declaration_deadline", "extension_deadline")
                for day in signals.mapped(name)
                if day and day >= today
            ]
            file.next_insurer_deadline = min(deadlines, default=False)
            file.credit_percent, file.credit_level = file._level_of(
                file.credit_exposure, file.credit_limit
            )

    @api.model
    def _level_of(self, exposure, limit):
        """``(percent used, level)`` of a limit."""
        if not limit:
            return 0, "none"
        percent = int(100 * max(exposure, 0) / limit)
        reached = [level for level in LEVELS if percent >= level]
        return percent, str(reached[-1]) if reached else "0"

    @api.depends("credit_percent", "grade", "order_policy", "order_policy_until")
    @api.depends_context("lang")
    def _compute_credit_advice(self):
        for file in self:
            file.credit_advice = "\n".join(file._credit_advice_lines())

    def _orders_wait(self):
        until = self.order_policy_until
        today = self.company_id._recouvrement_today()
        return self.order_policy == "block" and bool(until) and until >= today

    def _credit_advice_lines(self, document=0.0):
        """Sentences for who is about to accept an order of ``document`` more."""
        self.ensure_one()
        lines = []
        if self._orders_wait():
            lines.append(
                self.env._(
                    "New orders wait until %(day)s: %(reason)s",
                    day=format_date(self.env, self.order_policy_until),
                    reason=self.order_policy_reason,
                )
            )
        lines += self._limit_lines(self.credit_exposure + document)
        if self.insolvency or self.litigation:
            lines.append(self.env._("In insolvency proceedings or in litigation."))
        elif self.total_overdue > 0 and self.oldest_days_late > 0:
            lines.append(
                self.env._(
                    "%(amount)s overdue, the oldest %(days)s days late.",
                    amount=self._money(self.total_overdue),
                    days=self.oldest_days_late,
                )
            )
        if self.grade in ("D", "E"):
            reasons = (self.score_reason or "").splitlines()
            lines.append(self.env._("Grade %s, a person decides.", self.grade))
            lines += reasons[:3]
        return lines

    def _limit_lines(self, exposure):
        """The level of the limit that ``exposure`` reaches, from 50 % on."""
        percent, level = self._level_of(exposure, self.credit_limit)
        if level in ("none", "0"):
            return []
        return [
            self.env._(
                "%(exposure)s of %(limit)s used (%(percent)s %%), insured: %(insured)s.",
                exposure=self._money(exposure),
                limit=self._money(self.credit_limit),
                percent=percent,
                insured=self._money(max(min(self.insured_limit, exposure), 0)),
            )
        ]

    def _money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)


class AccountMove(models.Model):
    """The warning that Odoo shows before an order or an invoice, completed."""

    _inherit = "account.move"

    def _build_credit_warning_message(
        self, record, current_amount=0.0, exclude_current=False, exclude_amount=0.0
    ):
        """EXTENDS 'account': exposure, limit, insured part, grade and its reasons."""
        message = super()._build_credit_warning_message(
            record, current_amount, exclude_current, exclude_amount
        )
        # Whoever may enter an order reads the advice, not the collection file.
        file = (
            self.env["recouvrement.customer"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", record.partner_id.commercial_partner_id.id),
                    ("company_id", "=", record.company_id.id),
                ],
                limit=1,
            )
        )
        lines = (
            file._credit_advice_lines(current_amount - exclude_amount) if file else []
        )
        return "\n".join(line for line in (message, *lines) if line)
