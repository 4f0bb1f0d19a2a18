from odoo import api, fields, models
from odoo.exceptions import UserError


class RecouvrementAnswerMixin(models.AbstractModel):
    """What requests and complaints of customers have in common: a person answers them, once.

    ``_update_state`` of each model is the only method that changes ``state``.
    """

    _name = "recouvrement.answer.mixin"
    _inherit = ["recouvrement.excuse.mixin"]
    _description = "What a customer wants an answer to"

    state = fields.Selection(
        [("open", "To answer"), ("done", "Answered")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    answer = fields.Text()
    answered_on = fields.Date(readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)

    @api.model
    def _editable(self):
        return super()._editable() | {"answer"}

    def _check_open(self):
        """Raise ``UserError`` for what is answered already."""
        for record in self.filtered(lambda one: one.state == "done"):
            raise UserError(
                self.env._("“%s” is already answered.", record.display_name)
            )

    def _check_answer(self):
        """Raise ``UserError`` for what cannot be marked as answered yet, or any more."""
        self._check_open()

    def action_done(self):
        """Answered: who, when, and nobody has to act any more."""
        self.check_access("write")
        for record in self:
            record._check_answer()
            record._update_state(
                "done",
                answered_on=record.company_id._recouvrement_today(),
                answered_by_id=self.env.uid,
            )
            record._end_activities(record.answer or "")
        return True
