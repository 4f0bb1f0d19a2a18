from odoo import api, fields, models

from ..tools.planning import END_STEP


class RecouvrementScenarioLine(models.Model):
    """Names of steps of which only the code was kept."""

    _inherit = "recouvrement.scenario.line"

    @api.model
    def _step_names(self, codes):
        """``{code: name}`` in the language of the reader, of steps alive or archived.

        Scenarios share codes (``reminder_1``): the first scenario gives the name.
        """
        # sudo: names only; salespersons see the steps of their customers, not the scenarios
        lines = (
            self.sudo()
            .with_context(active_test=False)
            .search([("code", "in", list(codes))], order="scenario_id, id")
        )
        names = {}
        for line in lines:
            names.setdefault(line.code, line.name)
        names[END_STEP] = self.env._("End of the scenario")
        return names


class RecouvrementReminderItem(models.Model):
    """The step of an item in words; an item that used none says how it was listed."""

    _inherit = "recouvrement.reminder.item"

    date = fields.Date(related="reminder_id.date", string="Day")
    step_label = fields.Char(string="Step", compute="_compute_step_label")
    channel_label = fields.Char(string="By", compute="_compute_channel_label")

    @api.depends("step_code", "role", "reminder_id.step_name")
    @api.depends_context("lang")
    def _compute_step_label(self):
        codes = {item.step_code for item in self if item.step_code}
        names = self.env["recouvrement.scenario.line"]._step_names(codes)
        roles = dict(self._fields["role"]._description_selection(self.env))
        for item in self:
            reminder = item.reminder_id
            if not item.step_code:
                item.step_label = roles.get(item.role)
            elif item.step_code == reminder.step_code and reminder.step_name:
                item.step_label = reminder.step_name
            else:
                item.step_label = names.get(item.step_code, item.step_code)

    @api.depends("channel")
    @api.depends_context("lang")
    def _compute_channel_label(self):
        field = self.env["recouvrement.reminder"]._fields["channel"]
        labels = dict(field._description_selection(self.env))
        for item in self:
            item.channel_label = labels.get(item.channel, item.channel)
