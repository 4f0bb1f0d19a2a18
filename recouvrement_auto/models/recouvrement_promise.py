from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

SOURCES = [
    ("call", "Call"),
    ("mail", "E-mail or letter"),
    ("portal", "Customer's page"),
    ("meeting", "Meeting"),
]
ALLOWED = {
    "running": ("kept", "partly_kept", "broken", "cancelled"),
    # A payment found later, with a bank date that was in time.
    "broken": ("kept", "partly_kept"),
    "partly_kept": ("kept",),
    "kept": (),
    "cancelled": (),
}


class RecouvrementPromise(models.Model):
    """Promise to pay: an amount, a day, the items concerned and who said it.

    The items are not chased until ``hold_until``. Whether it was kept is found by the night
    from cash in the ledger. ``_update_state`` is the only method that changes ``state``.
    """

    _name = "recouvrement.promise"
    _inherit = ["recouvrement.excuse.mixin"]
    _description = "Promise to pay"
    _order = "date desc, id desc"
    _log_prefix = "promise"

    name = fields.Char(compute="_compute_name")
    date = fields.Date(string="Promised for", required=True, readonly=True)
    hold_until = fields.Date(
        string="Not chased until",
        required=True,
        readonly=True,
        help="The promised day and the tolerance of the company, in working days.",
    )
    recorded_on = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(string="Promised", readonly=True)
    received = fields.Monetary(
        readonly=True, help="Cash matched with the items since the promise."
    )
    source = fields.Selection(SOURCES, required=True, default="call", readonly=True)
    contact_id = fields.Many2one("res.partner", string="Said by", ondelete="set null")
    note = fields.Text()
    state = fields.Selection(
        [
            ("running", "Running"),
            ("kept", "Promise kept"),
            ("partly_kept", "Promise partly kept"),
            ("broken", "Promise broken"),
            ("cancelled", "Promise cancelled"),
        ],
        required=True,
        readonly=True,
        default="running",
        index=True,
    )
    settled_on = fields.Date(readonly=True, help="Day on which the outcome was found.")
    cancel_reason = fields.Char(string="Why cancelled", readonly=True)
    extended = fields.Integer(
        string="Waited for matching",
        readonly=True,
        help="How often the outcome waited because a payment was not matched yet.",
    )
    item_ids = fields.One2many("recouvrement.promise.item", "promise_id", readonly=True)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The promised amount is more than zero."
    )
    _hold_after_date = models.Constraint(
        "CHECK (hold_until >= date AND date >= recorded_on)",
        "A promise is for the day on which it is given or a later one.",
    )
    _running_index = models.Index("(company_id, hold_until) WHERE state = 'running'")

    @api.depends("partner_id", "amount", "date")
    @api.depends_context("lang")
    def _compute_name(self):
        for promise in self:
            amount = formatLang(
                self.env, promise.amount, currency_obj=promise.currency_id
            )
            day = format_date(self.env, promise.date)
            promise.name = f"{promise.partner_id.name or ''} · {amount} · {day}"

    @api.constrains("date", "recorded_on")
    def _check_horizon(self):
        for promise in self:
            if not promise._may_promise((promise.date - promise.recorded_on).days):
                raise ValidationError(
                    self.env._(
                        "You may not accept a promise so far ahead: agree on a payment "
                        "plan, or ask for an exception in the customer's file."
                    )
                )

    def _may_promise(self, days):
        """True when a promise may be so many days ahead: as the company says."""
        limit = self.company_id.recouvrement_promise_max_days
        return not limit or days <= limit

    @api.model
    def _editable(self):
        return super()._editable() | {"note"}

    def _move_ids(self):
        return sorted(set(self.item_ids.move_id.ids))

    # === STATE === #

    def _update_state(self, state, day, **values):
        """Move these promises to ``state``, found on ``day``: the only mutator.

        :raises UserError: for a transition that does not exist
        """
        for promise in self:
            if state not in ALLOWED[promise.state]:
                raise UserError(
                    self.env._("“%s” is already settled.", promise.display_name)
                )
        # Callers checked who decides; nobody writes the state by himself.
        self.sudo().write({"state": state, "settled_on": day, **values})
        self._touch_customers()
        for promise in self:
            promise._log(
                state,
                {"until": str(promise.date), "source": promise.source},
                amount=str(promise.received or promise.amount),
                state=state,
                personal={"reason": promise.cancel_reason},
            )

    def action_cancel(self):
        """Give the promise up: the items are chased again."""
        self.check_access("write")
        for promise in self:
            promise._update_state(
                "cancelled",
                promise.company_id._recouvrement_today(),
                cancel_reason=self.env._("Given up by %s", self.env.user.name),
            )
        return True
