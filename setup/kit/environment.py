"""What a command works with: an Odoo, a Python, a PostgreSQL, and how to call them."""

import contextlib
import os
import subprocess
from dataclasses import dataclass

from . import odoo_conf, odoo_source, paths, postgres, venv
from .process import run_logged

LAUNCHER = paths.SETUP / "kit" / "launcher" / "odoo_server.py"


@dataclass(frozen=True)
class Environment:
    """What is needed to run Odoo on this checkout."""

    source: odoo_source.OdooSource
    server: postgres.Server

    def variables(self, conf=None):
        """The variables under which Odoo, pytest-odoo and psql find everything."""
        path = [
            str(self.source.python_path),
            str(paths.SETUP),
            os.environ.get("PYTHONPATH", ""),
        ]
        return {
            **os.environ,
            **self.server.environment,
            "ODOO_RC": str(conf or odoo_conf.COMMON),
            "PATH": f"{venv.PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "VIRTUAL_ENV": str(paths.VENV),
        }

    def odoo_command(self, *arguments):
        """The Odoo command line as a list."""
        return [str(venv.PYTHON), str(LAUNCHER), *map(str, arguments)]

    def odoo(self, *arguments, log, what):
        """Run Odoo to its end, with its output in a log."""
        return run_logged(
            self.odoo_command(*arguments),
            log,
            what=what,
            cwd=paths.ROOT,
            env=self.variables(),
        )

    def call(self, command, **options):
        """Run a program of the environment in the foreground: its exit code."""
        return subprocess.call(
            [str(c) for c in command],
            env=self.variables(options.pop("conf", None)),
            **options,
        )


@contextlib.contextmanager
def ready():
    """For the block: Odoo found or fetched, PostgreSQL running, odoo.conf written."""
    paths.prepare_cache()
    source = odoo_source.find()
    with postgres.running() as server:
        environment = Environment(source, server)
        odoo_conf.write(environment)
        yield environment
