from odoo import api, fields, models
from odoo.exceptions import ValidationError

LIMITS = (
    "recouvrement_promise_tolerance_days",
    "recouvrement_promise_max_days",
    "recouvrement_promise_portal_days",
    "recouvrement_promise_portal_running",
    "recouvrement_promise_portal_year",
    "recouvrement_promise_portal_broken",
    "recouvrement_dispute_portal_limit",
    "recouvrement_plan_notice_days",
)


class ResCompany(models.Model):
    """Limits of disputes, promises and payment plans. 0 = no limit, unless said."""

    _inherit = "res.company"

    recouvrement_promise_tolerance_days = fields.Integer(
        string="Tolerance of a promise (working days)",
        default=3,
        help="Working days for the bank, after the promised day. 0 = none.",
    )
    recouvrement_promise_max_days = fields.Integer(
        string="Longest promise (days)", default=45
    )
    recouvrement_promise_portal_days = fields.Integer(
        string="Longest promise on the customer's page (days)",
        default=15,
        help="0 = customers promise nothing by themselves.",
    )
    recouvrement_promise_portal_running = fields.Integer(
        string="Promises running at once on the customer's page", default=1
    )
    recouvrement_promise_portal_year = fields.Integer(
        string="Promises in twelve months on the customer's page", default=4
    )
    recouvrement_promise_portal_broken = fields.Integer(
        string="Broken promises after which the page takes no more", default=2
    )
    recouvrement_dispute_portal_limit = fields.Integer(
        string="Disputes of one invoice that stop the chase by themselves",
        default=2,
        help="Further ones from the customer's page hold nothing before a person accepts.",
    )
    recouvrement_plan_notice_days = fields.Integer(
        string="Reminder before an instalment (days)",
        default=5,
        help="0 = no reminder.",
    )
    recouvrement_manager_id = fields.Many2one(
        "res.users",
        string="Collection manager",
        help="Told when a dispute passes its deadline. Empty: the default agent.",
    )

    @api.constrains(*LIMITS)
    def _check_recouvrement_excuse_limits(self):
        for company in self:
            if any(company[name] < 0 for name in LIMITS):
                raise ValidationError(
                    self.env._("Limits of promises and disputes cannot be negative.")
                )
            if company.recouvrement_promise_tolerance_days > 30:
                raise ValidationError(
                    self.env._("The tolerance of a promise is 30 working days at most.")
                )
