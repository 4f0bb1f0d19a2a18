from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..const import STATE_SELECTION, WAITING_STATES
from ..tools.planning import next_action

NOTHING_WAITS = {
    "waiting_reminder_id": False,
    "waiting_state": False,
    "waiting_step": False,
}


class RecouvrementCustomer(models.Model):
    """What the screens show of a customer, computed on today's ledger, never stored."""

    _inherit = "recouvrement.customer"

    total_due = fields.Monetary(
        compute="_compute_live", string="Open balance", help="Credits deducted."
    )
    total_overdue = fields.Monetary(compute="_compute_live", string="Overdue")
    total_disputed = fields.Monetary(compute="_compute_live", string="Disputed")
    unallocated_credit = fields.Monetary(
        compute="_compute_live", string="Credits to match"
    )
    oldest_days_late = fields.Integer(
        compute="_compute_live", string="Days late (oldest)"
    )
    open_item_count = fields.Integer(compute="_compute_live", string="Open items")
    scenario_id = fields.Many2one("recouvrement.scenario", compute="_compute_live")
    scenario_why = fields.Char(compute="_compute_live", string="Why this scenario")
    next_step_date = fields.Date(compute="_compute_live", string="Next step on")
    next_step_label = fields.Char(compute="_compute_live", string="Next step")
    next_step_name = fields.Char(compute="_compute_live", string="Step to come")
    next_step_reason = fields.Char(
        compute="_compute_live", string="What holds the next step"
    )
    waiting_reminder_id = fields.Many2one(
        "recouvrement.reminder", compute="_compute_live", string="Message waiting"
    )
    waiting_state = fields.Selection(
        STATE_SELECTION, string="State of the message", compute="_compute_live"
    )
    waiting_step = fields.Char(string="Message waiting for", compute="_compute_live")

    @api.depends_context("uid")
    @api.depends(
        "partner_id", "company_id", "nature", "scenario_override_id", "pause_ids"
    )
    def _compute_live(self):
        for company, customers in self.grouped("company_id").items():
            customers._compute_live_company(company)

    def _compute_live_company(self, company):
        Facts = self.env[
            "recouvrement.planner.facts"
        ].sudo()  # figures only, read rights
        #                                    of the file itself were checked by the caller
        day = company._recouvrement_today()
        self._fetch_people(company)
        versions = Facts._current_versions(company)
        context = Facts._context(company.sudo(), day, versions)
        bundles = Facts._load(context, self.partner_id.ids)
        by_partner = {bundle.file.partner_id: bundle for bundle in bundles}
        waiting = self._waiting_reminders()
        for customer in self:
            bundle = by_partner.get(customer.partner_id.id)
            customer.update(customer._live_values(context, bundle))
            customer.update(waiting.get(customer.id, NOTHING_WAITS))

    def _fetch_people(self, company):
        """Customers, company and those in charge: one query for all their partners."""
        files = self.sudo()  # names that the screens of these files show anyway
        users = files.agent_id | company.sudo().recouvrement_user_id | self.env.user
        partners = files.partner_id | company.sudo().partner_id | users.partner_id
        partners.mapped("lang")

    def _waiting_reminders(self):
        """``{file id: values}`` of the last message of each file that waits to leave."""
        self.env["recouvrement.reminder"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (customer_id) customer_id,
                          id AS waiting_reminder_id, state AS waiting_state,
                          step_name AS waiting_step
                     FROM recouvrement_reminder
                    WHERE customer_id IN %s AND state IN %s
                 ORDER BY customer_id, id DESC""",
                tuple(self.ids) or (0,),
                WAITING_STATES,
            )
        )
        return {row.pop("customer_id"): row for row in rows}

    def _live_values(self, context, bundle):
        day = context.day
        items = bundle.items if bundle else []
        overdue = [i for i in items if i.amount > 0 and i.due_date < day]
        values = {
            "total_due": float(sum(i.amount for i in items)),
            "total_overdue": float(sum(i.amount for i in overdue)),
            "total_disputed": float(sum(i.disputed for i in items)),
            "unallocated_credit": float(bundle.unallocated) if bundle else 0.0,
            "oldest_days_late": max((i.days_late(day) for i in overdue), default=0),
            "open_item_count": len(items),
            "scenario_id": bundle.version.scenario_id
            if bundle and bundle.version
            else False,
            "scenario_why": self._why_label(bundle),
        }
        values.update(self._next_values(context, bundle, items))
        return values

    def _why_label(self, bundle):
        if not bundle:
            return ""
        key = self.env["recouvrement.planner.facts"]._why_scenario(bundle)
        return self.env["recouvrement.reminder"]._why_label(key)

    def _next_values(self, context, bundle, items):
        values = {
            "next_step_date": False,
            "next_step_label": False,
            "next_step_name": False,
            "next_step_reason": False,
        }
        if not bundle:
            return values
        found = next_action(items, context.day, context.calendar.for_planning)
        if found:
            item, following = found
            label = following.step.name
            if following.step.code == "end_of_scenario":
                label = self.env._("End of the scenario")
            first = max(following.on, context.day)
            ends = [item.paused_until, bundle.pause and bundle.pause["date_end"]]
            values["next_step_date"] = max([first, *(day for day in ends if day)])
            values["next_step_name"] = label
            values["next_step_label"] = f"{label} · {item.name}"
        values["next_step_reason"] = self._obstacle(context, bundle)
        return values

    def _obstacle(self, context, bundle):
        """The reason that would hold tonight's message, or False."""
        planner = self.env["recouvrement.planner"].sudo()  # same facts as the night
        plan = planner._plan_bundle(context, bundle)
        if not plan.is_due:
            return False
        verdict = planner._verdict(context, bundle, plan)
        if verdict is None:
            return False
        reasons = dict(
            self.env["recouvrement.reminder"]
            ._fields["reason_code"]
            ._description_selection(self.env)
        )
        label = reasons.get(verdict.reason, verdict.reason)
        if verdict.until:
            label = f"{label} ({format_date(self.env, verdict.until)})"
        return label
