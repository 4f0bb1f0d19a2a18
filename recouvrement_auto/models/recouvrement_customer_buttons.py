from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.action import form_of


class RecouvrementCustomer(models.Model):
    """Excluded items of the file, and its buttons."""

    _inherit = "recouvrement.customer"

    has_excluded = fields.Boolean(
        string="Excluded without reason",
        compute="_compute_has_excluded",
        search="_search_has_excluded",
    )

    def _compute_has_excluded(self):
        found = self.filtered_domain(self._search_has_excluded("in", {True}))
        for customer in self:
            customer.has_excluded = customer in found

    def _search_has_excluded(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = SQL(
            """(SELECT customer.id FROM recouvrement_customer customer
                  JOIN account_move_line line ON line.partner_id = customer.partner_id
                                             AND line.company_id = customer.company_id
                 WHERE line.id IN %s)""",
            self.env["account.move.line"]._recouvrement_excluded_sql(),
        )
        return Domain("id", "in" if True in value else "not in", lines)

    # === BUTTONS === #

    def action_open_partner(self):
        """The contact behind the file."""
        self.ensure_one()
        self.partner_id.check_access("read")
        return form_of(self.partner_id)

    def action_open_waiting(self):
        """The message that waits to leave."""
        self.ensure_one()
        self.waiting_reminder_id.check_access("read")
        return form_of(self.waiting_reminder_id)

    def action_pause(self):
        """EXTENDS: propose an end that the scenario allows."""
        action = super().action_pause()
        days = min(self._max_pause_days(), 7)
        today = self.company_id._recouvrement_today()
        action["context"]["default_date_end"] = today + timedelta(days=days)
        return action
