from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class RecouvrementScenarioVersion(models.Model):
    """A scenario as it stood when a night used it: steps, limits and texts.

    Runs and reminders point here, so what was sent always names the words it was sent with.
    Never changed and never deleted; only the freezing of ``recouvrement.scenario`` writes.
    """

    _name = "recouvrement.scenario.version"
    _description = "Scenario version"
    _order = "scenario_id, version desc"

    scenario_id = fields.Many2one(
        "recouvrement.scenario", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="scenario_id.company_id", store=True, index=True
    )
    version = fields.Integer(required=True, readonly=True)
    snapshot = fields.Json(required=True, readonly=True)
    content_hash = fields.Char(required=True, readonly=True)

    _version_uniq = models.Constraint(
        "unique (scenario_id, version)", "A scenario has each version number once."
    )

    @tools.ormcache("self.id")
    def _steps(self):
        """The frozen steps by their code; read only. A version never changes."""
        snapshot = self.snapshot if self else {}
        return {step["code"]: step for step in snapshot.get("steps", ())}

    @api.depends("scenario_id", "version")
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._(
                "%(scenario)s, version %(number)s",
                scenario=record.scenario_id.name,
                number=record.version,
            )

    def write(self, vals):
        """Refuse: what was sent names this version."""
        if vals:
            raise UserError(
                self.env._(
                    "A version never changes: change the scenario, the next night freezes a "
                    "new one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._(
                "A version is kept: messages name it. Archive the scenario instead."
            )
        )
