from odoo import api, fields, models
from odoo.exceptions import ValidationError

# States in which the contested part is not chased.
HOLDING = ("open", "answered", "credit_note")
OUTCOMES = [
    ("credit_note", "Credit note"),
    ("confirmed", "Invoice confirmed"),
    ("split", "Part credited, part confirmed"),
    ("abandoned", "Given up by the customer"),
    ("paid", "Paid"),
    ("credited", "Credited"),
    ("cancelled", "Invoice cancelled"),
]


class RecouvrementDispute(models.Model):
    """Litige: an invoice, some of its lines or an amount that the customer contests.

    The contested part leaves the chase when the record is committed; the claim of a message
    that is about to leave reads it again. ``_update_state`` is the only method that changes
    ``state``. The invoice is a plain link: deleted entries leave the dispute behind.
    """

    _name = "recouvrement.dispute"
    _inherit = ["recouvrement.excuse.mixin"]
    _description = "Dispute"
    _order = "deadline, id"
    _log_prefix = "dispute"

    name = fields.Char(compute="_compute_name")
    move_id = fields.Many2one(
        "account.move", string="Invoice", ondelete="set null", index=True
    )
    move_name = fields.Char(string="Invoice number", readonly=True)
    due_date = fields.Date(
        string="Instalment", readonly=True, help="Empty: the invoice as a whole."
    )
    line_ids = fields.Many2many(
        "account.move.line", string="Contested lines", readonly=True
    )
    reason_id = fields.Many2one(
        "recouvrement.dispute.reason", required=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    amount = fields.Monetary(
        string="Contested", help="In the currency of the invoice, taxes included."
    )
    whole = fields.Boolean(
        string="Everything that is left to pay", readonly=True, default=True
    )
    amount_company = fields.Monetary(
        string="Contested (company currency)",
        currency_field="company_currency_id",
        readonly=True,
    )
    credited_before = fields.Monetary(readonly=True)
    source = fields.Selection(
        [
            ("call", "Call"),
            ("mail", "E-mail or letter"),
            ("portal", "Customer's page"),
            ("meeting", "Meeting"),
            ("other", "Other"),
        ],
        required=True,
        default="call",
    )
    contact_id = fields.Many2one("res.partner", string="Said by", ondelete="set null")
    note = fields.Text(string="What the customer says")
    owner_id = fields.Many2one("res.users", string="Solved by", index=True)
    opened_on = fields.Date(readonly=True, required=True)
    deadline = fields.Date(string="Answer before", required=True)
    alerted_on = fields.Date(string="Manager told on", readonly=True)
    state = fields.Selection(
        [
            ("to_review", "To accept"),
            ("open", "To solve"),
            ("answered", "Answered"),
            ("credit_note", "Credit note to make"),
            ("closed", "Settled"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        group_expand=True,
    )
    answer = fields.Text(string="Our answer")
    outcome = fields.Selection(OUTCOMES, readonly=True)
    outcome_note = fields.Char(string="Decision in words", readonly=True)
    closed_on = fields.Date(readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)
    days_to_solve = fields.Integer(
        string="Days to solve", readonly=True, aggregator="avg"
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The contested amount is more than zero."
    )
    _closed_has_outcome = models.Constraint(
        "CHECK (state != 'closed' OR (outcome IS NOT NULL AND closed_on IS NOT NULL))",
        "A closed dispute has an outcome and a day.",
    )
    _holding_index = models.Index("(customer_id, move_id) WHERE state != 'closed'")

    @api.depends("reason_id", "move_name")
    @api.depends_context("lang")
    def _compute_name(self):
        for dispute in self:
            parts = (dispute.reason_id.name, dispute.move_name)
            dispute.name = " · ".join(part for part in parts if part)

    @api.constrains("move_id", "customer_id", "amount", "line_ids")
    def _check_invoice(self):
        for dispute in self.filtered("move_id"):
            move = dispute.move_id
            if move.commercial_partner_id != dispute.partner_id:
                raise ValidationError(
                    self.env._("This invoice belongs to another customer.")
                )
            if dispute.line_ids.move_id - move:
                raise ValidationError(
                    self.env._("The contested lines belong to another invoice.")
                )
            if (
                dispute.currency_id.compare_amounts(dispute.amount, move.amount_total)
                > 0
            ):
                raise ValidationError(
                    self.env._(
                        "More is contested than the invoice says: choose its lines or "
                        "lower the amount."
                    )
                )

    @api.constrains("deadline", "opened_on")
    def _check_deadline(self):
        for dispute in self:
            if dispute.deadline < dispute.opened_on:
                raise ValidationError(
                    self.env._("The answer is due on the day of the dispute or later.")
                )

    @api.model
    def _editable(self):
        return super()._editable() | {"owner_id", "deadline", "answer", "note"}

    def _move_ids(self):
        return self.move_id.ids
