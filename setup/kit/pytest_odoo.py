"""pytest with and without Odoo, on ports of its own, with its result counted."""

import contextlib
import os
import subprocess
import tempfile

from . import odoo_conf, paths, ports, tally, venv
from .progress import say

COMMON = ("-p", "no:cacheprovider")
ODOO = ("-p", "kit.patience", "--odoo-http")
# Chromium keeps a socket in a folder of its own in TMPDIR.
CHROMIUM_SOCKET = "/org.chromium.Chromium.123456/SingletonSocket"
LONGEST_TEMPORARY = paths.SOCKET_BYTES - len(CHROMIUM_SOCKET) - 1


def run_pure(env, arguments):
    """Tests that import no Odoo and need no database."""
    return _run(
        env, "pure tests", ["-p", "no:odoo", *COMMON, *arguments], env.variables()
    )


def run_on_database(env, database, arguments):
    """Tests on an installed database; HTTP is served, so that nothing is skipped."""
    conf = odoo_conf.write(
        env,
        paths.RUN / f"odoo-test-{os.getpid()}.conf",
        db_name=database,
        http_port=ports.free(),
        gevent_port=ports.free(),
    )
    try:
        return _run(
            env,
            "Odoo tests",
            [*COMMON, *ODOO, *arguments],
            {**env.variables(conf), **short_temporary()},
        )
    finally:
        conf.unlink()


def short_temporary():
    """The variable of another temporary folder when Chromium would abort in this one."""
    here = len(os.fsencode(tempfile.gettempdir()))
    return {"TMPDIR": "/tmp"} if here > LONGEST_TEMPORARY else {}


def _run(env, name, arguments, variables):
    report = paths.RUN / f"junit-{os.getpid()}.xml"
    with contextlib.suppress(FileNotFoundError):
        report.unlink()
    command = [venv.PYTHON, "-m", "pytest", f"--junitxml={report}", *arguments]
    say(f"\n--> {name}: pytest {' '.join(map(str, arguments))}")
    code = subprocess.call(
        [str(part) for part in command], env=variables, cwd=paths.ROOT
    )
    try:
        return tally.of_junit(name, report, code)
    finally:
        report.unlink(missing_ok=True)
