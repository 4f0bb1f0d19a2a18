from odoo import api, fields, models


class ResCompany(models.Model):
    """Default scenario of a company, and how its claims are calculated."""

    _inherit = "res.company"

    recouvrement_scenario_id = fields.Many2one(
        default=lambda self: self._recouvrement_library_scenario()
    )
    recouvrement_settlement_order = fields.Selection(
        [
            ("interest_first", "Interest first, then principal"),
            ("principal_first", "Principal first, then interest"),
        ],
        string="What a part payment settles first",
        default="interest_first",
        required=True,
        help="Civil code 1343-1: interest first unless agreed otherwise. The statement of a "
        "claim says which order it uses.",
    )

    @api.model
    def _recouvrement_library_scenario(self):
        """The standard rhythm of the library."""
        return self.env.ref(
            "recouvrement_auto.scenario_occasional_late", raise_if_not_found=False
        )

    @api.model
    def _recouvrement_set_default_scenario(self):
        """At installation: companies without a default scenario get the standard one."""
        scenario = self._recouvrement_library_scenario()
        self.search([("recouvrement_scenario_id", "=", False)]).write(
            {"recouvrement_scenario_id": scenario.id}
        )
