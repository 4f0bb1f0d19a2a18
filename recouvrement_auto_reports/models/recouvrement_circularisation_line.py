from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

OWN = {"state", "items", "balance", "campaign_id", "customer_id"}
ALLOWED = {
    "to_send": ("sent",),
    "sent": ("agreed", "differs", "no_answer"),
    "no_answer": ("agreed", "differs", "sent"),
    "agreed": ("sent",),
    "differs": ("sent", "agreed"),
}


class RecouvrementCircularisationLine(models.Model):
    """One customer who is asked to confirm his balance, and his answer."""

    _name = "recouvrement.circularisation.line"
    _description = "Confirmation of a balance"
    _order = "balance desc, id"

    campaign_id = fields.Many2one(
        "recouvrement.circularisation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    currency_id = fields.Many2one(related="campaign_id.currency_id")
    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(related="customer_id.partner_id")
    balance = fields.Monetary(string="Balance at closing", readonly=True)
    items = fields.Json(readonly=True)
    state = fields.Selection(
        [
            ("to_send", "To send"),
            ("sent", "Letter sent"),
            ("agreed", "Confirmed"),
            ("differs", "Difference"),
            ("no_answer", "No answer"),
        ],
        required=True,
        readonly=True,
        default="to_send",
        index=True,
    )
    sent_on = fields.Date()
    reminded_on = fields.Date(string="Asked again on")
    reply_on = fields.Date(string="Answer of")
    reply_balance = fields.Monetary(string="Balance according to the customer")
    difference = fields.Monetary(
        compute="_compute_difference", help="His balance less ours."
    )
    note = fields.Char(
        string="Explanation",
        help="Payment in transit, invoice not received, dispute...",
    )
    received_after = fields.Monetary(
        compute="_compute_after",
        string="Received after closing",
        help="Cash until today on what was open at the closing.",
    )
    credited_after = fields.Monetary(
        compute="_compute_after", string="Credited after closing"
    )

    _customer_uniq = models.UniqueIndex(
        "(campaign_id, customer_id)", "This customer is on the list already."
    )

    @api.depends("reply_balance", "balance", "state")
    def _compute_difference(self):
        for line in self:
            answered = line.state in ("agreed", "differs")
            line.difference = line.reply_balance - line.balance if answered else 0

    @api.depends("customer_id", "campaign_id.closing_date")
    def _compute_after(self):
        self.received_after = self.credited_after = 0
        for campaign, lines in self.grouped("campaign_id").items():
            found = self.env["recouvrement.receipts"]._by_customer(
                campaign.company_id,
                campaign.closing_date,
                campaign.company_id._recouvrement_today(),
                lines.customer_id.partner_id.ids,
            )
            for line in lines:
                sums = found.get(line.customer_id.partner_id.id, (0, 0, 0))
                line.received_after, line.credited_after = sums[:2]

    def write(self, vals):
        """State and frozen figures are written by the list and its buttons alone."""
        if OWN & set(vals) and not self.env.context.get("recouvrement_state"):
            raise AccessError(
                self.env._("A confirmation is moved on by its buttons, not its fields.")
            )
        return super().write(vals)

    def _update_state(self, state, **values):
        """The one change of state; an entry of the log each time."""
        entries = []
        for line in self:
            if state not in ALLOWED[line.state]:
                raise UserError(
                    self.env._(
                        "%(customer)s: not possible from here.",
                        customer=line.partner_id.display_name,
                    )
                )
            facts = {"old": line.state, "new": state, "list": line.campaign_id.name}
            entries.append(
                {
                    "event": "confirmation.moved",
                    "company": line.company_id,
                    "customer": line.customer_id.id,
                    "partner": line.partner_id.id,
                    "amount": f"{line.balance:.2f}",
                    "facts": facts,
                }
            )
        self.with_context(recouvrement_state=True).write({"state": state, **values})
        self.env["recouvrement.log"]._append_many(entries)

    # === BUTTONS === #

    def _today(self):
        return self.company_id[:1]._recouvrement_today()

    def action_print(self):
        """Letters of these customers as one PDF, in the language of each."""
        if not self:
            raise UserError(self.env._("Choose the customers first."))
        self.check_access("read")
        return self.env.ref(
            "recouvrement_auto_reports.recouvrement_circularisation_action_report"
        ).report_action(self)

    def action_sent(self):
        """Posted, by us or by the auditor; a second time: asked again."""
        again = self.filtered(lambda line: line.state == "sent")
        again.write({"reminded_on": again._today()} if again else {})
        new = self - again
        if new:
            new._update_state("sent", sent_on=new._today())
        return True

    def action_confirmed(self):
        """The customer agrees with our balance."""
        for line in self:
            line._update_state(
                "agreed",
                reply_balance=line.balance,
                reply_on=line.reply_on or line._today(),
            )
        return True

    def action_differs(self):
        """The customer names another balance: it has to be entered first."""
        for line in self:
            same = line.currency_id.compare_amounts(line.reply_balance, line.balance)
            if not line.reply_on or same == 0:
                raise UserError(
                    self.env._(
                        "Enter the day of the answer and the balance according to the "
                        "customer first."
                    )
                )
            line._update_state("differs")
        return True

    def action_no_answer(self):
        """No answer: the receipts after closing are the proof instead."""
        self._update_state("no_answer")
        return True
