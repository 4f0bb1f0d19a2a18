from odoo import fields, models
from odoo.tools import SQL, format_date

from ..const import LIVE_STATES


class AccountMove(models.Model):
    """The invoice as the collection sees it: read from our tables, nothing stored here."""

    _inherit = "account.move"

    recouvrement_customer_id = fields.Many2one(
        "recouvrement.customer",
        string="Collection file",
        compute="_compute_recouvrement",
        groups="recouvrement_auto.recouvrement_auto_group_agent,"
        "recouvrement_auto.recouvrement_auto_group_auditor,"
        "recouvrement_auto.recouvrement_auto_group_salesperson",
    )
    recouvrement_step = fields.Char(
        string="Last collection step",
        compute="_compute_recouvrement",
        groups="recouvrement_auto.recouvrement_auto_group_agent,"
        "recouvrement_auto.recouvrement_auto_group_auditor,"
        "recouvrement_auto.recouvrement_auto_group_salesperson",
    )
    recouvrement_next_step = fields.Char(
        string="Next collection step",
        compute="_compute_recouvrement",
        groups="recouvrement_auto.recouvrement_auto_group_agent,"
        "recouvrement_auto.recouvrement_auto_group_auditor,"
        "recouvrement_auto.recouvrement_auto_group_salesperson",
    )
    recouvrement_days_late = fields.Integer(
        string="Days late", compute="_compute_recouvrement"
    )
    recouvrement_pause_until = fields.Date(
        string="Not chased until", compute="_compute_recouvrement"
    )

    # Depends on nothing by name: Odoo would ask at each write of an entry whether it is
    # touched (`setup/bench no_harm` counts the calls). A screen reads it at each opening.
    def _compute_recouvrement(self):
        self.update(
            {
                "recouvrement_customer_id": False,
                "recouvrement_step": False,
                "recouvrement_next_step": False,
                "recouvrement_days_late": 0,
                "recouvrement_pause_until": False,
            }
        )
        moves = self.filtered(
            lambda m: (
                m.state == "posted" and m.move_type in ("out_invoice", "out_refund")
            )
        )
        for company, group in moves.grouped("company_id").items():
            group._compute_recouvrement_company(company)

    def _compute_recouvrement_company(self, company):
        # Collection rows are read for whoever may read the invoice; the fields that name
        # the chase itself carry groups.
        Facts = self.env["recouvrement.planner.facts"].sudo()
        partners = self.commercial_partner_id
        customers = (
            self.env["recouvrement.customer"]
            .sudo()
            .search(
                [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
            )
        )
        if not customers:
            return
        versions = Facts._current_versions(company)
        day = company._recouvrement_today()
        context = Facts._context(company.sudo(), day, versions)
        bundles = Facts._load(context, customers.partner_id.ids)
        by_move = {}
        for bundle in bundles:
            for item in bundle.items:
                by_move.setdefault(item.move_id, []).append((bundle, item))
        by_partner = {c.partner_id: c for c in customers}
        for move in self:
            customer = by_partner.get(move.commercial_partner_id)
            move.recouvrement_customer_id = customer
            move._set_recouvrement(context, by_move.get(move.id, []))

    def _set_recouvrement(self, context, pairs):
        if not pairs:
            return
        bundle, item = min(pairs, key=lambda pair: pair[1].due_date)
        late = item.days_late(context.day)
        self.recouvrement_days_late = max(late, 0) if item.amount > 0 else 0
        self.recouvrement_pause_until = item.paused_until
        names = (
            {step.code: step.name for step in item.ladder.steps} if item.ladder else {}
        )
        self.recouvrement_step = names.get(item.reached, item.reached) or False
        following = self.env["recouvrement.planner"]._next_of_item(
            context, bundle, item
        )
        if following and following.step:
            label = names.get(following.step.code, following.step.name)
            day = format_date(self.env, max(following.on, context.day))
            self.recouvrement_next_step = f"{label} · {day}"

    # === EVENTS === #

    def _post(self, soft=True):
        """EXTENDS 'account': an invoice posted again goes on where its ladder was."""
        posted = super()._post(soft)
        posted._recouvrement_posted_again()
        return posted

    def _recouvrement_posted_again(self):
        """Log invoices that had been chased before, and carry their position over.

        One query for a batch that was never chased, which is the rule.
        """
        if not self.ids:
            return
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (move_res_id, due_date)
                          company_id, customer_id, move_res_id, due_date, cycle,
                          step_code, tone_rank, step_delay, used_on
                     FROM recouvrement_reminder_item
                    WHERE move_res_id IN %s AND step_code != ''
                      AND step_code NOT LIKE 'plan:%%' AND state IN %s
                 ORDER BY move_res_id, due_date, cycle DESC, used_on DESC""",
                tuple(self.ids),
                LIVE_STATES,
            )
        )
        if rows:
            # Rows of ours, written for whoever posts the invoice.
            self.env["recouvrement.item.cycle"].sudo()._carry_over(self, rows)
