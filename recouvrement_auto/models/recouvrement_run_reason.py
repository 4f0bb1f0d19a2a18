from odoo import api, fields, models
from odoo.tools import SQL

from ..const import REASON_SELECTION, STATE_SELECTION


class RecouvrementRunReason(models.Model):
    """Why messages of a run wait, are held or were skipped: one row per state and reason."""

    _name = "recouvrement.run.reason"
    _description = "Reasons of a run"
    _auto = False
    _log_access = False
    _order = "state_rank, message_count desc, id"
    _rec_name = "reason_code"

    run_id = fields.Many2one("recouvrement.run", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(STATE_SELECTION, readonly=True)
    state_rank = fields.Integer(readonly=True)
    reason_code = fields.Selection(REASON_SELECTION, string="Reason", readonly=True)
    reason_label = fields.Char(string="Why", compute="_compute_reason_label")
    message_count = fields.Integer(string="Messages", readonly=True)
    item_count = fields.Integer(string="Items", readonly=True)
    amount = fields.Monetary(readonly=True)
    until = fields.Date(readonly=True, help="The first of these reasons ends that day.")

    @api.depends("state", "reason_code")
    @api.depends_context("lang")
    def _compute_reason_label(self):
        labels = dict(self._fields["reason_code"]._description_selection(self.env))
        waits = {
            "to_confirm": self.env._("A person reads and confirms them"),
            "queued": self.env._("Leave in office hours, once the night is released"),
            "deferred": self.env._("Will be tried again by themselves"),
            "claimed": self.env._("Leave right now"),
        }
        for row in self:
            row.reason_label = labels.get(row.reason_code) or waits.get(row.state, "")

    @property
    def _table_query(self):
        # MIN(id) is stable for a pair as long as its oldest message keeps its reason: the
        # rows are read for one screen and never kept.
        return SQL(
            """SELECT MIN(id) AS id, run_id, company_id, state, reason_code,
                      CASE state WHEN 'unknown' THEN 1 WHEN 'failed' THEN 2
                                 WHEN 'to_confirm' THEN 3 WHEN 'held' THEN 4
                                 WHEN 'deferred' THEN 5 WHEN 'queued' THEN 6
                                 WHEN 'claimed' THEN 7 ELSE 8 END AS state_rank,
                      COUNT(*) AS message_count, SUM(item_count) AS item_count,
                      SUM(total_overdue) AS amount, MIN(until) AS until
                 FROM recouvrement_reminder
                WHERE run_id IS NOT NULL AND state != 'sent'
             GROUP BY run_id, company_id, state, reason_code"""
        )

    def action_open(self):
        """The messages behind the row."""
        self.ensure_one()
        self.run_id.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_reminder_action"
        )
        domain = [
            ("run_id", "=", self.run_id.id),
            ("state", "=", self.state),
            ("reason_code", "=", self.reason_code),
        ]
        return {**action, "domain": domain, "context": {}}
