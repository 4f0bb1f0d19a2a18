"""What a sender keeps in mind between two messages, and a night between two batches:
settings for seconds, facts of customers while the database proves that they still hold."""

import time
from contextlib import suppress

from odoo.tools import SQL

from .recouvrement_sender_snapshot import Snapshot

# Records that say how we write, not whether we may. What may forbid a message is read again
# by every claim (``recouvrement.planner.facts._gate`` for what the company says).
SETTINGS = frozenset(
    (
        "mail.alias.domain",
        "recouvrement.scenario",
        "recouvrement.scenario.version",
        "res.company",
        "res.country",
        "res.country.state",
        "res.currency",
        "res.lang",
        "res.partner.bank",
        "res.users",
    )
)
RUN_FIELDS = frozenset(("company_id", "kind", "version_ids"))
SECONDS = 5.0
MOST_AHEAD = 32  # customers whose facts are read together


class Memory:
    """Keeps records of settings in the cache over the commits of one pass.

    Odoo forgets everything that it has read at each commit; reading the company, its users
    and its scenarios again for each message costs more than the message itself.
    """

    def __init__(self, env, fresh=False):
        """:param fresh: what the cache of ``env`` holds was read right now"""
        self.env = env
        self.contexts = {}
        self.gates = {}
        self.bundles = {}  # reminder id -> facts of its customer
        self.window = ()  # ids of the reminders whose records are read together
        self.files = set()  # ids of the files that something was read of
        self.upcoming = ()  # ids of the reminders that may be claimed next
        self.ahead = 1
        self.proven = False  # True in a claim whose facts still hold
        self.met_another = False  # True when the last message is in other hands
        self.left = float("inf")  # seconds of the time slice
        self._snapshot = Snapshot()
        self._now = (None, None)  # snapshot and transaction of this claim
        self._used = 0
        self._until = time.monotonic() + SECONDS if fresh else 0.0

    def commit(self, processed=None):
        """Commit and go on with what was read: what we hold claimed changes with us alone.

        :param processed: messages that are finished now; None in the middle of one
        """
        Run = self.env["recouvrement.run"]
        self.env.flush_all()
        if processed is not None:  # a claim knows its transaction since its lock
            self._note_own()
        kept = dict(self.env.transaction.field_data)
        if processed is None:
            Run._commit_part()
        else:
            self.left = Run._checkpoint(processed)
        self._put_back(kept)

    # === FACTS OF CUSTOMERS === #

    def news_sql(self):
        """SQL columns that the query which locks a reminder adds for ``check``."""
        return self._snapshot.news_sql()

    def check(self, text, xid, news):
        """Keep what was read when nobody has committed anything since, else drop it.

        :param text: snapshot of this transaction, with its id ``xid`` and the others that
            it sees and the kept snapshot does not, ``news``
        """
        self._now = (text, xid)
        self._snapshot.own.add(xid)
        self.proven = (
            time.monotonic() <= self._until
            and self.env["recouvrement.run"]._may_commit()
            and self._snapshot.holds(self.env, news, self.files)
        )
        if not self.proven:
            self.forget_facts()
        elif not self.bundles:
            self._next_ahead()

    def bundle(self, reminder_id, context):
        """The facts read for this reminder under the same context, or None."""
        bundle = self.bundles.pop(reminder_id, None)
        if bundle is None or bundle.context is not context:
            return None
        self._used += 1
        return bundle

    def keep(self, bundles):
        """Facts were read in this transaction.

        As many are read at once the next time as these serve, doubled: on a busy database
        little is read in vain, in a quiet night nearly everything at once.

        :param bundles: ``{reminder id: bundle}``
        """
        self.bundles = bundles
        self._snapshot.keep(*self._now)

    def _next_ahead(self):
        if self._used:
            self.ahead = min(max(2 * self._used, self.ahead // 2), MOST_AHEAD)
        self._used = 0

    def _note_own(self):
        """What this transaction writes is known to us; others' is not."""
        if self._snapshot.text:
            rows = self.env.execute_query(
                SQL("SELECT pg_current_xact_id_if_assigned()::text::bigint")
            )
            self._snapshot.own.add(rows[0][0])

    def next_batch(self, processed):
        """Commit and go on with the settings alone: a night stays as small as a batch."""
        self.env.flush_all()
        self.forget_facts()
        self.commit(processed)

    def forget_facts(self):
        """Drop all but the settings, and these too when they were read seconds ago."""
        self._forget_bundles()
        if time.monotonic() > self._until:
            self.forget_all()
            return
        kept = self._settings()
        self.env.invalidate_all(flush=False)
        self._put_back(kept)

    def forget_all(self):
        """Drop everything: it is read again when it is needed."""
        self._forget_bundles()
        self.contexts.clear()
        self.gates.clear()
        self.env.invalidate_all(flush=False)
        self._until = time.monotonic() + SECONDS

    def _forget_bundles(self):
        self._next_ahead()
        self._snapshot.forget()
        self.bundles = {}
        self.files.clear()

    def check_gate(self, key, gate):
        """Drop everything when the company says something else than at the last message."""
        if self.gates.get(key) != gate:
            self.forget_all()
            self.gates[key] = gate

    def _settings(self):
        kept = {}
        own = self._own_partner_ids()
        by_context = self.env.registry.field_depends_context
        for field, data in self.env.transaction.field_data.items():
            name = field.model_name
            if name in SETTINGS:
                kept[field] = data
            elif name == "recouvrement.run" and field.name in RUN_FIELDS:
                kept[field] = data
            elif name == "res.partner" and field not in by_context:
                kept[field] = {i: data[i] for i in own if i in data}
        return kept

    def _own_partner_ids(self):
        """Partners of our users and companies, as far as they were read."""
        data = self.env.transaction.field_data
        return {
            partner_id
            for name in ("res.users", "res.company")
            for partner_id in data.get(
                self.env[name]._fields["partner_id"], {}
            ).values()
        }

    def _put_back(self, kept):
        transaction = self.env.transaction
        transaction.field_data.update(kept)
        for env in transaction.envs:  # their short-cuts into the old cache
            with suppress(AttributeError):
                del env._field_cache_memo
