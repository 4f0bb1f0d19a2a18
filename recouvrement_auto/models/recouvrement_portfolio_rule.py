from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..tools.action import customers_of
from ..tools.portfolio import PortfolioRule, letters, zip_codes


class RecouvrementPortfolioRule(models.Model):
    """Which agent gets which customers: the first rule that fits, in their order (P6).

    A rule gives an agent to customers without one, the same night for new ones; what a
    person chose is never changed by a rule (``recouvrement_portfolio_assign``).
    """

    _name = "recouvrement.portfolio.rule"
    _description = "Portfolio rule"
    _order = "sequence, id"

    name = fields.Char(compute="_compute_name")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        required=True,
        domain=lambda self: self.env["recouvrement.absence"]._domain_agents(),
    )
    segment_ids = fields.Many2many("recouvrement.segment", string="Payment segments")
    letter_from = fields.Char(
        string="Names from", size=3, help="First letters of the name, without accents."
    )
    letter_to = fields.Char(string="Names to", size=3)
    salesperson_ids = fields.Many2many("res.users", string="Salespersons")
    country_ids = fields.Many2many("res.country", string="Countries")
    zips = fields.Char(
        string="Postcodes beginning with",
        help="Departments for example, with commas between them: 69, 42, 38.",
    )
    min_overdue = fields.Monetary(string="Overdue from")
    max_overdue = fields.Monetary(string="Overdue up to", help="0 = no upper end.")
    customer_count = fields.Integer(
        string="Customers of the rule", compute="_compute_customer_count"
    )

    _amounts_order = models.Constraint(
        "CHECK (min_overdue >= 0 AND (COALESCE(max_overdue, 0) = 0"
        " OR max_overdue >= COALESCE(min_overdue, 0)))",
        "The amounts of a rule go from the lower to the higher one.",
    )

    @api.depends(
        *("segment_ids", "letter_from", "letter_to", "salesperson_ids", "country_ids"),
        *("zips", "min_overdue", "max_overdue"),
    )
    @api.depends_context("lang")
    def _compute_name(self):
        for rule in self:
            rule.name = " · ".join(rule._conditions()) or self.env._("Every customer")

    def _conditions(self):
        """The conditions in words."""
        parts = [
            ", ".join(records.mapped("name"))
            for records in (self.segment_ids, self.salesperson_ids, self.country_ids)
            if records
        ]
        if self.letter_from or self.letter_to:
            parts.append(f"{self.letter_from or 'A'} – {self.letter_to or 'Z'}")
        if self.zips:
            parts.append(self.zips)
        if self.min_overdue:
            parts.append(self.env._("overdue from %s", self._money(self.min_overdue)))
        if self.max_overdue:
            parts.append(self.env._("overdue up to %s", self._money(self.max_overdue)))
        return parts

    def _money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _compute_customer_count(self):
        rows = self.env["recouvrement.customer"]._read_group(
            [("agent_rule_id", "in", self.ids)], ["agent_rule_id"], ["__count"]
        )
        counts = {rule.id: count for rule, count in rows}
        for rule in self:
            rule.customer_count = counts.get(rule.id, 0)

    @api.constrains("letter_from", "letter_to")
    def _check_letters(self):
        for rule in self:
            first, last = letters(rule.letter_from), letters(rule.letter_to)
            if first and last and first[: len(last)] > last[: len(first)]:
                raise ValidationError(
                    self.env._("The letters of a rule go forward, from A to Z.")
                )

    @api.model
    def _of_company(self, company):
        """The rules of ``company`` in their order, as ``tools/portfolio.py`` reads them;
        those whose agent has left are passed over."""
        # sudo: the night and whoever makes a file follow the same rules
        rules = self.sudo().search([("company_id", "=", company.id)])
        return [
            PortfolioRule(
                rule_id=rule.id,
                user_id=rule.user_id.id,
                segments=frozenset(rule.segment_ids.ids),
                salespersons=frozenset(rule.salesperson_ids.ids),
                countries=frozenset(rule.country_ids.ids),
                zips=zip_codes(rule.zips),
                letter_from=rule.letter_from or "",
                letter_to=rule.letter_to or "",
                min_overdue=Decimal(str(rule.min_overdue or 0)),
                max_overdue=Decimal(str(rule.max_overdue or 0)),
            )
            for rule in rules
            if rule.user_id.active
        ]

    def action_open_customers(self):
        """The customers whom the rule gave to its agent."""
        self.ensure_one()
        return customers_of(self.name, [("agent_rule_id", "=", self.id)])

    def action_apply(self):
        """Share the customers again as the rules say now; what a person chose stays."""
        self.env["recouvrement.run"]._check_manager()
        company = self.env.company
        changed = self.env["recouvrement.customer"]._assign_by_rule(company, again=True)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if changed else "info",
                "message": self.env._("%s customers have another agent.", len(changed)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
