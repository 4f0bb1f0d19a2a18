from odoo import api, fields, models
from odoo.tools import format_date


class RecouvrementRun(models.Model):
    """What the page of a run shows beside its bookkeeping."""

    _inherit = "recouvrement.run"

    reason_ids = fields.One2many("recouvrement.run.reason", "run_id", readonly=True)
    to_confirm_count = fields.Integer(
        string="To confirm", compute="_compute_to_confirm_count"
    )
    progress = fields.Integer(
        compute="_compute_progress", help="Share of the messages that are settled."
    )
    sending_paused_until = fields.Datetime(
        related="company_id.recouvrement_paused_until"
    )
    sending_paused_reason = fields.Char(related="company_id.recouvrement_paused_reason")
    is_sending_paused = fields.Boolean(compute="_compute_alerts")
    is_locked_copy = fields.Boolean(compute="_compute_alerts")
    orphan_count = fields.Integer(string="Orphans", compute="_compute_orphan_count")
    excluded_count = fields.Integer(
        string="Excluded without reason", compute="_compute_excluded"
    )
    excluded_amount = fields.Monetary(compute="_compute_excluded")

    @api.depends("date", "kind", "company_id", "statement_day")
    @api.depends_context("lang")
    def _compute_name(self):
        """OVERRIDE: the day in the words of the reader."""
        for run in self:
            day = format_date(self.env, run.date, date_format="d MMMM y")
            if run.statement_day:
                figures = format_date(self.env, run.statement_day, date_format="long")
                run.name = self.env._("Statements at %s", figures)
            elif run.kind == "manual":
                run.name = self.env._("By hand, %s", day)
            elif run.kind == "shadow":
                run.name = self.env._("Shadow night of %s", day)
            else:
                run.name = self.env._("Night of %s", day)

    @api.depends("reminder_ids.state")
    def _compute_to_confirm_count(self):
        rows = self.env["recouvrement.reminder"]._read_group(
            [("run_id", "in", self.ids), ("state", "=", "to_confirm")],
            ["run_id"],
            ["__count"],
        )
        counts = {run.id: count for run, count in rows}
        for run in self:
            run.to_confirm_count = counts.get(run.id, 0)

    @api.depends("selected_count", "waiting_count")
    def _compute_progress(self):
        for run in self:
            total = run.selected_count
            done = total - run.waiting_count
            run.progress = 100 * done // total if total else 100

    @api.depends("company_id.recouvrement_paused_until")
    def _compute_alerts(self):
        now = fields.Datetime.now()
        locked = self.env["recouvrement.fingerprint"]._is_locked()
        for run in self:
            until = run.company_id.recouvrement_paused_until
            run.is_sending_paused = bool(until and until > now)
            run.is_locked_copy = locked

    def _compute_orphan_count(self):
        Customer = self.env["recouvrement.customer"]
        for company, runs in self.grouped("company_id").items():
            overdue = Customer.search(
                [("company_id", "=", company.id), ("total_overdue", ">", 0)]
            )
            runs.orphan_count = len(overdue._orphans())

    def _compute_excluded(self):
        Line = self.env["account.move.line"]
        for company, runs in self.grouped("company_id").items():
            [(count, amount)] = Line._read_group(
                [
                    ("company_id", "=", company.id),
                    ("recouvrement_excluded", "=", True),
                ],
                [],
                ["__count", "amount_residual:sum"],
            )
            runs.excluded_count = count
            runs.excluded_amount = amount

    # === BUTTONS === #

    @api.model
    def action_open_today(self):
        """The page of the last night of the company; the list while there is none."""
        self.check_access("read")
        run = self.search(
            [("company_id", "=", self.env.company.id), ("kind", "!=", "manual")],
            order="date desc, id desc",
            limit=1,
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_run_action"
        )
        if not run:
            return action
        form = self.env.ref("recouvrement_auto.recouvrement_run_view_form")
        return {
            **action,
            "res_id": run.id,
            "views": [(form.id, "form")],
            "view_mode": "form",
            "name": run.display_name,
        }

    def action_open_to_confirm(self):
        """The messages of this run that a person has to confirm."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_reminder_action_to_confirm"
        )
        domain = [("run_id", "=", self.id), ("state", "=", "to_confirm")]
        return {**action, "domain": domain, "context": {}}

    def action_open_orphans(self):
        """The customers that nothing follows."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_customer_action"
        )
        return {**action, "context": {"search_default_orphan": 1}}

    def action_open_excluded(self):
        """The open items that are excluded without a reason."""
        self.ensure_one()
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_excluded_action"
        )

    def action_refresh(self):
        """Read the figures again: the sender works in the background."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.client", "tag": "soft_reload"}
