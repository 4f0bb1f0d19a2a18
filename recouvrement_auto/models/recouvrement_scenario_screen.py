from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.planning import END_STEP

NOT_STARTED = "not_started"
BATCH = 500


class RecouvrementScenario(models.Model):
    """What the time-line of a scenario shows besides its steps."""

    _inherit = "recouvrement.scenario"

    rail = fields.Json(compute="_compute_rail", string="Steps at a glance")
    version_note = fields.Char(compute="_compute_version_note", string="State of use")

    @api.depends(
        "line_ids.anchor", "line_ids.delay", "line_ids.tone", "line_ids.channel"
    )
    @api.depends_context("lang")
    def _compute_rail(self):
        for scenario in self:
            scenario.rail = [
                {
                    "id": str(line.id),
                    "day": line.day_label,
                    "before": line.is_pre_due,
                    "name": line.name or "",
                    "channel": line.channel,
                    "tone": line.tone,
                    "confirm": line.mode == "confirm",
                }
                for line in scenario.line_ids.sorted(lambda step: step.sequence)
            ]

    @api.depends("version_ids", "line_ids")
    @api.depends_context("lang")
    def _compute_version_note(self):
        latest = self._latest_versions()
        for scenario in self:
            scenario.version_note = scenario._version_sentence(latest.get(scenario.id))

    def _version_sentence(self, last):
        """Which version the nights use, and whether something changed since."""
        self.ensure_one()
        if not last:
            return self.env._("Never used: the next night starts version 1.")
        if last.content_hash != self._digest(self._origin._current_snapshot()):
            return self.env._(
                "Version %(old)s until tonight; the changes made since become version "
                "%(new)s with the next night.",
                old=last.version,
                new=last.version + 1,
            )
        return self.env._(
            "Version %(number)s, in use since %(day)s.",
            number=last.version,
            day=format_date(self.env, last.create_date),
        )

    # === CALLED BY THE TIME-LINE === #

    def get_timeline(self):
        """What the time-line needs once: languages, customer to preview, rights."""
        self.check_access("read")
        customer = self[:1]._preview_customer()
        return {
            "customer_id": customer.id or False,
            "customer_name": customer.display_name or "",
            "languages": self.env["res.lang"].get_installed(),
            "can_edit": self.has_access("write"),
        }

    def get_step_counts(self):
        """Customers at each step today, and those whose next message is that step tonight.

        :return: ``{"at": {code: n}, "due": {code: n}}``; ``not_started`` and
            ``end_of_scenario`` are codes of their own
        """
        at, due = Counter(), Counter()
        for _customer_id, reached, following in self._step_positions():
            at[reached] += 1
            if following:
                due[following] += 1
        return {"at": at, "due": due}

    def action_open_step_customers(self, code, due=False):
        """The list behind the number of a step."""
        ids = [
            customer_id
            for customer_id, reached, following in self._step_positions()
            if (following if due else reached) == code
        ]
        line = self.line_ids.filtered(lambda step: step.code == code)
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.customer",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "name": f"{self.name} · {line.name}" if line else self.name,
            "domain": [("id", "in", ids)],
        }

    def action_duplicate(self):
        """A copy of the scenario, opened to be changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.scenario",
            "res_id": self.copy().id,
            "views": [(False, "form")],
        }

    # === READING === #

    def _current_snapshot(self):
        """The scenario as the next night would freeze it."""
        self.ensure_one()
        # sudo: texts are read to be compared and previewed, never shown as such
        return self.sudo()._build_snapshot(self.sudo()._frozen_texts())

    def _step_positions(self):
        """``(customer id, step reached, step of tonight or '')`` by customer in this scenario.

        The step reached is that of its most advanced open item; read with the facts of the
        night, so that the screen and the run never disagree.
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: positions only; the customers are filtered by the reader's own rights
        planner = self.env["recouvrement.planner"].sudo()
        Facts = self.env["recouvrement.planner.facts"].sudo()
        company = (self.company_id or self.env.company).sudo()
        day = company._recouvrement_today()
        context = Facts._context(company, day, Facts._current_versions(company))
        partner_ids = self._followed_partner_ids(company, day)
        rows = []
        for start in range(0, len(partner_ids), BATCH):
            for bundle in Facts._load(context, partner_ids[start : start + BATCH]):
                row = self._step_position(planner, context, bundle)
                if row:
                    rows.append(row)
        Customer = self.env["recouvrement.customer"]
        visible = set(Customer.search([("id", "in", [row[0] for row in rows])]).ids)
        return [row for row in rows if row[0] in visible]

    def _step_position(self, planner, context, bundle):
        ladders = [
            (item.ladder, item.ladder.position(item.reached, item.reached_rank))
            for item in bundle.items
            if item.amount > 0 and item.ladder and item.ladder.scenario_id == self.id
        ]
        if not ladders:
            return None
        ladder, index = max(ladders, key=lambda found: found[1])
        reached = NOT_STARTED
        if index >= 0:
            steps = ladder.steps
            reached = steps[index].code if index < len(steps) else END_STEP
        plan = planner._plan_bundle(context, bundle)
        tonight = plan.is_due and plan.leader and plan.leader.ladder
        same = tonight and tonight.scenario_id == self.id
        return bundle.customer.id, reached, plan.step.code if same else ""

    def _followed_partner_ids(self, company, day):
        """Customers with an open debit that this scenario may be for."""
        partner_ids = (
            self.env["recouvrement.run"].sudo()._open_partner_ids(company, day)
        )
        if company.recouvrement_scenario_id == self:
            return partner_ids
        # sudo: ids only, filtered by the caller
        files = self.env["recouvrement.customer"].sudo()
        wanted = set(
            files.search(
                self._get_customer_domain() & Domain("company_id", "=", company.id)
            ).partner_id.ids
        )
        options = self.env["recouvrement.invoice.option"].sudo()
        move_ids = options.search([("scenario_id", "=", self.id)]).mapped("move_res_id")
        moves = self.env["account.move"].sudo().browse(move_ids).exists()
        wanted.update(moves.commercial_partner_id.ids)
        return [partner_id for partner_id in partner_ids if partner_id in wanted]

    def _preview_customer(self):
        """A customer to show messages for: overdue, a few invoices, of this scenario first."""
        company = self.company_id or self.env.company
        query = self.env["recouvrement.open.item"]._query(
            company, company._recouvrement_today(), live=True
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT item.partner_id FROM (%s) item
                    WHERE item.amount > 0 AND item.partner_id IS NOT NULL
                 GROUP BY item.partner_id
                 ORDER BY MIN(item.due_date) < %s DESC, COUNT(*) BETWEEN 2 AND 5 DESC,
                          SUM(item.amount) DESC, item.partner_id
                    LIMIT 300""",
                query,
                company._recouvrement_today(),
            )
        )
        order = {row[0]: index for index, row in enumerate(rows)}
        known = Domain("company_id", "=", company.id) & Domain(
            "partner_id", "in", list(order)
        )
        Customer = self.env["recouvrement.customer"]
        found = Customer
        if self:
            found = Customer.search(known & self._get_customer_domain())
        found = found or Customer.search(known)
        return found.sorted(lambda file: order[file.partner_id.id])[:1]
