from odoo import api, fields, models
from odoo.fields import Domain

from ..const import NATURE_SELECTION
from ..tools.action import customers_of


class RecouvrementScenario(models.Model):
    """Scénario: whom it is for, its steps in order, its limits, and what ends it.

    Nights never read it directly: they use the version frozen when they start
    (``recouvrement_scenario_snapshot``). Checks are in ``recouvrement_scenario_check``.
    """

    _name = "recouvrement.scenario"
    _description = "Collection scenario"
    _order = "sequence, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, copy=False, help="Stable name, kept over versions."
    )
    sequence = fields.Integer(
        default=10, help="The first scenario whose conditions fit is the one used."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company may use it."
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    note = fields.Text(translate=True, string="What it is for")

    nature = fields.Selection(
        [item for item in NATURE_SELECTION if item[0] != "standard"],
        help="For customers of this nature, whatever their payment behaviour.",
    )
    segment_ids = fields.Many2many("recouvrement.segment", string="Payment segments")
    for_hardship = fields.Boolean(
        string="Temporary difficulty",
        help="For customers marked in temporary difficulty, until the day of their mark.",
    )
    condition_min_total = fields.Monetary(
        string="Only from a total of", help="Open amount of the customer, 0 = always."
    )
    condition_min_relation_days = fields.Integer(
        string="Only after (days)", help="Days since the first invoice, 0 = always."
    )

    line_ids = fields.One2many(
        "recouvrement.scenario.line", "scenario_id", string="Steps", copy=True
    )
    step_count = fields.Integer(compute="_compute_step_count")
    min_gap_days = fields.Integer(
        string="Working days between two messages",
        default=4,
        help="Least distance between two steps of the same item.",
    )
    min_customer_total = fields.Monetary(
        string="Least overdue total", help="Below it the customer gets no message."
    )
    min_item_amount = fields.Monetary(
        string="Least amount of an item", help="Smaller items start no step."
    )
    max_contacts_7 = fields.Integer(string="Contacts in 7 days, at most", default=2)
    max_contacts_30 = fields.Integer(string="Contacts in 30 days, at most", default=5)
    max_pause_days = fields.Integer(
        string="Longest pause (days)",
        default=30,
        help="A longer pause of a customer or an invoice needs a manager.",
    )
    end_delay_days = fields.Integer(
        string="Decision after (days)",
        default=16,
        help="Days from the last step to the hand-over: the delay given to the debtor and "
        "what is left for his payment to arrive.",
    )
    end_action = fields.Selection(
        [
            ("person", "A person decides"),
            ("litigation", "Litigation file"),
            ("irrecoverable", "Proposed as irrecoverable"),
        ],
        string="At the end",
        default="person",
    )

    version_ids = fields.One2many("recouvrement.scenario.version", "scenario_id")
    version = fields.Integer(
        string="Version number",
        compute="_compute_version",
        help="Number of the last version that a night froze.",
    )
    customer_count = fields.Integer(
        string="Customers", compute="_compute_customer_count"
    )

    _code_uniq = models.Constraint(
        "unique (code)",
        "Another scenario already has this code: choose a different one.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for scenario in self:
            company = scenario.company_id or self.env.company
            scenario.currency_id = company.currency_id

    @api.depends("line_ids")
    def _compute_step_count(self):
        for scenario in self:
            scenario.step_count = len(scenario.line_ids)

    @api.depends("version_ids.version")
    def _compute_version(self):
        latest = self._latest_versions()
        for scenario in self:
            version = latest.get(scenario.id)
            scenario.version = version.version if version else 0

    def _latest_versions(self):
        """``{scenario id: last version}``."""
        versions = self.env["recouvrement.scenario.version"].search(
            [("scenario_id", "in", self.ids)], order="scenario_id, version"
        )
        return {version.scenario_id.id: version for version in versions}

    @api.depends("nature", "segment_ids", "for_hardship", "company_id")
    @api.depends_context("allowed_company_ids")
    def _compute_customer_count(self):
        Customer = self.env["recouvrement.customer"]
        for scenario in self:
            domain = scenario._get_customer_domain()
            scenario.customer_count = Customer.search_count(domain)

    def _get_customer_domain(self):
        """Collection files this scenario is meant for: own choice, nature, then segment.

        Conditions on amounts are read by the night only; the count is that of the rule.
        """
        self.ensure_one()
        companies = self.company_id or self.env.companies
        base = Domain("company_id", "in", companies.ids)
        own = Domain("scenario_override_id", "=", self.id)
        free = Domain("scenario_override_id", "=", False)
        if self.for_hardship:
            today = self.env.company._recouvrement_today()
            rule = Domain("hardship_until", ">", today)
        elif self.nature:
            rule = Domain("nature", "=", self.nature)
        elif self.segment_ids:
            rule = Domain("nature", "=", "standard") & Domain(
                "effective_segment_id", "in", self.segment_ids.ids
            )
        else:
            rule = Domain.FALSE
        return base & (own | (free & rule))

    @api.model_create_multi
    def create(self, vals_list):
        """A copy gets a code of its own."""
        for vals in vals_list:
            if not vals.get("code"):
                vals["code"] = self._free_code(vals.get("name") or "scenario")
        return super().create(vals_list)

    def copy_data(self, default=None):
        """Name the copy."""
        return [
            {**vals, "name": self.env._("%s (copy)", scenario.name)}
            for scenario, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.model
    def _free_code(self, name):
        base = "_".join(name.lower().split())[:40] or "scenario"
        # sudo: the code is unique over all companies
        scenarios = self.sudo().with_context(active_test=False)
        known = set(scenarios.search([("code", "=like", f"{base}%")]).mapped("code"))
        number = 1
        while f"{base}_{number}" in known:
            number += 1
        return f"{base}_{number}"

    def action_open_customers(self):
        """The list behind the number of customers."""
        self.ensure_one()
        return customers_of(self.name, list(self._get_customer_domain()))
