"""The databases of the measurements, kept by size: with and without our add-ons."""

import datetime

from . import database, ledger_generator, odoo_shell, paths, templates
from .errors import SetupError
from .progress import step

FILL = """
import datetime
from kit import ledger_check, ledger_generator
ledger_generator.fill(env, size, datetime.date.fromisoformat(today))
give(ledger_check.problems(env))
"""


def _sources():
    folder = paths.SETUP / "kit"
    files = [*folder.glob("ledger*.py"), *folder.glob("ledger/*.sql")]
    return [path.read_text() for path in sorted(files)]


def without_addons(environment, size):
    """BASE with a ledger of this size, checked by Odoo's own recompute."""
    base = templates.base(environment)
    today = datetime.date.today().isoformat()

    def build(name):
        with step(f"Ledger of size {size}: {ledger_generator.SIZES[size][0]} invoices"):
            database.duplicate(environment, base, name)
            found = odoo_shell.run(
                environment,
                name,
                FILL,
                f"ledger-{size}",
                f"The ledger of size {size}",
                size=size,
                today=today,
            )
        if any(found.values()):
            raise SetupError(f"The ledger of size {size} is not coherent: {found}")

    key = templates.digest(base, today, _sources())
    return templates.kept(environment, f"ledger{size.lower()}", key, build)


def with_addons(environment, size):
    """The same ledger with our add-ons as they are now."""
    plain = without_addons(environment, size)

    def build(name):
        with step(f"Ledger of size {size}: installing the add-ons"):
            database.duplicate(environment, plain, name)
            database.install(environment, name, paths.present_addons())

    key = templates.digest(plain, templates.sources_hash())
    return templates.kept(environment, f"suite{size.lower()}", key, build)
