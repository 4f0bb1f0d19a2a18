import secrets
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import (
    CLAIMED,
    DEFERRED,
    FAILED,
    QUEUED,
    REASON_SELECTION,
    SENT,
    SKIPPED,
    STALE_CLAIM_SECONDS,
    STATE_SELECTION,
    UNKNOWN,
)

EDITABLE = {
    "bounce_cleared",
    "deposit_number",
    "deposit_date",
    "presentation_date",
    "receipt_date",
}

BACKOFF_MINUTES = (5, 15, 60, 240)

ALLOWED = {
    QUEUED: (CLAIMED, SKIPPED),
    DEFERRED: (CLAIMED, QUEUED, SKIPPED),
    CLAIMED: (SENT, FAILED, DEFERRED, UNKNOWN),
    UNKNOWN: (SENT, FAILED),
    FAILED: (QUEUED,),
    SENT: (),
    SKIPPED: (),
}


class RecouvrementDelivery(models.Model):
    """Envoi: one attempt series to one address, with claim, outcome and proof.

    The way of a delivery, who holds which lock and what a kill leaves behind is written in
    ``readme/SEND_PATH.md``; the tests in ``tests/scenario/test_send_path.py`` have one case
    for each cell of that table.
    """

    _name = "recouvrement.delivery"
    _description = "Delivery"
    _order = "id desc"
    _rec_name = "address"

    reminder_id = fields.Many2one(
        "recouvrement.reminder", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, ondelete="restrict", index=True
    )
    channel = fields.Char(required=True)
    contact_id = fields.Many2one(
        "res.partner", ondelete="set null", index="btree_not_null"
    )
    address = fields.Char()
    day = fields.Date(required=True)
    automatic = fields.Boolean(default=True)
    state = fields.Selection(STATE_SELECTION, required=True, default=QUEUED, index=True)
    reason_code = fields.Selection(REASON_SELECTION, string="Reason")
    attempt = fields.Integer(default=0)
    token = fields.Char(readonly=True)
    claimed_at = fields.Datetime(readonly=True)
    phase = fields.Char(readonly=True)
    response = fields.Char(string="Answer of the server", readonly=True)
    done_at = fields.Datetime(readonly=True)
    retry_at = fields.Datetime(readonly=True)
    message_id = fields.Char(string="Message-ID", readonly=True)
    proof_id = fields.Many2one("ir.attachment", ondelete="restrict", readonly=True)
    proof_hash = fields.Char(readonly=True)
    bounced_at = fields.Datetime(readonly=True)
    bounce_cleared = fields.Boolean(help="The address was checked: write to it again.")
    deposit_number = fields.Char(help="Registered letter number.")
    deposit_date = fields.Date()
    presentation_date = fields.Date()
    receipt_date = fields.Date()

    _key_uniq = models.UniqueIndex(
        "(company_id, customer_id, day, channel, address) "
        "WHERE state IN ('claimed', 'sent', 'unknown') AND automatic",
        "This customer already received a message that day at this address.",
    )
    _claimed_index = models.Index("(claimed_at) WHERE state = 'claimed'")
    _bounced_index = models.Index("(address) WHERE bounced_at IS NOT NULL")

    def write(self, vals):
        """Persons enter dates of letters and checked addresses; the rest is the mutator's."""
        if not self.env.su and set(vals) - EDITABLE:
            raise AccessError(
                self.env._("A delivery is changed by its buttons, not by its fields.")
            )
        return super().write(vals)

    def _update_state(self, state, **values):
        """Move one delivery to ``state`` and log it; the only mutator."""
        self.ensure_one()
        if state not in ALLOWED[self.state]:
            raise UserError(
                self.env._(
                    "A delivery cannot go from %(old)s to %(new)s.",
                    old=self.state,
                    new=state,
                )
            )
        # Callers checked who decides; the row itself may be changed by nobody else.
        self.sudo().write({"state": state, **values})
        reminder = self.reminder_id
        self.env["recouvrement.log"]._append(
            f"delivery.{state}",
            company=self.company_id.id,
            customer=self.customer_id.id,
            partner=reminder.partner_id.id,
            reminder=reminder.id,
            channel=self.channel,
            step_code=reminder.step_code,
            state=state,
            reason=self.reason_code or None,
            amount=str(reminder.total_overdue),
            content_hash=reminder.content_hash or None,
            moves=reminder._asked_move_ids(),
            facts=self._facts(),
            personal={"address": self.address},
        )

    def _facts(self):
        """What the log keeps of an attempt."""
        return {
            "delivery": self.id,
            "attempt": self.attempt,
            "phase": self.phase or "",
            "response": self.response or "",
            "message_id": self.message_id or "",
            "proof": self.proof_hash or "",
        }

    def _set_claimed(self):
        """Claim: from here on the message may have left. Returns the attempt token."""
        token = secrets.token_hex(16)
        self._update_state(
            CLAIMED,
            token=token,
            claimed_at=fields.Datetime.now(),
            attempt=self.attempt + 1,
            phase=False,
            response=False,
            reason_code=False,
            retry_at=False,
        )
        return token

    @api.model
    def _lock_claimed(self, delivery_id, token):
        """Lock the claimed row (and its reminder) for sending; empty when it is not ours.

        The lock is held until the outcome commits: while it is, nobody may judge the claim.
        """
        try:
            rows = self.env.execute_query(
                SQL(
                    """SELECT delivery.id FROM recouvrement_delivery delivery
                         JOIN recouvrement_reminder reminder
                           ON reminder.id = delivery.reminder_id
                        WHERE delivery.id = %s AND delivery.state = %s
                          AND delivery.token = %s
                          FOR UPDATE OF delivery, reminder SKIP LOCKED""",
                    delivery_id,
                    CLAIMED,
                    token,
                )
            )
        except OperationalError:  # changed since: it is not ours any more
            return self.browse()
        return self.browse([row[0] for row in rows])

    def _record_outcome(self, outcome):
        """Write what the channel answered. 4xx answers are tried again, then given up."""
        values = {
            "phase": outcome.phase,
            "response": outcome.response or False,
            "done_at": fields.Datetime.now(),
        }
        state = outcome.state
        if state == DEFERRED:
            if self.attempt > len(BACKOFF_MINUTES):
                state = FAILED
                values["reason_code"] = "given_up"
            else:
                minutes = BACKOFF_MINUTES[self.attempt - 1]
                values["retry_at"] = fields.Datetime.now() + timedelta(minutes=minutes)
        if not values.get("reason_code"):
            values["reason_code"] = self._reason_of(state, outcome)
        self._update_state(state, **values)
        self.reminder_id._settle()

    @api.model
    def _reason_of(self, state, outcome):
        if state == SENT:
            return False
        if state == UNKNOWN:
            return "no_answer"
        if outcome.phase == "connect":
            return "server_unreachable"
        return "sending_error" if outcome.phase == "build" else "server_refused"

    @api.model
    def _recover_interrupted(self):
        """Turn claims that nobody holds any more into ``unknown``, on screen.

        A claim is never judged by its age alone: the row must also be lockable, because a
        living sender keeps it locked however long its server takes.
        """
        limit = fields.Datetime.now() - timedelta(seconds=STALE_CLAIM_SECONDS)
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM recouvrement_delivery
                    WHERE state = 'claimed' AND claimed_at < %s
                    ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED""",
                limit,
            )
        )
        deliveries = self.browse([row[0] for row in rows])
        for delivery in deliveries:
            delivery._update_state(
                UNKNOWN,
                reason_code="interrupted",
                phase="interrupted",
                done_at=fields.Datetime.now(),
            )
            delivery.reminder_id._settle()
        return deliveries
