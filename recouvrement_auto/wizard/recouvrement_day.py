from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.action import titled


class RecouvrementDay(models.TransientModel):
    """One list of the day of an agent: how much is left in it, his part and everybody's.

    The first screen of the morning: the lists in the order in which they are worked off
    (practice.md section 2); each number opens its list. Add-ons add theirs to ``_lists``.
    """

    _name = "recouvrement.day"
    _description = "List of the day"
    _order = "sequence, id"

    sequence = fields.Integer()
    name = fields.Char(required=True)
    hint = fields.Char()
    icon = fields.Char()
    mine_count = fields.Integer(string="Mine")
    all_count = fields.Integer(string="Everybody’s")
    action_name = fields.Char()
    res_model = fields.Char()
    mine_domain = fields.Json()
    all_domain = fields.Json()

    @api.model
    def action_open_day(self):
        """The day of the user, counted now."""
        self.check_access("create")
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        rows = enumerate(self._rows())
        days = self.create([{"sequence": place, **row} for place, row in rows])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_day_action"
        )
        return {**action, "domain": [("id", "in", days.ids)]}

    @api.model
    def _rows(self):
        """Values of what the screen shows, in its order."""
        return [
            self._counted(entry)
            for entry in self._lists()
            if self.env[entry["res_model"]].has_access("read")
        ]

    @api.model
    def _counted(self, entry):
        """The row of a list; ``own`` narrows its domain to what is the user's."""
        domain = list(Domain(entry["domain"]))
        mine = list(Domain(entry["domain"]) & Domain(entry["own"]))
        Model = self.env[entry["res_model"]]
        return {
            "name": entry["name"],
            "hint": entry["hint"],
            "icon": entry["icon"],
            "res_model": entry["res_model"],
            "action_name": entry["action"],
            "all_count": Model.search_count(domain),
            "mine_count": Model.search_count(mine),
            "all_domain": domain,
            "mine_domain": mine,
        }

    def action_open_mine(self):
        """The part of the user."""
        return self._open(self.mine_domain)

    def action_open_all(self):
        """Everybody's."""
        return self._open(self.all_domain)

    def _open(self, domain):
        self.ensure_one()
        self.env[self.res_model].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(self.action_name)
        return titled(action, self.name, domain=domain, context={})
