from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import NATURE_SELECTION, REGIME_SELECTION


class RecouvrementCustomer(models.Model):
    """Fiche de recouvrement: what describes a customer's collection, per company.

    Kept off ``res.partner``: constant writes there crash busy databases, and a level of one
    company must never leak into another. One row per commercial customer and company.
    """

    _name = "recouvrement.customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Collection file"
    _rec_name = "name"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(related="partner_id.name", string="Customer")
    partner_id = fields.Many2one(
        "res.partner",
        string="Company or person",
        required=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    agent_id = fields.Many2one(
        "res.users",
        string="Collection agent",
        index="btree_not_null",
        tracking=True,
        help="Empty: the default agent of the company.",
    )
    collection_contact_ids = fields.Many2many(
        "res.partner",
        string="Collection contacts",
        help="Written to before everybody else. Empty: the contact of the invoice, then the "
        "invoice address, then the company.",
    )
    nature = fields.Selection(
        NATURE_SELECTION, required=True, default="standard", tracking=True
    )
    legal_regime = fields.Selection(
        REGIME_SELECTION,
        compute="_compute_legal_regime",
        store=True,
        readonly=False,
        tracking=True,
        help="Decides which legal sentences a message may carry.",
    )
    hardship_until = fields.Date(
        string="Temporary difficulty until",
        tracking=True,
        help="Softer scenario until this day.",
    )
    insolvency = fields.Boolean(
        string="Insolvency proceedings",
        tracking=True,
        help="Every automatic message stops.",
    )
    litigation = fields.Boolean(
        tracking=True, help="Handed over to litigation: every automatic message stops."
    )
    scenario_override_id = fields.Many2one(
        "recouvrement.scenario",
        string="Own scenario",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    segment_id = fields.Many2one(
        "recouvrement.segment", readonly=True, ondelete="restrict"
    )
    segment_reason = fields.Text(string="Why this segment", readonly=True)
    segment_date = fields.Date(readonly=True)
    segment_changed_on = fields.Date(readonly=True)
    segment_up_since = fields.Date(readonly=True)
    segment_override_id = fields.Many2one(
        "recouvrement.segment", string="Own segment", ondelete="restrict", tracking=True
    )
    segment_override_until = fields.Date(string="Own segment until")
    segment_override_reason = fields.Char(string="Why an own segment")
    effective_segment_id = fields.Many2one(
        "recouvrement.segment",
        string="Segment",
        compute="_compute_effective_segment_id",
        search="_search_effective_segment_id",
    )
    pause_ids = fields.One2many("recouvrement.pause", "customer_id")
    reminder_ids = fields.One2many("recouvrement.reminder", "customer_id")
    score_ids = fields.One2many("recouvrement.score", "customer_id")
    first_invoice_date = fields.Date(readonly=True)

    _partner_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "A customer has one collection file per company."
    )

    @api.depends("nature", "partner_id.is_company", "partner_id.vat")
    def _compute_legal_regime(self):
        for customer in self:
            partner = customer.partner_id
            if customer.nature in ("public", "consumer"):
                customer.legal_regime = customer.nature
            elif partner.is_company or partner.vat or partner.company_registry:
                customer.legal_regime = "business"
            else:
                customer.legal_regime = "unknown"

    @api.depends("segment_id", "segment_override_id", "segment_override_until")
    def _compute_effective_segment_id(self):
        for customer in self:
            today = customer.company_id._recouvrement_today()
            customer.effective_segment_id = customer._segment_on(today)

    def _search_effective_segment_id(self, operator, value):
        if operator not in ("=", "in", "any"):
            return NotImplemented
        today = self.env.company._recouvrement_today()
        overridden = [
            ("segment_override_id", "!=", False),
            ("segment_override_until", ">=", today),
        ]
        return [
            "|",
            "&",
            *(("&", *overridden)),
            ("segment_override_id", operator, value),
            "&",
            "!",
            *(("&", *overridden)),
            ("segment_id", operator, value),
        ]

    @api.constrains(
        "segment_override_id", "segment_override_until", "segment_override_reason"
    )
    def _check_segment_override(self):
        for customer in self.filtered("segment_override_id"):
            if (
                not customer.segment_override_until
                or not customer.segment_override_reason
            ):
                raise ValidationError(
                    self.env._("An own segment needs a reason and an end date.")
                )

    def _segment_on(self, day):
        """The segment that counts on ``day``: the own one while it runs."""
        self.ensure_one()
        until = self.segment_override_until
        if self.segment_override_id and until and until >= day:
            return self.segment_override_id
        return self.segment_id

    def _effective_segment_code(self, day):
        return self._segment_on(day).code or ""

    def _relation_days(self, day):
        """Days since the first invoice; 0 when there is none."""
        first = self.first_invoice_date
        return (day - first).days if first else 0

    def _frozen_reason(self):
        """Why every automatic message stops, or ''."""
        if self.insolvency:
            return "insolvency"
        return "litigation" if self.litigation else ""

    def _max_pause_days(self):
        """Longest pause without a manager, from the scenario; 30 days without one."""
        return self.scenario_override_id.max_pause_days or (
            self.effective_segment_id.scenario_id.max_pause_days or 30
        )

    @api.depends("partner_id")
    def _compute_display_name(self):
        for customer in self:
            customer.display_name = customer.partner_id.display_name
