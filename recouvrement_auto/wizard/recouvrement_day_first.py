from odoo import api, fields, models

SETTINGS = "recouvrement_auto.recouvrement_config_settings_action"
NEW_NIGHT = "recouvrement_auto.recouvrement_simulation_action"
LAST_NIGHT = "recouvrement_auto.recouvrement_run_action_today"


class RecouvrementDay(models.TransientModel):
    """What a manager still has to do before the first message leaves, on the first screen.

    A step is there until it is done; once the company has left the shadow mode with an agent
    and a bank account, none is left and the screen is that of every day.
    """

    _inherit = "recouvrement.day"

    is_step = fields.Boolean(string="First step")

    @api.model
    def _rows(self):
        """EXTENDS: the first steps before the lists."""
        steps = [{**step, "is_step": True} for step in self._first_steps()]
        return [*steps, *super()._rows()]

    @api.model
    def _first_steps(self):
        """Rows of what is not set up yet, for those who may set it up."""
        if not self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_manager"
        ):
            return []
        steps, company = [], self.env.company
        if not company.recouvrement_user_id:
            steps.append(
                self._step(
                    self.env._("Choose the default agent"),
                    self.env._("Signs the messages and receives the answers"),
                    "fa-user-plus",
                    SETTINGS,
                )
            )
        if not self.env["recouvrement.renderer"]._bank(company):
            steps.append(
                self._step(
                    self.env._("Enter a trusted bank account"),
                    self.env._("Customers read in each message where to pay"),
                    "fa-university",
                    SETTINGS,
                )
            )
        if company.recouvrement_mode == "shadow":
            steps += self._shadow_steps(company)
        return steps

    @api.model
    def _shadow_steps(self, company):
        night = self.env["recouvrement.run"].search_count(
            [("company_id", "=", company.id)], limit=1
        )
        return [
            self._step(
                self.env._("Read what would leave"),
                self.env._("The last night, message by message")
                if night
                else self.env._("The next 30 days, without sending anything"),
                "fa-eye",
                LAST_NIGHT if night else NEW_NIGHT,
            ),
            self._step(
                self.env._("Let messages leave"),
                self.env._("Shadow mode: nothing leaves. Manual comes next"),
                "fa-flag-checkered",
                SETTINGS,
            ),
        ]

    @api.model
    def _step(self, name, hint, icon, action):
        return {"name": name, "hint": hint, "icon": icon, "action_name": action}

    def action_open_mine(self):
        """EXTENDS: a step opens the screen where it is done."""
        if not self.is_step:
            return super().action_open_mine()
        self.ensure_one()
        if self.action_name == LAST_NIGHT:
            return self.env["recouvrement.run"].action_open_today()
        return self.env["ir.actions.act_window"]._for_xml_id(self.action_name)
