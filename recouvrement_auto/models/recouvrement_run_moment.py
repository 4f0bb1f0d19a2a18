import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class RecouvrementRun(models.Model):
    """Every night reads again how each customer answers."""

    _inherit = "recouvrement.run"

    @api.model
    def _refresh_facts(self, company, date):
        """EXTENDS: a proposal for persons; when it fails yesterday's stays."""
        result = super()._refresh_facts(company, date)
        try:
            self.with_company(company).env["recouvrement.moment"]._refresh(
                company, date
            )
        except Exception:  # noqa: BLE001 - no night is lost for a proposal
            _logger.warning("Moments of %s not refreshed", company.name, exc_info=True)
            self._forget()
        self._checkpoint()
        return result
