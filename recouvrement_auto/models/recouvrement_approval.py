from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from .recouvrement_delegation import IN_DAYS

OPEN, APPROVED, REFUSED, WITHDRAWN = "open", "approved", "refused", "withdrawn"
ALLOWED = {OPEN: (APPROVED, REFUSED, WITHDRAWN)}
SUBJECTS = [
    ("plan", "Payment plan"),
    ("promise", "Later promise"),
    ("pause", "Longer pause"),
    ("irrecoverable", "Proposed as irrecoverable"),
]


class RecouvrementApproval(models.Model):
    """A decision that needs a second person: what is asked, by whom, and who decided.

    Who proposes never approves, which the database refuses too. ``_update_state`` is the only
    method that changes ``state``; what was asked takes effect with the approval, by the
    methods that the rest of the product uses. No accounting entry is made: an approved
    irrecoverable is booked by the accountant.
    """

    _name = "recouvrement.approval"
    _inherit = ["recouvrement.excuse.mixin"]
    _description = "Decision to approve"
    _order = "state, id desc"
    _log_prefix = "approval"

    name = fields.Char(compute="_compute_name")
    subject = fields.Selection(SUBJECTS, string="What", required=True, readonly=True)
    state = fields.Selection(
        [
            (OPEN, "To approve"),
            (APPROVED, "Approved"),
            (REFUSED, "Refused"),
            (WITHDRAWN, "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default=OPEN,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(readonly=True, help="In the currency of the company.")
    until = fields.Date(readonly=True)
    reason = fields.Text(readonly=True)
    above = fields.Char(
        string="Beyond the limit",
        compute="_compute_above",
        help="What the person who asks may not decide alone.",
    )
    measured = fields.Json(readonly=True, help="Numbers compared with the limits.")
    details = fields.Json(readonly=True)
    plan_id = fields.Many2one(
        "recouvrement.payment.plan",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    move_ids = fields.Many2many("account.move", string="Invoices", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Asked by", required=True, readonly=True
    )
    asked_on = fields.Date(required=True, readonly=True)
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decision_note = fields.Text(string="Answer")
    may_decide = fields.Boolean(compute="_compute_may_decide")
    left = fields.Monetary(
        string="Still open",
        compute="_compute_left",
        help="What is left on these invoices: nothing once the accountant has booked it.",
    )

    _two_persons = models.Constraint(
        "CHECK (state NOT IN ('approved', 'refused') "
        "OR (decided_by_id IS NOT NULL AND decided_by_id != user_id))",
        "Who proposes does not decide.",
    )

    @api.depends("subject", "partner_id")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["subject"]._description_selection(self.env))
        for one in self:
            parts = (labels.get(one.subject), one.partner_id.name)
            one.name = " · ".join(part for part in parts if part)

    @api.depends("measured")
    @api.depends_context("lang")
    def _compute_above(self):
        labels = dict(
            self.env["recouvrement.delegation"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        for one in self:
            one.above = " · ".join(
                one.env._(
                    "%(what)s: %(number)s",
                    what=labels[kind],
                    number=one._number(kind, number),
                )
                for kind, number in (one.measured or {}).items()
            )

    def _number(self, kind, number):
        if kind in IN_DAYS:
            return self.env._("%(count)s days", count=int(number))
        return formatLang(self.env, number, currency_obj=self.currency_id)

    @api.depends("state", "user_id", "measured")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for one in self:
            one.may_decide = one.state == OPEN and one._is_second(self.env.user)

    @api.depends("move_ids")  # not their amounts: payments would walk to it
    def _compute_left(self):
        for one in self.sudo():  # a total of the file, for who may read the file
            one.left = sum(one.move_ids.mapped("amount_residual_signed"))

    @api.model
    def _editable(self):
        return super()._editable() | {"decision_note"}

    def write(self, vals):
        """EXTENDS: the answer is written by who decides, before the decision."""
        if not self.env.su and "decision_note" in vals:
            self._check_second()
            for one in self.filtered(lambda one: one.state != OPEN):
                raise UserError(self.env._("“%s” is already decided.", one.name))
        return super().write(vals)

    def _move_ids(self):
        return self.move_ids.ids

    def _is_second(self, user):
        """True for another person than the proposer, whose own limits are high enough."""
        self.ensure_one()
        Delegation = self.env["recouvrement.delegation"]
        return user != self.user_id and Delegation._may_approve(
            user, self.company_id, self.measured or {}
        )

    # === DECIDING === #

    def _update_state(self, state, event=None, **values):
        """Move to ``state``: the only mutator; an entry of the log each time."""
        for one in self:
            if state not in ALLOWED.get(one.state, ()):
                raise UserError(self.env._("“%s” is already decided.", one.name))
        # Callers checked who decides; nobody writes the state by himself.
        self.sudo().write({"state": state, **values})
        for one in self:
            one._log(
                state,
                {"kind": one.subject, "proposer": one.user_id.name},
                amount=str(one.amount),
                state=state,
                personal={"reason": one.decision_note or ""},
            )
            one._end_activities(one.decision_note or "")

    def _check_second(self):
        self.check_access("read")
        for one in self:
            if not one._is_second(self.env.user):
                raise AccessError(
                    self.env._(
                        "“%s” is decided by another person than the one who asked, within "
                        "the limits of this person.",
                        one.name,
                    )
                )

    def action_approve(self):
        """Decided by a second person: what was asked takes effect now."""
        self._check_second()
        for one in self:
            one._update_state(
                APPROVED,
                decided_by_id=self.env.uid,
                decided_at=fields.Datetime.now(),
            )
            getattr(one, f"_apply_{one.subject}")()
            one._tell_proposer()
        return True

    def action_refuse(self):
        """Refused by a second person, who says why."""
        self._check_second()
        for one in self:
            if not (one.decision_note or "").strip():
                raise UserError(
                    self.env._("Write the answer first: why is it refused?")
                )
            one._update_state(
                REFUSED,
                decided_by_id=self.env.uid,
                decided_at=fields.Datetime.now(),
            )
            one._tell_proposer()
        return True

    def action_withdraw(self):
        """Taken back by who asked."""
        self.check_access("read")
        for one in self:
            if one.user_id != self.env.user:
                raise AccessError(self.env._("Only who asked may take it back."))
            one._update_state(WITHDRAWN)
        return True
