from odoo import models
from odoo.exceptions import AccessError, UserError

from .recouvrement_dispute import OUTCOMES


class RecouvrementDispute(models.Model):
    """Buttons of a dispute, for the agent and for whoever solves it."""

    _inherit = "recouvrement.dispute"

    def _check_decider(self):
        """Only agents decide what is chased.

        :raises AccessError: for whoever reads or solves only
        """
        if not self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_agent"
        ):
            raise AccessError(self.env._("Only a collection agent may do this."))
        self.check_access("write")

    def action_accept(self):
        """Accept a dispute that the customer's page recorded: the chase stops now."""
        self._check_decider()
        waiting = self.filtered(lambda d: d.state == "to_review")
        waiting._update_state("open", event="accepted")
        return True

    def action_answer(self):
        """Our answer is written: the agent is told and decides."""
        self.check_access("write")
        for dispute in self:
            if not (dispute.answer or "").strip():
                raise UserError(self.env._("Write the answer first."))
            dispute._update_state("answered", event="answered")
            dispute._tell_agent(
                self.env._("Dispute answered: %s", dispute.name), [dispute.answer]
            )
        return True

    def action_reopen(self):
        """Back to whoever solves it: the answer was not enough."""
        self._check_decider()
        for dispute in self:
            dispute._update_state("open", event="reopened", outcome=False)
            dispute._alert_owner()
        return True

    def action_ask_credit_note(self):
        """Whoever solves it asks for a credit note; the agent or accountant makes it."""
        self.check_access("write")
        for dispute in self:
            dispute._tell_agent(
                self.env._("Credit note asked: %s", dispute.name),
                [dispute._amount_sentence(), dispute.answer],
            )
            dispute._log("credit_note_asked", {"outcome": "credit_note"})
        return True

    def action_close(self):
        """Ask for the outcome, which decides how the chase goes on."""
        self._check_decider()
        self.ensure_one()
        hint = self.reason_id.hint
        known = dict(OUTCOMES)
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.dispute.close",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Decide the dispute"),
            "context": {
                "default_dispute_id": self.id,
                "default_outcome": hint if hint in known else "confirmed",
            },
        }

    def action_open_invoice(self):
        """The invoice, for whoever may read it."""
        self.ensure_one()
        self.move_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
            "name": self.move_name,
        }

    def _tell_agent(self, summary, lines):
        """Tell whoever follows the customer; nobody tells himself."""
        agent = self._agent()
        if agent != self.env.user:
            self._tell(agent, summary, lines)
