from dateutil.relativedelta import relativedelta

from odoo import api, models

from ..tools import loss
from .recouvrement_dashboard import LOSS
from .recouvrement_dashboard_tiles import OWN


class RecouvrementDashboard(models.AbstractModel):
    """What is lost for good in the period, and what may be: doubtful and depreciated."""

    _inherit = "recouvrement.dashboard"

    @api.model
    def _tiles(self, scope):
        """EXTENDS: three numbers of the ledger; the first is of the period."""
        since = scope["today"] - relativedelta(months=scope["filters"].months)
        lost = (("kind", "in", loss.RATE_KINDS), ("date", ">", since.isoformat()))
        specs = (
            ("lost", lost, "danger"),
            ("doubtful", (("kind", "=", loss.DOUBTFUL),), "warning"),
            ("allowance", (("kind", "=", loss.ALLOWANCE),), ""),
        )
        action = f"{OWN}recouvrement_loss_action_list"
        found = [
            self._tile(key, LOSS, domain, "amount", "loss", tone, action)
            for key, domain, tone in specs
        ]
        return [
            *super()._tiles(scope),
            *(tile for tile in found if self._is_readable(tile.model)),
        ]

    @api.model
    def _words(self):
        """EXTENDS: words of the three numbers."""
        return {
            **super()._words(),
            "lost": (
                self.env._("Irrecoverable"),
                self.env._(
                    "Booked in the period: debts written off and credit notes on approved "
                    "irrecoverables, less what was received on debts written off, without "
                    "the VAT that was taken back."
                ),
            ),
            "doubtful": (
                self.env._("Doubtful customers"),
                self.env._("Balance of the accounts of doubtful customers."),
            ),
            "allowance": (
                self.env._("Depreciation"),
                self.env._("Balance of the accounts of depreciation of receivables."),
            ),
        }
