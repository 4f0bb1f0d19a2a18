from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..const import (
    CLAIMED,
    DEFERRED,
    FAILED,
    HELD,
    LIVE_STATES,
    QUEUED,
    SENT,
    SKIPPED,
    TO_CONFIRM,
    UNKNOWN,
    WAITING_STATES,
)

# What a person may write on a reminder; the claim renders it again with closed placeholders.
EDITABLE = {"custom_subject", "custom_body"}

ALLOWED = {
    TO_CONFIRM: (QUEUED, SKIPPED, HELD),
    QUEUED: (CLAIMED, DEFERRED, SKIPPED, HELD, FAILED),
    DEFERRED: (CLAIMED, DEFERRED, SKIPPED, HELD, FAILED, QUEUED),
    CLAIMED: (SENT, FAILED, DEFERRED, UNKNOWN, QUEUED, CLAIMED),
    SENT: (SENT, UNKNOWN),
    UNKNOWN: (UNKNOWN, SENT, FAILED),
    FAILED: (QUEUED, FAILED, SKIPPED),
    HELD: (),
    SKIPPED: (),
}


class RecouvrementReminder(models.Model):
    """The one mutator of a reminder and what follows from the outcomes of its deliveries."""

    _inherit = "recouvrement.reminder"

    def write(self, vals):
        """Persons edit the text alone; everything else goes through the mutator."""
        if not self.env.su and set(vals) - EDITABLE:
            raise AccessError(
                self.env._("A reminder is changed by its buttons, not by its fields.")
            )
        return super().write(vals)

    def _update_state(self, state, reason=None, detail=None, event=None, **values):
        """Move these reminders to ``state``: the only mutator.

        Refuses a transition that the table ``ALLOWED`` does not know. Items follow, so the
        unique keys always tell the truth, and one log entry is written for each reminder.

        :param reason: reason code of ``const.REASONS``
        :param detail: plain words beside the code
        :param event: log event; by default ``reminder.<state>``
        :raises UserError: for a transition that does not exist
        """
        for reminder in self:
            if state not in ALLOWED[reminder.state]:
                raise UserError(
                    self.env._(
                        "%(name)s cannot go from %(old)s to %(new)s.",
                        name=reminder.display_name,
                        old=reminder.state,
                        new=state,
                    )
                )
        # Callers checked who decides; the row itself may be changed by nobody else.
        self.sudo().write(
            {"state": state, "reason_code": reason, "reason_detail": detail, **values}
        )
        self.sudo()._sync_items(state)
        self._log_state(event or f"reminder.{state}", state, reason)

    def _sync_items(self, state):
        """Copy the live state to the items; a partly sent reminder keeps its keys."""
        for reminder in self:
            live = set(reminder.delivery_ids.mapped("state")) & set(LIVE_STATES)
            effective = state
            for known in (SENT, CLAIMED, UNKNOWN):
                if known in live:
                    effective = known
                    break
            items = reminder.item_ids.filtered(lambda i, to=effective: i.state != to)
            items._set_state(effective)

    def _log_state(self, event, state, reason):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": event,
                    "company": reminder.company_id.id,
                    "customer": reminder.customer_id.id,
                    "partner": reminder.partner_id.id,
                    "reminder": reminder.id,
                    "channel": reminder.channel,
                    "step_code": reminder.step_code,
                    "state": state,
                    "reason": reason,
                    "amount": str(reminder.total_overdue),
                    "content_hash": reminder.content_hash or None,
                    "moves": reminder._asked_move_ids(),
                    "facts": {"run": reminder.run_id.id or 0},
                }
                for reminder in self
            ]
        )

    def _asked_move_ids(self):
        self.ensure_one()
        asked = self.item_ids.filtered(
            lambda i: i.role in ("leader", "own_step", "listed")
        )
        return sorted(set(asked.mapped("move_res_id")))

    def _settle(self):
        """State of the reminder from the outcomes of its deliveries."""
        for reminder in self:
            states = set(reminder.delivery_ids.mapped("state"))
            for state in (CLAIMED, QUEUED, DEFERRED, SENT, UNKNOWN, FAILED):
                if state in states:
                    reminder._settle_to(state)
                    break

    def _settle_to(self, state):
        if state == self.state and state in WAITING_STATES:
            return
        worst = self.delivery_ids.filtered(lambda d: d.state == state)[:1]
        if state == SENT:
            self._update_state(SENT, sent_at=fields.Datetime.now())
        elif state == DEFERRED:
            later = self._retry_on()
            self._update_state(
                state, worst.reason_code, worst.response, send_after=later
            )
        else:
            self._update_state(state, worst.reason_code, worst.response)

    def _retry_on(self):
        """Earliest retry of the deferred deliveries."""
        times = [d.retry_at for d in self.delivery_ids if d.retry_at]
        return min(times) if times else None
