"""setup/test [lint|unit|odoo] [pytest arguments]: all tests, from a fresh machine.

Without a word, everything. `odoo --database NAME ...` takes that database as it is.
"""

import os

from .. import (
    database,
    environment,
    lint,
    paths,
    postgres,
    pytest_odoo,
    system_packages,
    tally,
    templates,
)
from ..errors import SetupError
from ..progress import say

PURE_FOLDERS = ("setup/tests", "tests/unit", "tests/repository")
STORY_FOLDERS = ("tests/scenario",)
LONGEST_LOCK_WAIT = "2min"
PARTS = ("lint", "unit", "odoo")


def main(arguments):
    """Run the parts, print the sums; anything failed or skipped is a failure."""
    part, rest = None, arguments
    if arguments and arguments[0] in PARTS:
        part, *rest = arguments
    if rest and not part:
        raise SetupError(f"Say which part first ({', '.join(PARTS)}), then {rest[0]}.")
    total = tally.Tally()
    with environment.ready() as env:
        for name in [part] if part else PARTS:
            total.add(RUNNERS[name](env, list(rest)))
    for problem in total.problems:
        say(f"    {problem}")
    print(f"\n{total.line}", flush=True)
    return 1 if total.failed or not total.passed else 0


def _lint(env, _arguments):
    total = tally.Tally()
    for check in (lint.ruff, lint.pylint, lint.core_lint):
        total.add(check(env))
    return total


def _unit(env, arguments):
    folders = [folder for folder in PURE_FOLDERS if (paths.ROOT / folder).is_dir()]
    if not folders and not arguments:
        return tally.Tally()
    return pytest_odoo.run_pure(
        env, arguments if _names_a_path(arguments) else [*folders, *arguments]
    )


def _odoo(env, arguments):
    system_packages.ensure(system_packages.FOR_TESTS)
    given = None
    if "--database" in arguments:
        at = arguments.index("--database")
        given = arguments[at + 1]
        del arguments[at : at + 2]
    folders = [f"{addon}/tests" for addon in paths.present_addons()]
    folders += STORY_FOLDERS
    folders = [folder for folder in folders if (paths.ROOT / folder).is_dir()]
    if not folders and not arguments:
        return tally.Tally()
    if not _names_a_path(arguments):
        arguments = [*folders, *arguments]
    if given:
        return pytest_odoo.run_on_database(env, given, arguments)
    return _on_fresh_copy(env, arguments)


def _on_fresh_copy(env, arguments):
    """Run on a copy: a test that commits cannot spoil the next run."""
    name = f"ra_run_{os.getpid()}"
    template = templates.with_addons(env)
    database.duplicate(env, template, name)
    database.limit_lock_waits(env, name, LONGEST_LOCK_WAIT)
    total = lint.installation(template)
    try:
        with postgres.undisturbed(env.server):
            total.add(pytest_odoo.run_on_database(env, name, arguments))
    finally:
        database.drop(env, name)
    return total


def _names_a_path(arguments):
    return any(
        (paths.ROOT / a.split("::")[0]).exists()
        for a in arguments
        if not a.startswith("-")
    )


RUNNERS = {"lint": _lint, "unit": _unit, "odoo": _odoo}
