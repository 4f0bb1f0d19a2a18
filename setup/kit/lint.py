"""Style checks: ruff, pylint-odoo, and what fits add-ons of Odoo's own test_lint."""

import re
import subprocess

from . import paths, ports, tally, templates, venv
from .progress import say, step

LINT_CLASSES = (
    "ManifestLinter",
    "TestTestHoles",
    "TestIndex",
    "TestOnchangeDomains",
    "TestNaming",
    "TestDunderinit",
)
WARNING = re.compile(r" (WARNING|ERROR) ")
LINT_TAGS = ",".join(f"/test_lint:{name}" for name in LINT_CLASSES)


def ruff(env):
    """ruff over everything that is tracked or new."""
    say("\n--> ruff")
    return tally.of_check(
        "ruff", env.call([venv.PYTHON, "-m", "ruff", "check", paths.ROOT]) == 0
    )


def pylint(env):
    """pylint-odoo over our add-ons."""
    addons = paths.present_addons()
    if not addons:
        return tally.Tally()
    say("\n--> pylint-odoo")
    code = env.call([venv.PYTHON, "-m", "pylint", *addons], cwd=paths.ROOT)
    return tally.of_check("pylint-odoo", code == 0)


def installation(template):
    """The log of the installation: no warning about our add-ons in it."""
    log = paths.LOGS / f"install-{template}_part.log"
    lines = log.read_text().splitlines() if log.exists() else []
    told = [line for line in lines if WARNING.search(line) and "recouvrement" in line]
    if told:
        say("\n--> warnings while our add-ons were installed\n" + "\n".join(told))
    return tally.of_check("the installation log", not told)


def core_lint(env):
    """Odoo's own lint of manifests, tests, indexes and names, on a small database."""
    name = templates.for_lint(env)
    log = paths.LOGS / "core-lint.log"
    with step("Odoo's test_lint on our add-ons"), log.open("w") as output:
        code = subprocess.call(
            env.odoo_command(
                "-d",
                name,
                "--test-tags",
                LINT_TAGS,
                "--stop-after-init",
                f"--http-port={ports.free()}",
                f"--gevent-port={ports.free()}",
            ),
            env=env.variables(),
            cwd=paths.ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    text = log.read_text()
    result = tally.of_odoo_log("Odoo's test_lint", text, code)
    if result.failed:
        say(
            "\n".join(
                line
                for line in text.splitlines()
                if " ERROR " in line or " FAIL" in line
            )[-4000:]
        )
        say(f"    log: {log}")
    return result
