"""A sender that hears of the sessions of its own test only.

PostgreSQL counts the transactions of a whole cluster, its own upkeep included: how much a
sender reads again would hang on chance.
"""

from contextlib import suppress
from unittest import mock

import psycopg2
import pytest

from odoo.sql_db import Cursor

from odoo.addons.recouvrement_auto.models import recouvrement_sender_memory
from odoo.addons.recouvrement_auto.models.recouvrement_sender_snapshot import Snapshot


@pytest.fixture
def alone():
    """A snapshot hears of every transaction of this process, and of nobody else's."""
    ours = set()
    holds, commit, rollback = Snapshot.holds, Cursor.commit, Cursor.rollback

    def note(cr):
        with suppress(psycopg2.Error):  # of a failed transaction: it changed nothing
            # Past Odoo's cursor: it counts the queries of the sender.
            cr._obj.execute("SELECT pg_current_xact_id_if_assigned()::text::bigint")
            ours.add(cr._obj.fetchone()[0])

    def committing(cr):
        cr.flush()
        note(cr)
        commit(cr)

    def giving_up(cr):
        if "_obj" in vars(cr):  # not the last roll back of a closing cursor
            note(cr)
        rollback(cr)

    def heard(snapshot, env, news, customer_ids):
        if news is not None:
            news = [xid for xid in news if xid in ours]
        return holds(snapshot, env, news, customer_ids)

    with (
        mock.patch.object(Cursor, "commit", committing),
        mock.patch.object(Cursor, "rollback", giving_up),
        mock.patch.object(Snapshot, "holds", heard),
        mock.patch.object(recouvrement_sender_memory, "SECONDS", 3600.0),
    ):
        yield
