"""Databases: one BASE made once, copied in a second; our add-ons in the copies."""

import contextlib
import hashlib
import os
import shutil

from psycopg2 import sql

from . import locks, paths
from .progress import step

BASE_MODULES = ("account", "l10n_fr_account", "account_payment", "payment_demo", "sms")
LANGUAGES = "en_US,fr_FR"
COUNTRY = "FR"
IGNORED_SOURCES = ("tests", "__pycache__")


def exists(environment, name):
    """True when there is a database of this name."""
    return bool(
        environment.server.rows("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    )


def names(environment, prefix):
    """The databases whose name begins so."""
    rows = environment.server.rows(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1",
        (prefix,),
    )
    return [row[0] for row in rows]


def filestore(name):
    """The folder of a database's attachments."""
    return paths.DATA / "filestore" / name


def drop(environment, name):
    """Drop a database with its filestore; nothing happens when it is not there."""
    environment.server.rows(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )
    shutil.rmtree(filestore(name), ignore_errors=True)


def rename(environment, old, new):
    """Give a finished database its name: a half-made one never carries it."""
    environment.server.rows(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(old), sql.Identifier(new)
        )
    )
    if filestore(old).exists():
        shutil.rmtree(filestore(new), ignore_errors=True)
        filestore(old).rename(filestore(new))


def duplicate(environment, template, name):
    """Copy a database and its filestore, with an identity of its own."""
    drop(environment, name)
    environment.server.rows(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )
    if filestore(template).exists():
        shutil.copytree(
            filestore(template),
            filestore(name),
            copy_function=_link,
            dirs_exist_ok=True,
        )
    environment.server.rows(
        "UPDATE ir_config_parameter SET value = gen_random_uuid()"
        " WHERE key IN ('database.uuid', 'database.secret')",
        database=name,
    )


def _link(source, target):
    """A stored file never changes (its name is its hash): a hard link is a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def sources_hash(*extra, tests=True):
    """A hash of our add-ons' files and other values: tells a database out of date."""
    digest = hashlib.sha256(repr(extra).encode())
    for addon in paths.present_addons():
        for path in sorted((paths.ROOT / addon).rglob("*")):
            ignored = not tests and "tests" in path.parts
            if path.is_file() and "__pycache__" not in path.parts and not ignored:
                digest.update(
                    str(path.relative_to(paths.ROOT)).encode()
                    + b"\0"
                    + path.read_bytes()
                )
    return digest.hexdigest()[:12]


def base(environment):
    """The name of the BASE database, made if it is not there (about 40 s, once)."""
    key = repr((environment.source.version, BASE_MODULES, LANGUAGES, COUNTRY))
    name = f"ra_base_{hashlib.sha256(key.encode()).hexdigest()[:10]}"
    if exists(environment, name):
        return name
    with locks.held("base"):
        if not exists(environment, name):
            _make_base(environment, name)
    return name


def _make_base(environment, name):
    paths.require_disk()
    partial = f"{name}_part"
    with step("Base database: Odoo with accounting for France, once"):
        drop(environment, partial)
        environment.odoo(
            "db",
            "init",
            partial,
            "--country",
            COUNTRY,
            log="base-init",
            what="Creating the base database",
        )
        environment.odoo(
            "-d",
            partial,
            "-i",
            ",".join(BASE_MODULES),
            f"--load-language={LANGUAGES}",
            "--stop-after-init",
            "--no-http",
            log="base-install",
            what="Installing Odoo's accounting",
        )
        rename(environment, partial, name)


def install(environment, name, modules, update=False):
    """Install (or update) add-ons in a database."""
    if modules:
        environment.odoo(
            "-d",
            name,
            "-u" if update else "-i",
            ",".join(modules),
            "--stop-after-init",
            "--no-http",
            log=f"install-{name}",
            what=f"Installing {', '.join(modules)} in {name}",
        )


def copy_of_base(environment, name):
    """A fresh copy of BASE under this name."""
    template = base(environment)
    duplicate(environment, template, name)
    return name


def prepared(environment, prefix, key, build):
    """The database `<prefix>_<key>`, built when missing; older ones go away."""
    name = f"{prefix}_{key}"
    if exists(environment, name):
        return name
    with locks.held(prefix):
        if exists(environment, name):
            return name
        partial = f"{name}_part"
        copy_of_base(environment, partial)
        build(partial)
        rename(environment, partial, name)
        for old in names(environment, f"{prefix}_"):
            if old != name:
                with contextlib.suppress(Exception):
                    drop(environment, old)
    return name


def prepared_for_lint(environment):
    """A small database (no accounting) with Odoo's module of lint tests."""
    key = hashlib.sha256(environment.source.version.encode()).hexdigest()[:10]
    name = f"ra_lint_{key}"
    with locks.held("lint"):
        if not exists(environment, name):
            partial = f"{name}_part"
            drop(environment, partial)
            with step("Small database for Odoo's lint, once"):
                environment.odoo(
                    "-d",
                    partial,
                    "-i",
                    "test_lint",
                    "--stop-after-init",
                    "--no-http",
                    log="lint-init",
                    what="Installing test_lint",
                )
            rename(environment, partial, name)
    return name
