import logging
from contextlib import contextmanager
from datetime import timedelta

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger

from ..const import DEFERRED, QUEUED
from .recouvrement_sender import Sender
from .recouvrement_sender_memory import Memory

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
        due = self._due_reminder_ids(limit)
        self._checkpoint(remaining=len(due))
        self._prepare_sending(due)
        handled, finished = sender.handle_all(due)
        sender.show()
        return handled, finished

    @api.model
    def _prepare_sending(self, reminder_ids):
        """What is cheap in sets and dear one by one; nothing here decides anything."""
        try:
            self.env["recouvrement.reminder"]._prepare_links(reminder_ids)
        except OperationalError as error:  # an invoice changed meanwhile: at its claim
            _logger.info("Links are made later: %s", error)
            self._forget()

    @api.model
    def _release_due_runs(self):
        self.search([("state", "=", "planned"), ("kind", "=", "night")])._try_release()
        self._checkpoint()

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

    @api.model
    def _show_messages(self, reminder_ids):
        """Put sent messages in the threads; one that cannot be shown hides no other."""
        if not reminder_ids:
            return
        try:
            with self._undoable():
                self.env["recouvrement.reminder"].browse(reminder_ids)._post_message()
        except OperationalError as error:  # another worker shows them right now
            _logger.info("Messages are shown later: %s", error)
        except Exception:  # noqa: BLE001 - display only: what was sent is in the log
            if len(reminder_ids) == 1:
                _logger.exception("Reminder %s cannot be shown", reminder_ids[0])
                return
            for reminder_id in reminder_ids:
                self._show_messages([reminder_id])
                self._commit_part()

    # === THE THREE TRANSACTIONS === #

    @api.model
    def _claim(self, reminder_id, memory=None):
        """First transaction: re-check and claim. Returns ``(delivery id, token)`` or None.

        A serialization failure, a lock or a clash of keys means "later" or "already sent":
        nothing was sent.

        :param memory: the ``Memory`` of the pass; nothing is kept without one
        """
        memory = memory or Memory(self.env)
        Claim = self.env["recouvrement.sender.claim"]
        try:
            with mute_logger("odoo.sql_db"), self._undoable():
                with self.env["recouvrement.log"]._gathered(Claim) as claim:
                    return claim._claim(reminder_id, memory)
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

    @contextmanager
    def _undoable(self):
        """What is done inside is undone by an error: by a savepoint in a test, else by
        giving up the transaction, which holds nothing but this claim."""
        if not self._may_commit():
            with self.env.cr.savepoint():
                yield
            return
        try:
            yield
            self.env.flush_all()
        except Exception:
            self.env.cr.rollback()
            raise

    @api.model
    def _commit_part(self):
        """Commit in the middle of a message, without a word on the progress."""
        if self._may_commit():
            no_action = self.env["ir.cron"].with_context(ir_cron_progress_id=False)
            no_action._commit_progress()

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
