from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementDisputeReason(models.Model):
    """Why invoices are disputed: who answers, within which time, with which papers."""

    _name = "recouvrement.dispute.reason"
    _description = "Dispute reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable name, for reports and interfaces.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    owner_kind = fields.Selection(
        [
            ("agent", "The collection agent of the customer"),
            ("salesperson", "The salesperson of the invoice"),
            ("user", "A person"),
        ],
        string="Solved by",
        required=True,
        default="agent",
    )
    owner_id = fields.Many2one("res.users", string="Person")
    deadline_days = fields.Integer(
        string="Answer within (working days)", required=True, default=5
    )
    papers = fields.Text(
        string="Papers to ask for",
        translate=True,
        help="One per line; shown to the customer on his page and to who solves it.",
    )
    hint = fields.Selection(
        [
            ("credit_note", "A credit note"),
            ("confirmed", "The invoice is right"),
            ("split", "A part is right"),
            ("abandoned", "The customer gave up"),
        ],
        string="Usual outcome",
        default="confirmed",
    )
    portal_allowed = fields.Boolean(
        string="Customers may choose it on their page", default=True
    )
    dispute_count = fields.Integer(compute="_compute_dispute_count", string="Disputes")

    _code_uniq = models.UniqueIndex("(code)", "A reason has its own code.")
    _deadline_range = models.Constraint(
        "CHECK (deadline_days BETWEEN 1 AND 250)",
        "A dispute is answered within 1 to 250 working days.",
    )

    @api.constrains("owner_kind", "owner_id")
    def _check_owner(self):
        for reason in self:
            if reason.owner_kind == "user" and not reason.owner_id:
                raise ValidationError(
                    self.env._("Choose the person who solves “%s”.", reason.name)
                )

    def _compute_dispute_count(self):
        rows = self.env["recouvrement.dispute"]._read_group(
            [("reason_id", "in", self.ids)], ["reason_id"], ["__count"]
        )
        counts = {reason.id: count for reason, count in rows}
        for reason in self:
            reason.dispute_count = counts.get(reason.id, 0)

    def _owner_for(self, customer, move):
        """Who solves a dispute with this reason; empty when nobody is named."""
        self.ensure_one()
        owner = self.env["res.users"]
        if self.owner_kind == "user":
            owner = self.owner_id
        elif self.owner_kind == "salesperson":
            owner = move.invoice_user_id or customer.partner_id.user_id
        return owner if owner.active else owner.browse()
