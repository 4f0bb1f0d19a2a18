"""Dropping a database that somebody is still connected to."""

from types import SimpleNamespace

import psycopg2.errors
import pytest
from kit import database


class Busy:
    """A server whose database is in use for the first ``times`` attempts."""

    embedded = True

    def __init__(self, times):
        self.times = times
        self.ended = 0
        self.dropped = False

    def rows(self, query, _values=(), **_options):
        if query == database.END_BACKENDS:
            self.ended += 1
        elif query != database.COMMENT:
            if self.times:
                self.times -= 1
                raise psycopg2.errors.ObjectInUse("is being accessed by other users")
            self.dropped = True
        return []


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(database, "DROP_WAITS", (0, 0))


def test_a_database_in_use_is_dropped_a_little_later():
    server = Busy(times=2)
    database.drop(SimpleNamespace(server=server), "ra_busy")
    assert server.dropped and server.ended == 2


def test_a_database_that_stays_in_use_is_an_error():
    server = Busy(times=9)
    with pytest.raises(psycopg2.errors.ObjectInUse):
        database.drop(SimpleNamespace(server=server), "ra_busy")
    assert not server.dropped
