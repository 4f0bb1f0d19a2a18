"""One pass of one worker: the transports that it opened and the errors that it met."""

import logging
from collections import Counter, deque
from itertools import islice

from ..const import QUEUED
from ..tools.smtp_phases import FAILED, SENT, Outcome
from .recouvrement_sender_memory import MOST_AHEAD, Memory

_logger = logging.getLogger(__name__)

ERRORS_BEFORE_PAUSE = 3
SHOWN_AT_ONCE = 50


class Sender:
    """Handles one reminder after the other; keeps connections open between them."""

    def __init__(self, env):
        self.env = env
        self.memory = Memory(env)
        self.transports = {}
        self.errors = Counter()
        self.paused = set()
        self.to_show = []

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.memory.forget_all()
        for transport in self.transports.values():
            transport.close()

    @property
    def seconds_left(self):
        """What is left of the time slice, as known at the last commit."""
        return self.memory.left

    def is_paused(self, reminder_id):
        """True when the company of this reminder met too many connection errors."""
        if not self.paused:
            return False
        reminder = self.env["recouvrement.reminder"].browse(reminder_id)
        return reminder.company_id.id in self.paused

    def handle_all(self, reminder_ids):
        """Handle these reminders in their order, until the time slice ends.

        Where another worker is at work we go on further down and come back at the end, so
        that facts which are read together serve one worker.

        :return: ``(handled, finished)``
        """
        handled, queue = 0, deque(reminder_ids)
        while queue:
            reminder_id = queue.popleft()
            if self.is_paused(reminder_id):
                continue
            self.memory.upcoming = tuple(islice(queue, MOST_AHEAD))
            self.handle(reminder_id)
            handled += 1
            if self.seconds_left <= 0:
                return handled, not queue
            if self.memory.met_another:
                queue.rotate(-MOST_AHEAD)
        return handled, True

    def handle(self, reminder_id):
        """All recipients of one reminder: claim and commit, send and commit the outcome;
        the display rows follow in sets."""
        Run = self.env["recouvrement.run"]
        while True:
            claimed = Run._claim(reminder_id, self.memory)
            self.memory.commit(None if claimed else 1)
            if not claimed or not self._send(*claimed):
                return

    def show(self, least=1):
        """Put what was sent in the threads of the files, once ``least`` messages wait."""
        if len(self.to_show) < least:
            return
        ids, self.to_show = self.to_show, []
        self.env["recouvrement.run"]._show_messages(ids)
        self.memory.commit(0)

    def _send(self, delivery_id, token):
        """True when the same reminder has a further recipient to write to."""
        Run = self.env["recouvrement.run"]
        delivery = self.env["recouvrement.delivery"]._lock_claimed(delivery_id, token)
        if not delivery:
            Run._forget()
            return False
        outcome = self._attempt(delivery)
        with self.env["recouvrement.log"]._gathered(delivery) as recording:
            recording._record_outcome(outcome)
        company = delivery.company_id
        self._watch(company, outcome)
        reminder = delivery.reminder_id
        more = reminder.state == QUEUED  # a further recipient waits
        self.memory.commit(0 if more else 1)
        if outcome.state != SENT:  # a refused address may be another customer's too
            self.memory.forget_all()
        self.to_show.append(reminder.id)
        self.show(SHOWN_AT_ONCE)
        return more

    def _attempt(self, delivery):
        """The channel's answer. An error of ours before anything left is ``failed``."""
        channel = delivery.reminder_id._get_channel()
        try:
            return channel._send(delivery, self)
        except Exception as error:  # noqa: BLE001 - third-party code may raise anything
            _logger.exception("Delivery %s could not be made", delivery.id)
            return Outcome(FAILED, "build", f"{type(error).__name__}: {error}"[:300])

    def _watch(self, company, outcome):
        """Pause a company after connection errors in a row: nothing is burnt."""
        if outcome.phase != "connect":
            self.errors[company.id] = 0
            return
        self.errors[company.id] += 1
        if self.errors[company.id] >= ERRORS_BEFORE_PAUSE:
            self.paused.add(company.id)
            self.env["recouvrement.run"]._pause_sending(company, outcome.response)
