"""Databases that are kept to be copied: made once, then again when their sources change."""

import hashlib
import uuid

from . import database, locks, paths
from .progress import step

BASE_MODULES = ("account", "l10n_fr_account", "account_payment", "payment_demo", "sms")
LANGUAGES = "en_US,fr_FR"
COUNTRY = "FR"


def digest(*values):
    """A short hash of the values."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:10]


def sources_hash():
    """A hash of our add-ons' files, tests apart: tells a database out of date."""
    total = hashlib.sha256()
    for addon in paths.present_addons():
        for path in sorted((paths.ROOT / addon).rglob("*")):
            ignored = {"tests", "__pycache__"} & set(path.parts)
            if path.is_file() and not ignored:
                total.update(str(path.relative_to(paths.ROOT)).encode() + b"\0")
                total.update(path.read_bytes())
    return total.hexdigest()


def _prefix():
    """Tells the templates of this cache from those of another checkout on the server."""
    mark = paths.DATA / "identity"
    if not mark.exists():
        mark.write_text(uuid.uuid4().hex)
    return f"ra_{mark.read_text()[:6]}"


def kept(environment, kind, key, build, fresh=False):
    """The database of this kind and key, built when missing; older ones go away."""
    family = f"{_prefix()}_{kind}_"
    name = family + key
    if fresh:
        database.drop(environment, name)
    if database.exists(environment, name):
        return name
    with locks.held(f"database-{kind}"):
        if database.exists(environment, name):
            return name
        paths.require_disk()
        partial = f"{name}_part"
        build(partial)
        database.refresh_statistics(environment, partial)
        database.rename(environment, partial, name)
        for old in database.names(environment, family):
            if old != name:
                database.drop(environment, old)
    return name


def base(environment):
    """Odoo with accounting for France, in English and French (a minute, once)."""

    def build(name):
        with step("Base database: Odoo with accounting for France, once"):
            database.drop(environment, name)
            environment.odoo(
                *("db", "init", name, "--country", COUNTRY),
                log="base-init",
                what="Creating the base database",
            )
            database.mark(environment, name)
            database.run_odoo(
                environment,
                name,
                *("-i", ",".join(BASE_MODULES), f"--load-language={LANGUAGES}"),
                log="base-install",
                what="Installing Odoo's accounting",
            )

    key = digest(environment.source.version, BASE_MODULES, LANGUAGES, COUNTRY)
    return kept(environment, "base", key, build)


def copy_of_base(environment, name):
    """A fresh copy of BASE under this name."""
    database.duplicate(environment, base(environment), name)
    return name


def with_addons(environment):
    """BASE with our add-ons as they are now."""
    addons = paths.present_addons()

    def build(name):
        with step(f"Test database: {', '.join(addons) or 'no add-on yet'}"):
            database.duplicate(environment, template, name)
            database.install(environment, name, addons)

    template = base(environment)
    return kept(environment, "test", digest(template, sources_hash()), build)


def for_lint(environment):
    """A small database (no accounting) with Odoo's module of lint tests."""

    def build(name):
        with step("Small database for Odoo's lint, once"):
            database.create(environment, name)
            database.run_odoo(
                environment,
                name,
                *("-i", "test_lint"),
                log="lint-init",
                what="Installing test_lint",
            )

    return kept(environment, "lint", digest(environment.source.version), build)
