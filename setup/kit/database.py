"""Databases: made, copied with their files, renamed, dropped, given add-ons."""

import contextlib
import os
import shutil
import time

import psycopg2.errors
from psycopg2 import sql

from . import paths
from .errors import SetupError

OURS = "made by the set-up of Recouvrement Auto"
COMMENT = """
    SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s
"""
# Somebody is connected; PostgreSQL's own worker, which our role may not end, is told apart.
IN_USE = (psycopg2.errors.ObjectInUse, psycopg2.errors.InsufficientPrivilege)
DROP_WAITS = (0.2, 0.5, 1, 2, 5)  # seconds
END_BACKENDS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
NEW_IDENTITY = """
    UPDATE ir_config_parameter SET value = gen_random_uuid()
    WHERE key IN ('database.uuid', 'database.secret')
"""


def exists(environment, name):
    """True when there is a database of this name."""
    return bool(
        environment.server.rows("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    )


def names(environment, prefix=""):
    """The databases whose name begins so."""
    rows = environment.server.rows(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1",
        (prefix,),
    )
    return [row[0] for row in rows]


def filestore(name):
    """The folder of a database's attachments."""
    return paths.DATA / "filestore" / name


def _execute(environment, command, *databases):
    identifiers = map(sql.Identifier, databases)
    environment.server.rows(sql.SQL(command).format(*identifiers))


def mark(environment, name):
    """Write on the database that it is ours, so that we may drop it again."""
    _execute(environment, f"COMMENT ON DATABASE {{}} IS '{OURS}'", name)


def drop(environment, name):
    """Drop a database with its files, never one of the user's own server that is his."""
    found = environment.server.rows(COMMENT, (name,))
    if found and not environment.server.embedded and found[0][0] != OURS:
        raise SetupError(
            f"The database {name} of your server was not made by set-up: "
            "it is left alone. Choose another name with --database."
        )
    _drop(environment, name)
    shutil.rmtree(filestore(name), ignore_errors=True)


def _drop(environment, name):
    """Drop it, whoever is connected; an autovacuum worker, which PostgreSQL itself starts
    and which FORCE does not end, is waited for."""
    for wait in (*DROP_WAITS, None):
        try:
            return _execute(
                environment, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name
            )
        except IN_USE:
            if wait is None:
                raise
            with contextlib.suppress(psycopg2.errors.InsufficientPrivilege):
                environment.server.rows(END_BACKENDS, (name,))
            time.sleep(wait)


def rename(environment, old, new):
    """Give a finished database its name: a half-made one never carries it."""
    _execute(environment, "ALTER DATABASE {} RENAME TO {}", old, new)
    if filestore(old).exists():
        shutil.rmtree(filestore(new), ignore_errors=True)
        filestore(old).rename(filestore(new))


def refresh_statistics(environment, name):
    """Count the rows of a finished database: its copies begin with the same counts."""
    environment.server.rows("VACUUM ANALYZE", database=name)


def limit_lock_waits(environment, name, wait):
    """A session of this database that waits longer for a lock fails instead of hanging."""
    _execute(environment, f"ALTER DATABASE {{}} SET lock_timeout = '{wait}'", name)


def create(environment, name):
    """An empty database as Odoo wants it, in place of the one of this name."""
    drop(environment, name)
    _execute(
        environment,
        "CREATE DATABASE {} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0",
        name,
    )
    mark(environment, name)


def duplicate(environment, template, name):
    """Copy a database and its filestore, with an identity of its own."""
    drop(environment, name)
    _execute(environment, "CREATE DATABASE {} TEMPLATE {}", name, template)
    mark(environment, name)
    source, target = filestore(template), filestore(name)
    if source.exists():
        shutil.copytree(source, target, copy_function=_link, dirs_exist_ok=True)
    environment.server.rows(NEW_IDENTITY, database=name)


def _link(source, target):
    """A stored file never changes (its name is its hash): a hard link is a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def run_odoo(environment, name, *arguments, log, what):
    """Run Odoo on the database for its installation or update, and stop."""
    environment.odoo(
        "-d", name, *arguments, "--stop-after-init", "--no-http", log=log, what=what
    )


def install(environment, name, modules, update=False):
    """Install (or update) add-ons in a database."""
    if not modules:
        return
    verb = "-u" if update else "-i"
    run_odoo(
        environment,
        name,
        verb,
        ",".join(modules),
        log=f"install-{name}",
        what=f"Installing {', '.join(modules)} in {name}",
    )
