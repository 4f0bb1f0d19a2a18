import logging
from datetime import timedelta

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger

from ..const import DEFERRED, QUEUED
from .recouvrement_sender import Sender

_logger = logging.getLogger(__name__)

PAUSE_MINUTES = 15


class RecouvrementRun(models.Model):
    """Sending: claim, send, outcome, each in its own committed transaction."""

    _inherit = "recouvrement.run"

    @api.model
    def _cron_send(self):
        """Entry of the sending actions; several may run at once on several hosts."""
        self._send_due()

    @api.model
    def _send_due(self, limit=None):
        """Send what is released and due: claim, send, outcome, one message at a time.

        Only scheduled actions call it. Refuses to run inside an HTTP request, sends nothing
        while the database is locked as a copy, and stops at the end of its time slice.

        :param limit: most messages of this call
        :return: number of messages handled
        """
        self._refuse_in_request()
        if self.env["recouvrement.fingerprint"]._is_locked():
            return 0
        self.env["recouvrement.delivery"]._recover_interrupted()
        self._checkpoint()
        self._release_due_runs()
        with Sender(self.env) as sender:
            handled, finished = self._send_ready(sender, limit)
            if finished:
                made, finished = self.env[
                    "recouvrement.reminder"
                ]._prepare_attachments()
                if made and finished:
                    more, finished = self._send_ready(sender, limit)
                    handled += more
        self._after_sending()
        # Work that the time slice cut off: Odoo calls the action again at once.
        self._checkpoint(remaining=0 if finished else 1)
        return handled

    @api.model
    def _send_ready(self, sender, limit=None):
        """Send what needs no file made any more.

        :return: ``(handled, finished)``; not finished when the time slice ended first
        """
        handled, due = 0, self._due_reminder_ids(limit)
        self._checkpoint(remaining=len(due))
        for reminder_id in due:
            if sender.is_paused(reminder_id):
                continue
            sender.handle(reminder_id)
            handled += 1
            if self._checkpoint(1) <= 0:
                return handled, handled == len(due)
        return handled, True

    @api.model
    def _release_due_runs(self):
        self.search([("state", "=", "planned"), ("kind", "=", "night")])._try_release()
        self._checkpoint()

    @api.model
    def _due_reminder_ids(self, limit=None):
        """Ids of the reminders that may be claimed now, oldest first."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """SELECT reminder.id FROM recouvrement_reminder reminder
                     JOIN res_company company ON company.id = reminder.company_id
                LEFT JOIN recouvrement_run run ON run.id = reminder.run_id
                    WHERE reminder.state IN (%s, %s)
                      AND (reminder.send_after IS NULL OR reminder.send_after <= %s)
                      AND (company.recouvrement_paused_until IS NULL
                        OR company.recouvrement_paused_until <= %s)
                      AND (run.id IS NULL OR run.state = 'released')
                      AND reminder.attachments_ready
                      AND (reminder.manual OR reminder.channel NOT IN %s
                        OR reminder.company_id NOT IN %s)
                 ORDER BY reminder.id %s""",
                QUEUED,
                DEFERRED,
                now,
                now,
                self._timed_channels(),
                self._companies_outside_hours(),
                SQL("LIMIT %s", limit) if limit else SQL(""),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _timed_channels(self):
        """Channels that keep office hours."""
        return ("email",)

    @api.model
    def _companies_outside_hours(self):
        """Ids of the companies in whose zone messages do not leave right now."""
        closed = [0]
        for company in self._companies():
            if company.recouvrement_any_hour:
                continue
            now = company._recouvrement_now()
            calendar = self.env["recouvrement.planner"]._calendar(company)
            if calendar.next_allowed(now) > now:
                closed.append(company.id)
        return tuple(closed)

    @api.model
    def _after_sending(self):
        """Close what is done, wake again for what waits for an hour of its own."""
        self._close_open_runs()
        self.env["recouvrement.reminder"]._post_missing_messages()
        self._checkpoint()
        rows = self.env.execute_query(
            SQL(
                """SELECT MIN(GREATEST(reminder.send_after,
                                       company.recouvrement_paused_until))
                     FROM recouvrement_reminder reminder
                     JOIN res_company company ON company.id = reminder.company_id
                    WHERE reminder.state IN (%s, %s)""",
                QUEUED,
                DEFERRED,
            )
        )
        moment = rows[0][0]
        if moment and moment > fields.Datetime.now():
            self._sender_crons()[:1]._trigger(moment)
        self._checkpoint()

    # === THE THREE TRANSACTIONS === #

    @api.model
    def _claim(self, reminder_id):
        """First transaction: re-check and claim. Returns ``(delivery id, token)`` or None.

        A serialization failure, a lock or a clash of keys means "later" or "already sent":
        nothing was sent.
        """
        self.env.invalidate_all(flush=False)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.env["recouvrement.claim"]._claim(reminder_id)
        except IntegrityError:
            return self._claim_clash(reminder_id)
        except OperationalError as error:
            _logger.info("Reminder %s is claimed later: %s", reminder_id, error)
            self._forget()
            return None
        except Exception as error:  # noqa: BLE001 - one bad record never stops the others
            _logger.exception("Reminder %s could not be claimed", reminder_id)
            return self._claim_failed(reminder_id, error)

    @api.model
    def _claim_clash(self, reminder_id):
        self.env.invalidate_all(flush=False)
        reminder = self.env["recouvrement.reminder"].browse(reminder_id)
        reminder._update_state("skipped", "duplicate")
        return None

    @api.model
    def _claim_failed(self, reminder_id, error):
        self.env.invalidate_all(flush=False)
        reminder = self.env["recouvrement.reminder"].browse(reminder_id)
        reminder._update_state(
            "failed", "sending_error", f"{type(error).__name__}: {error}"[:300]
        )
        return None

    @api.model
    def _forget(self):
        """Give up the transaction: nothing of it may stay."""
        self.env.invalidate_all(flush=False)
        if self._may_commit():
            self.env.cr.rollback()

    @api.model
    def _pause_sending(self, company, reason):
        """Stop sending for a company for a while; the reason is on its screens."""
        until = fields.Datetime.now() + timedelta(minutes=PAUSE_MINUTES)
        company.sudo().write(  # the sender is not a settings user
            {"recouvrement_paused_until": until, "recouvrement_paused_reason": reason}
        )
        self.env["recouvrement.log"]._append(
            "sending.paused", company=company, facts={"reason": reason[:300]}
        )
