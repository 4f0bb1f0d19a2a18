from odoo import api, fields, models
from odoo.tools import SQL


class ResCompany(models.Model):
    """Scoring of natural persons: off until someone answers for it."""

    _inherit = "res.company"

    recouvrement_score_persons = fields.Boolean(
        string="Score natural persons",
        help="Consumers and sole traders. Off by default: the score of a person is personal "
        "data (GDPR articles 13 to 15 and 22); a person must confirm every adverse effect.",
    )


class RecouvrementScore(models.Model):
    """Who may be scored."""

    _inherit = "recouvrement.score"

    @api.model
    def _may_score_sql(self, company):
        """Condition on ``customer`` and ``partner``: scores may be computed.

        A natural person (consumer, or a partner that is no company) is scored only where
        the company has switched it on (GDPR, legal-fr.md section 8).
        """
        if company.recouvrement_score_persons:
            return SQL("TRUE")
        return SQL(
            "(customer.nature != 'consumer'"
            " AND customer.legal_regime IS DISTINCT FROM 'consumer'"
            " AND partner.is_company)"
        )
