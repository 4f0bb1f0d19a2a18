import secrets
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools.sampling import at_random, largest


class RecouvrementCircularisation(models.Model):
    """Confirmation of balances for the auditor: who is asked, what he answered.

    The auditor chooses and receives the answers; the company prepares and follows up. The
    balances are frozen when the list is made: what is asked is what stood in the letter.
    """

    _name = "recouvrement.circularisation"
    _description = "Confirmation of balances"
    _order = "closing_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    closing_date = fields.Date(required=True)
    reply_by = fields.Date(string="Answer expected by", required=True)
    auditor_name = fields.Char(string="Auditor", required=True)
    auditor_address = fields.Text(
        string="Address for the answers",
        required=True,
        help="Postal and e-mail address of the auditor: answers go to him, not to us.",
    )
    coverage = fields.Float(
        string="Largest balances, up to (%)",
        default=80,
        help="The largest balances that together reach this share of all that is owed.",
    )
    random_count = fields.Integer(
        string="Others drawn at random", default=5, help="Beside the largest balances."
    )
    seed = fields.Integer(
        string="Seed of the draw",
        copy=False,
        default=lambda self: secrets.randbelow(10**6),
        help="With it the auditor can draw again and finds the same customers.",
    )
    line_ids = fields.One2many("recouvrement.circularisation.line", "campaign_id")
    line_count = fields.Integer(compute="_compute_figures", string="Customers asked")
    answered_count = fields.Integer(compute="_compute_figures", string="Answers")
    asked_balance = fields.Monetary(compute="_compute_figures", string="Balances asked")
    total_balance = fields.Monetary(
        readonly=True, copy=False, help="All that was owed at the closing."
    )
    asked_percent = fields.Float(compute="_compute_figures", string="Covered (%)")

    _check_coverage = models.Constraint(
        "CHECK(coverage > 0 AND coverage <= 100)",
        "The share of the largest balances lies between 0 and 100 %.",
    )
    _check_random = models.Constraint(
        "CHECK(random_count >= 0)", "The number drawn at random is not negative."
    )

    @api.depends("closing_date", "company_id")
    def _compute_name(self):
        for campaign in self:
            day = campaign.closing_date and campaign.closing_date.isoformat()
            campaign.name = f"{campaign.company_id.name} {day or ''}".strip()

    @api.depends("line_ids.state", "line_ids.balance", "total_balance")
    def _compute_figures(self):
        for campaign in self:
            lines = campaign.line_ids
            campaign.line_count = len(lines)
            answered = lines.filtered(lambda x: x.state in ("agreed", "differs"))
            campaign.answered_count = len(answered)
            campaign.asked_balance = sum(lines.mapped("balance"))
            total = campaign.total_balance
            share = 100 * campaign.asked_balance / total if total else 0
            campaign.asked_percent = share

    @api.constrains("closing_date", "reply_by")
    def _check_reply(self):
        for campaign in self:
            if campaign.reply_by <= campaign.closing_date:
                raise ValidationError(
                    self.env._("The answer is expected after the closing.")
                )

    # === SAMPLE === #

    def _balances(self):
        """``{partner id: balance at the closing}`` of the ledger, credits deducted."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, SUM(amount) FROM (%s) item "
                "WHERE partner_id IS NOT NULL GROUP BY partner_id",
                self.env["recouvrement.open.item"]._query(
                    self.company_id, self.closing_date
                ),
            )
        )
        cent = Decimal("0.01")
        return {key: Decimal(str(total)).quantize(cent) for key, total in rows}

    def action_choose(self):
        """Make the list: the largest balances, then others at random. What was sent or
        answered stays."""
        self.ensure_one()
        self.check_access("write")
        balances = self._balances()
        if not any(amount > 0 for amount in balances.values()):
            raise UserError(self.env._("Nobody owed anything at the closing."))
        chosen = largest(balances, Decimal(str(self.coverage)))
        others = [k for k, amount in balances.items() if amount and k not in chosen]
        chosen += at_random(others, self.random_count, self.seed)
        self.line_ids.filtered(lambda line: line.state == "to_send").unlink()
        self._add(chosen, balances)
        # a figure of the list, written by the list alone
        self.total_balance = sum((a for a in balances.values() if a > 0), Decimal(0))
        return True

    def _add(self, partner_ids, balances):
        known = self.line_ids.customer_id.partner_id.ids
        wanted = [key for key in partner_ids if key not in known]
        Customer = self.env["recouvrement.customer"]
        files = Customer._get_or_create(self.company_id, wanted)
        by_partner = {file.partner_id.id: file for file in files}
        self.env["recouvrement.circularisation.line"].create(
            [
                {
                    "campaign_id": self.id,
                    "customer_id": by_partner[key].id,
                    "balance": float(balances[key]),
                    "items": self._items(key),
                }
                for key in wanted
                if key in by_partner
            ]
        )

    def _items(self, partner_id):
        """Open items at the closing as the letter lists them."""
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT move_name, invoice_date, due_date, amount FROM (%s) item "
                "ORDER BY due_date, line_id",
                self.env["recouvrement.open.item"]._query(
                    self.company_id, self.closing_date, partner_ids=[partner_id]
                ),
            )
        )
        return [
            {
                "number": row["move_name"] or "",
                "date": row["invoice_date"].isoformat(),
                "due": row["due_date"].isoformat(),
                "amount": f"{row['amount']:.2f}",
            }
            for row in rows
        ]

    # === BUTTONS === #

    def action_print(self):
        """The letters that are still to be sent, as one PDF."""
        lines = self.line_ids.filtered(lambda line: line.state == "to_send")
        return (lines or self.line_ids).action_print()

    def action_open_lines(self):
        """The follow-up list."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirmations: %(name)s", name=self.name),
            "res_model": "recouvrement.circularisation.line",
            "view_mode": "list,form",
            "domain": [("campaign_id", "=", self.id)],
        }
