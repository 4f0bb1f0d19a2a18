from odoo import fields, models
from odoo.exceptions import UserError

GROUPS = (
    "recouvrement_auto.recouvrement_auto_group_agent,"
    "recouvrement_auto.recouvrement_auto_group_auditor,"
    "recouvrement_auto.recouvrement_auto_group_salesperson"
)


class AccountMove(models.Model):
    """The collection page of an invoice and its buttons. Nothing is stored on the entry."""

    _inherit = "account.move"

    recouvrement_pause_reason = fields.Char(
        string="Because", compute="_compute_recouvrement_pause", groups=GROUPS
    )
    recouvrement_pause_id = fields.Many2one(
        "recouvrement.pause", compute="_compute_recouvrement_pause", groups=GROUPS
    )
    recouvrement_scenario_id = fields.Many2one(
        "recouvrement.scenario",
        string="Own scenario",
        compute="_compute_recouvrement_scenario_id",
        inverse="_inverse_recouvrement_scenario_id",
        groups=GROUPS,
        help="Used for this invoice instead of the scenario of its customer.",
    )
    recouvrement_item_ids = fields.Many2many(
        "recouvrement.reminder.item",
        string="Messages about this invoice",
        compute="_compute_recouvrement_item_ids",
        groups=GROUPS,
    )

    def _compute_recouvrement_pause(self):
        pauses = self.env["recouvrement.pause"].search(
            [("move_res_id", "in", self.ids), ("state", "=", "running")],
            order="date_end, id",
        )
        by_move = {pause.move_res_id: pause for pause in pauses}
        for move in self:
            pause = by_move.get(move.id, self.env["recouvrement.pause"])
            move.recouvrement_pause_id = pause
            move.recouvrement_pause_reason = pause.reason

    def _compute_recouvrement_scenario_id(self):
        # What a person chose for an invoice that the reader may see.
        options = (
            self.env["recouvrement.invoice.option"]
            .sudo()
            .search([("move_res_id", "in", self.ids)])
        )
        by_move = {option.move_res_id: option.scenario_id for option in options}
        for move in self:
            move.recouvrement_scenario_id = by_move.get(move.id, False)

    def _inverse_recouvrement_scenario_id(self):
        Option = self.env["recouvrement.invoice.option"]
        for move in self:
            option = Option.search([("move_res_id", "=", move.id)])
            scenario = move.recouvrement_scenario_id
            if option.scenario_id == scenario:
                continue
            if option:
                option.scenario_id = scenario
            else:
                Option.create(
                    {
                        "move_res_id": move.id,
                        "company_id": move.company_id.id,
                        "scenario_id": scenario.id,
                    }
                )
            move._log_recouvrement(
                "invoice.scenario", {"scenario": scenario.code or ""}
            )

    def _log_recouvrement(self, event, facts):
        self.env["recouvrement.log"]._append(
            event,
            company=self.company_id,
            customer=self.recouvrement_customer_id.id,
            partner=self.commercial_partner_id.id,
            moves=self.ids,
            facts=facts,
        )

    def _compute_recouvrement_item_ids(self):
        items = self.env["recouvrement.reminder.item"].search(
            [("move_res_id", "in", self.ids)], order="reminder_id desc, id"
        )
        grouped = items.grouped("move_res_id")
        for move in self:
            move.recouvrement_item_ids = grouped.get(move.id, False)

    def _recouvrement_open_lines(self):
        """The receivable instalments that are still open."""
        return self.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.reconciled
                and line.amount_residual > 0
            )
        )

    # === BUTTONS === #

    def action_recouvrement_pause(self):
        """Ask until when and why this invoice is not chased."""
        self.check_access("read")
        lines = self._recouvrement_open_lines()
        if not lines:
            raise UserError(self.env._("Nothing is open on this invoice."))
        return lines.action_recouvrement_pause()

    def action_recouvrement_lift(self):
        """Chase this invoice again from now on."""
        self.line_ids._check_recouvrement_agent()
        pauses = self.env["recouvrement.pause"].search(
            [("move_res_id", "in", self.ids), ("state", "=", "running")]
        )
        return pauses.action_lift()

    def action_recouvrement_history(self):
        """Every log entry about these invoices."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_log_action"
        )
        return {**action, "domain": [("move_id", "in", self.ids)], "context": {}}

    def action_recouvrement_open(self):
        """The collection file of the customer."""
        self.ensure_one()
        return self.partner_id.action_open_recouvrement()
