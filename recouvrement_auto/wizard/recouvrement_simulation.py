from datetime import timedelta
from types import SimpleNamespace

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import (
    HELD,
    QUEUED,
    REASON_SELECTION,
    SKIPPED,
    TO_CONFIRM,
)

LONGEST_DAYS = 92


class RecouvrementSimulation(models.TransientModel):
    """Dry run: what would leave in the coming days, what would not, and why (A16)."""

    _name = "recouvrement.simulation"
    _description = "Dry run"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._recouvrement_today(),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: (
            self.env.company._recouvrement_today() + timedelta(days=30)
        ),
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", help="Empty: every customer with open items."
    )
    compare = fields.Boolean(
        string="Compare two versions",
        help="Runs the same days twice and shows what changes between the two.",
    )
    scenario_id = fields.Many2one("recouvrement.scenario")
    version_a_id = fields.Many2one(
        "recouvrement.scenario.version",
        string="Before",
        domain="[('scenario_id', '=', scenario_id)]",
    )
    version_b_id = fields.Many2one(
        "recouvrement.scenario.version",
        string="After",
        domain="[('scenario_id', '=', scenario_id)]",
        help="Empty: the scenario as it stands now.",
    )
    line_ids = fields.One2many("recouvrement.simulation.line", "simulation_id")

    @api.onchange("scenario_id")
    def _onchange_scenario_id(self):
        versions = self.env["recouvrement.scenario.version"].search(
            [("scenario_id", "=", self.scenario_id.id)], order="version desc", limit=1
        )
        self.version_a_id = versions
        self.version_b_id = False

    def action_simulate(self):
        """Run the days without writing anything of the chase, and open the result."""
        self.ensure_one()
        self._check_input()
        self.line_ids.unlink()
        if self.compare:
            rows = self._compared_rows()
        else:
            rows = self._folded_rows(self._simulate_with(None))
        self.env["recouvrement.simulation.line"].create(rows)
        return self._open_lines()

    def _check_input(self):
        if self.date_to < self.date_from:
            raise UserError(self.env._("The last day comes before the first one."))
        if (self.date_to - self.date_from).days > LONGEST_DAYS:
            raise UserError(
                self.env._("Simulate %(days)s days at most.", days=LONGEST_DAYS)
            )
        if self.compare and not self.version_a_id:
            raise UserError(
                self.env._("Choose the scenario and the version to compare.")
            )

    def _simulate_with(self, versions):
        partners = self.partner_ids.commercial_partner_id.ids or None
        return self.env["recouvrement.run"]._simulate(
            self.company_id,
            self.date_from,
            self.date_to,
            versions=versions,
            partner_ids=partners,
        )

    def _versions_with(self, version):
        """Today's scenarios with one of them as it was frozen in ``version``."""
        current = self.env["recouvrement.planner.facts"]._current_versions(
            self.company_id
        )
        if not version:
            return current
        wanted = version.scenario_id.id
        others = [v for v in current if v.snapshot["scenario"]["id"] != wanted]
        return [*others, SimpleNamespace(snapshot=version.snapshot, id=version.id)]

    def _folded_rows(self, rows):
        """Lines of a run; what is held for the same reason day after day is one line."""
        values, held = [], {}
        for row in rows:
            line = self._line_values(row)
            if row["state"] in (HELD, SKIPPED):
                key = (row["customer_id"], row["step_code"], row["reason"])
                if key in held:
                    held[key]["day_count"] += 1
                    continue
                held[key] = line
            values.append(line)
        return values

    def _line_values(self, row, change=False, date_before=False):
        return {
            "simulation_id": self.id,
            "date": row["date"],
            "date_before": date_before,
            "customer_id": row["customer_id"],
            "channel": row["channel"],
            "tone": row["tone"],
            "scenario_id": row["scenario_id"],
            "why": self.env["recouvrement.reminder"]._why_label(row["why"]),
            "step_name": self.env["recouvrement.reminder"]._step_label(row),
            "state": row["state"],
            "reason_code": row["reason"] or False,
            "until": row["until"],
            "amount": float(row["amount"]),
            "item_count": row["items"],
            "change": change,
            "day_count": 1,
        }

    def _compared_rows(self):
        """Lines of both runs: added, removed, moved or the same."""
        before = self._by_step(self._versions_with(self.version_a_id))
        after = self._by_step(self._versions_with(self.version_b_id))
        values = []
        for key in {**before, **after}:
            old, new = before.get(key), after.get(key)
            if old is None:
                values.append(self._line_values(new, "added"))
            elif new is None:
                values.append(self._line_values(old, "removed"))
            else:
                same = (old["date"], old["state"]) == (new["date"], new["state"])
                change = "same" if same else "moved"
                values.append(self._line_values(new, change, old["date"]))
        return sorted(values, key=lambda line: (line["date"], line["customer_id"]))

    def _by_step(self, versions):
        """Rows by what they are about: customer, step, and which time it comes."""
        rows, seen = {}, {}
        for row in self._simulate_with(versions):
            if row["state"] not in (QUEUED, TO_CONFIRM):
                continue
            step = (row["customer_id"], row["step_code"])
            seen[step] = seen.get(step, 0) + 1
            rows[(*step, seen[step])] = row
        return rows

    def _open_lines(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_simulation_line_action"
        )
        context = {"recouvrement_compare": self.compare}
        if self.compare:
            context["search_default_group_change"] = 1
            context["search_default_changed"] = 1
        else:
            context["search_default_group_date"] = 1
        return {
            **action,
            "domain": [("simulation_id", "=", self.id)],
            "context": context,
        }


class RecouvrementSimulationLine(models.TransientModel):
    """One message that a dry run found, or did not let go."""

    _name = "recouvrement.simulation.line"
    _description = "Line of a dry run"
    _order = "date, id"

    simulation_id = fields.Many2one(
        "recouvrement.simulation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="simulation_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="Day", required=True)
    date_before = fields.Date(string="Day before the change")
    customer_id = fields.Many2one("recouvrement.customer")
    segment_id = fields.Many2one(related="customer_id.effective_segment_id")
    channel = fields.Selection(
        selection=lambda self: (
            self.env["recouvrement.channel.mixin"]
            ._fields["channel"]
            ._description_selection(self.env)
        )
    )
    tone = fields.Selection(
        selection=lambda self: (
            self.env["recouvrement.channel.mixin"]
            ._fields["tone"]
            ._description_selection(self.env)
        )
    )
    scenario_id = fields.Many2one("recouvrement.scenario")
    why = fields.Char(string="Why this scenario")
    step_name = fields.Char(string="Step")
    state = fields.Selection(
        [
            (QUEUED, "Leaves"),
            (TO_CONFIRM, "To confirm"),
            (HELD, "Held"),
            (SKIPPED, "Skipped"),
        ],
        string="What would happen",
    )
    reason_code = fields.Selection(REASON_SELECTION, string="Reason")
    until = fields.Date()
    amount = fields.Monetary()
    item_count = fields.Integer(string="Items")
    day_count = fields.Integer(
        string="Nights",
        aggregator=None,
        help="Nights on which the same reason holds it.",
    )
    change = fields.Selection(
        [
            ("added", "Only after"),
            ("removed", "Only before"),
            ("moved", "Other day or other way"),
            ("same", "The same"),
        ]
    )

    def action_open_customer(self):
        """The collection file."""
        self.ensure_one()
        self.customer_id.check_access("read")
        return self.customer_id._open_form()
