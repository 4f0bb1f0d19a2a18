"""Entry of every command: the right Python first, then the command's module in it."""

import importlib
import os
import signal
import sys

from . import paths, venv
from .errors import SetupError
from .progress import say

LAUNCHER = "RECOUVREMENT_LAUNCHER"
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(command, arguments):
    """Run `kit.commands.<command>` in the virtual environment; exit with its code."""
    for number in STOPS:
        signal.signal(number, _stop)
    try:
        venv.check_python()
        if not venv.is_inside():
            paths.prepare_cache()
            venv.ensure()
            _enter(arguments)
        module = importlib.import_module(f"kit.commands.{command}")
        sys.exit(module.main(arguments))
    except SetupError as error:
        say(f"\nsetup/{command}: {error}")
        sys.exit(1)


def _stop(number, _frame):
    """End as by an error, so that what was started is stopped on the way out."""
    for again in STOPS:
        signal.signal(again, signal.SIG_IGN)
    say("\nstopping")
    sys.exit(128 + number)


def _enter(arguments):
    """Replace this process by the same command under the environment's interpreter."""
    os.environ.setdefault(LAUNCHER, sys.executable)
    script = os.path.abspath(sys.argv[0])
    os.execv(venv.PYTHON, [str(venv.PYTHON), script, *arguments])
