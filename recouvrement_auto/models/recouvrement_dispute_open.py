from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..tools.working_time import business_days_between


class RecouvrementDispute(models.Model):
    """What happens when a dispute opens: limits, papers, people told; and its figures."""

    _inherit = "recouvrement.dispute"

    age = fields.Integer(
        string="Age (days)",
        compute="_compute_age",
        help="Days since the opening, or until it was closed.",
    )
    is_late = fields.Boolean(
        string="Past its deadline", compute="_compute_age", search="_search_is_late"
    )
    contested_now = fields.Monetary(
        compute="_compute_contested_now",
        string="Still contested",
        help="Credit notes since the opening deducted; never more than what is left to pay.",
    )
    undisputed = fields.Monetary(
        compute="_compute_contested_now", string="Not contested"
    )
    papers = fields.Text(related="reason_id.papers")

    @api.depends("opened_on", "closed_on", "deadline", "state")
    def _compute_age(self):
        for dispute in self:
            today = (dispute.company_id or self.env.company)._recouvrement_today()
            until = dispute.closed_on or today
            dispute.age = (until - (dispute.opened_on or until)).days
            late = dispute.deadline and dispute.deadline < today
            dispute.is_late = bool(late and dispute.state != "closed")

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._recouvrement_today()
        late = [("state", "!=", "closed"), ("deadline", "<", today)]
        if True in value:
            return late
        return ["|", ("state", "=", "closed"), ("deadline", ">=", today)]

    # Not on what is left of the entry: payments would walk to it.
    @api.depends("amount", "whole", "state", "move_id")
    def _compute_contested_now(self):
        for dispute in self:
            # Whoever solves the dispute may lack the right to read invoices.
            residual = dispute.sudo().move_id.amount_residual
            held = min(dispute._left(), residual) if dispute.state != "closed" else 0
            dispute.contested_now = held
            dispute.undisputed = residual - held

    def _left(self):
        """Contested amount, credit notes since the opening deducted."""
        self.ensure_one()
        move = self.sudo().move_id  # see _compute_contested_now
        if self.whole:
            return move.amount_residual
        credited = self._credited(move) - self.credited_before
        return max(self.amount - credited, 0.0)

    @api.model
    def _credited(self, move):
        """Credit notes matched with ``move``, in its currency."""
        lines = move.sudo().line_ids.filtered(
            lambda x: x.account_id.account_type == "asset_receivable"
        )
        notes = lines.matched_credit_ids.filtered(
            lambda p: p.credit_move_id.move_id.move_type == "out_refund"
        )
        return sum(notes.mapped("debit_amount_currency"))

    @api.model
    def _in_company_currency(self, move, amount):
        return move.currency_id._convert(
            amount,
            move.company_currency_id,
            move.company_id,
            move.invoice_date or fields.Date.context_today(self),
        )

    # === LIMITS === #

    @api.model
    def _needs_a_yes(self, move, source):
        """True when the customer disputed this invoice so often on his page that a person
        decides first whether the chase stops (reliability.md A47)."""
        limit = move.company_id.recouvrement_dispute_portal_limit
        if source != "portal" or not limit:
            return False
        earlier = self.sudo().search_count(  # the customer reads no dispute of others
            [("move_id", "=", move.id), ("source", "=", "portal")]
        )
        return earlier >= limit

    @api.model
    def _default_owner(self, customer):
        company = customer.sudo().company_id
        owner = customer.sudo().agent_id or company.recouvrement_user_id
        return owner.id if owner.active else self.env.ref("base.user_admin").id

    # === PEOPLE === #

    def _alert_owner(self):
        """Tell who solves it: at once, by activity and e-mail."""
        self.ensure_one()
        owner = self.owner_id
        dispute = self.with_context(lang=owner.lang or self.env.lang)
        summary = (
            self.env._("Dispute to accept or refuse")
            if self.state == "to_review"
            else self.env._("Dispute to solve")
        )
        dispute._tell(
            owner,
            f"{summary}: {dispute.name}",
            [
                dispute._amount_sentence(),
                dispute.note,
                dispute.papers,
                dispute.env._(
                    "Answer before %s.", format_date(dispute.env, self.deadline)
                ),
            ],
            deadline=self.deadline,
        )

    def _amount_sentence(self):
        amount = formatLang(self.env, self.amount, currency_obj=self.currency_id)
        return self.env._(
            "%(customer)s contests %(amount)s of %(invoice)s (%(reason)s).",
            customer=self.partner_id.name,
            amount=amount,
            invoice=self.move_name,
            reason=self.reason_id.name,
        )

    def _log_opening(self):
        self.ensure_one()
        self._log(
            "opened" if self.state != "to_review" else "recorded",
            {
                "kind": self.reason_id.code,
                "source": self.source,
                "until": str(self.deadline),
                "whole": self.whole,
            },
            amount=str(self.amount_company),
            state=self.state,
            personal={"reason": self.note},
        )

    def _working_days(self):
        """Working days from the opening to the closing."""
        self.ensure_one()
        return business_days_between(
            self.opened_on, self.closed_on, self.company_id.recouvrement_region
        )
