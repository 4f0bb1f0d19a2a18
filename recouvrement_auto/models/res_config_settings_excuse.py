from odoo import fields, models


class RecouvrementSettingsMixin(models.AbstractModel):
    """Settings of disputes, promises and payment plans of the current company."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_promise_tolerance_days = fields.Integer(
        related="company_id.recouvrement_promise_tolerance_days", readonly=False
    )
    recouvrement_promise_max_days = fields.Integer(
        related="company_id.recouvrement_promise_max_days", readonly=False
    )
    recouvrement_promise_portal_days = fields.Integer(
        related="company_id.recouvrement_promise_portal_days", readonly=False
    )
    recouvrement_promise_portal_running = fields.Integer(
        related="company_id.recouvrement_promise_portal_running", readonly=False
    )
    recouvrement_promise_portal_year = fields.Integer(
        related="company_id.recouvrement_promise_portal_year", readonly=False
    )
    recouvrement_promise_portal_broken = fields.Integer(
        related="company_id.recouvrement_promise_portal_broken", readonly=False
    )
    recouvrement_dispute_portal_limit = fields.Integer(
        related="company_id.recouvrement_dispute_portal_limit", readonly=False
    )
    recouvrement_plan_notice_days = fields.Integer(
        related="company_id.recouvrement_plan_notice_days", readonly=False
    )
    recouvrement_manager_id = fields.Many2one(
        related="company_id.recouvrement_manager_id", readonly=False
    )
