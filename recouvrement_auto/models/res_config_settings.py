from odoo import fields, models


class RecouvrementSettingsMixin(models.AbstractModel):
    """Collection settings of the current company, declared once for two pages: Odoo's own
    settings and the page of collection managers (``recouvrement.settings``).

    Add-ons that bring settings extend this model, and the view of Odoo's settings.
    """

    _name = "recouvrement.settings.mixin"
    _description = "Collection settings"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    recouvrement_mode = fields.Selection(
        related="company_id.recouvrement_mode", readonly=False
    )
    recouvrement_tz = fields.Selection(
        related="company_id.recouvrement_tz", readonly=False
    )
    recouvrement_region = fields.Selection(
        related="company_id.recouvrement_region", readonly=False
    )
    recouvrement_run_hour = fields.Float(
        related="company_id.recouvrement_run_hour", readonly=False
    )
    recouvrement_release = fields.Selection(
        related="company_id.recouvrement_release", readonly=False
    )
    recouvrement_release_hour = fields.Float(
        related="company_id.recouvrement_release_hour", readonly=False
    )
    recouvrement_closed_days = fields.Boolean(
        related="company_id.recouvrement_closed_days", readonly=False
    )
    recouvrement_any_hour = fields.Boolean(
        related="company_id.recouvrement_any_hour", readonly=False
    )
    recouvrement_bank_stale_days = fields.Integer(
        related="company_id.recouvrement_bank_stale_days", readonly=False
    )
    recouvrement_unallocated_percent = fields.Float(
        related="company_id.recouvrement_unallocated_percent", readonly=False
    )
    recouvrement_max_item_age = fields.Integer(
        related="company_id.recouvrement_max_item_age", readonly=False
    )
    recouvrement_ceiling = fields.Integer(
        related="company_id.recouvrement_ceiling", readonly=False
    )
    recouvrement_user_id = fields.Many2one(
        related="company_id.recouvrement_user_id", readonly=False
    )
    recouvrement_scenario_id = fields.Many2one(
        related="company_id.recouvrement_scenario_id", readonly=False
    )
    recouvrement_bank_id = fields.Many2one(
        related="company_id.recouvrement_bank_id", readonly=False
    )
    recouvrement_deadline = fields.Integer(
        related="company_id.recouvrement_deadline", readonly=False
    )
    recouvrement_anchor_email = fields.Char(
        related="company_id.recouvrement_anchor_email", readonly=False
    )
    recouvrement_iban_changed_on = fields.Date(
        related="company_id.recouvrement_iban_changed_on", readonly=False
    )
    recouvrement_locked = fields.Boolean(compute="_compute_recouvrement_locked")

    def _compute_recouvrement_locked(self):
        locked = self.env["recouvrement.fingerprint"]._is_locked()
        for settings in self:
            settings.recouvrement_locked = locked

    def action_confirm_database(self):
        """This database may send: it is no forgotten copy."""
        self.env["recouvrement.fingerprint"]._confirm()
        return {"type": "ir.actions.client", "tag": "reload"}
