"""The virtual environment of the pinned requirements, rebuilt when these change."""

import hashlib
import os
import shutil
import sys
import venv

from . import locks, paths
from .errors import SetupError
from .process import run_logged
from .progress import step

OLDEST = (3, 10)
STAMP = paths.VENV / ".requirements-hash"
PYTHON = paths.VENV / "bin" / "python"


def check_python():
    """Refuse a Python that Odoo 19 does not run on."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(
            f"Python {found} is too old: Odoo 19 needs 3.10 or newer. "
            "Run again with such a python in front."
        )


def _wanted_hash():
    version = f"{sys.version_info[0]}.{sys.version_info[1]}".encode()
    return hashlib.sha256(version + paths.REQUIREMENTS.read_bytes()).hexdigest()


def is_inside():
    """True in the interpreter of the virtual environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(paths.VENV)


def is_current():
    """True when the environment was built from today's requirements by this Python."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == _wanted_hash()


def ensure():
    """Build the virtual environment if it is missing or out of date."""
    if is_current():
        return
    with locks.held("venv"):
        if not is_current():
            paths.require_disk()
            _build()


def _build():
    with step("Python environment (about 90 packages)"):
        shutil.rmtree(paths.VENV, ignore_errors=True)
        try:
            venv.create(paths.VENV, with_pip=True)
        except Exception as error:
            raise SetupError(
                f"Cannot create a virtual environment ({error}). "
                "On Debian: apt-get install python3-venv"
            ) from error
        run_logged(
            [
                PYTHON,
                "-m",
                "pip",
                "install",
                "--no-input",
                "--retries",
                "2",
                "--progress-bar",
                "off",
                "--disable-pip-version-check",
                "-r",
                paths.REQUIREMENTS,
            ],
            "pip",
            what="Installing the Python packages (is the network reachable?)",
        )
        STAMP.write_text(_wanted_hash())
