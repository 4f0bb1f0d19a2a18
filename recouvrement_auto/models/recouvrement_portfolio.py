from odoo import api, fields, models
from odoo.fields import Domain


class RecouvrementCustomer(models.Model):
    """Whose customer it is today: the agent's, or his deputy's while he is away."""

    _inherit = "recouvrement.customer"

    acting_id = fields.Many2one(
        "res.users",
        string="Acting today",
        compute="_compute_acting_id",
        help="The agent in charge, or his deputy during an absence.",
    )
    is_deputed = fields.Boolean(compute="_compute_acting_id")

    @api.depends("responsible_id")
    def _compute_acting_id(self):
        Absence = self.env["recouvrement.absence"]
        for company, customers in self.grouped("company_id").items():
            away = Absence._stand_ins(company._recouvrement_today())
            for customer in customers:
                user = customer.responsible_id
                customer.acting_id = away.get(user.id, user)
                customer.is_deputed = user.id in away

    @api.model
    def _my_user_ids(self):
        return self.env["recouvrement.absence"]._acted_for(
            self.env.user, self.env.company._recouvrement_today()
        )

    @api.depends("responsible_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        """OVERRIDES: also the customers of those whom the user stands in for."""
        mine = self._my_user_ids()
        for customer in self:
            customer.is_mine = customer.responsible_id.id in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        users = self._my_user_ids()
        mine = Domain("agent_id", "in", users) | (
            Domain("agent_id", "=", False)
            & Domain("company_id.recouvrement_user_id", "in", users)
        )
        return mine if True in value else ~mine

    def message_post(self, **kwargs):
        """EXTENDS 'mail': an answer of the debtor also reaches the deputy."""
        if kwargs.get("message_type") == "email" and self.is_deputed:
            partners = set(kwargs.get("partner_ids") or ())
            partners.add(self.acting_id.partner_id.id)
            kwargs["partner_ids"] = list(partners)
        return super().message_post(**kwargs)


class RecouvrementReminder(models.Model):
    """My messages: also those of whom I stand in for."""

    _inherit = "recouvrement.reminder"

    @api.depends("agent_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        """OVERRIDES: also the messages of those whom the user stands in for."""
        mine = self.env["recouvrement.customer"]._my_user_ids()
        for reminder in self:
            reminder.is_mine = reminder.agent_id.id in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        users = self.env["recouvrement.customer"]._my_user_ids()
        mine = Domain("agent_id", "in", users)
        return mine if True in value else ~mine


class RecouvrementPlannerFacts(models.AbstractModel):
    """The deputy signs while the agent is away."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _context(self, company, day, versions, kind=None):
        """EXTENDS: who stands in for whom on the day."""
        context = super()._context(company, day, versions, kind)
        context.deputies = self.env["recouvrement.absence"]._stand_ins(day)
        return context


class MailActivity(models.Model):
    """An activity of the collection never waits on the desk of somebody who is away."""

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        """EXTENDS 'mail': to the deputy of who is away."""
        ours = [vals for vals in vals_list if self._is_collection(vals)]
        if ours:
            day = self.env.company._recouvrement_today()
            away = self.env["recouvrement.absence"]._stand_ins(day)
            for vals in ours:
                deputy = away.get(vals.get("user_id"))
                if deputy:
                    vals["user_id"] = deputy.id
        return super().create(vals_list)

    @api.model
    def _is_collection(self, vals):
        model = vals.get("res_model")
        if not model and vals.get("res_model_id"):
            # sudo: the name of a model, for whoever plans an activity
            model = self.env["ir.model"].sudo().browse(vals["res_model_id"]).model
        return bool(model) and model.startswith("recouvrement.")
