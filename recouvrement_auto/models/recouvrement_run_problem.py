from odoo import fields, models


class RecouvrementRunProblem(models.Model):
    """A customer that a night could not plan, with what to look at."""

    _name = "recouvrement.run.problem"
    _description = "Problem of a run"

    run_id = fields.Many2one(
        "recouvrement.run", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    partner_id = fields.Many2one("res.partner", ondelete="cascade", index=True)
    message = fields.Char(required=True)
