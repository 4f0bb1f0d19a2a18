"""What a sender keeps in mind between two messages, and a night between two batches:
settings, never facts of a customer."""

import time
from contextlib import suppress

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


class Memory:
    """Keeps records of settings in the cache over the commits of one pass.

    Odoo forgets everything that it has read at each commit; reading the company, its users
    and its scenarios again for each message costs more than the message itself.
    """

    def __init__(self, env):
        self.env = env
        self.contexts = {}
        self.gates = {}
        self.left = float("inf")  # seconds of the time slice
        self._until = 0.0

    def commit(self, processed=None):
        """Commit and go on with what was read: what we hold claimed changes with us alone.

        :param processed: messages that are finished now; None in the middle of one
        """
        Run = self.env["recouvrement.run"]
        self.env.flush_all()
        kept = dict(self.env.transaction.field_data)
        if processed is None:
            Run._commit_part()
        else:
            self.left = Run._checkpoint(processed)
        self._put_back(kept)

    def next_batch(self, processed):
        """Commit and go on with the settings alone: a night stays as small as a batch."""
        self.env.flush_all()
        self.forget_facts()
        self.commit(processed)

    def forget_facts(self):
        """Drop all but the settings, and these too when they were read seconds ago."""
        if time.monotonic() > self._until:
            self.forget_all()
            return
        kept = self._settings()
        self.env.invalidate_all(flush=False)
        self._put_back(kept)

    def forget_all(self):
        """Drop everything: it is read again when it is needed."""
        self.contexts.clear()
        self.gates.clear()
        self.env.invalidate_all(flush=False)
        self._until = time.monotonic() + SECONDS

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
