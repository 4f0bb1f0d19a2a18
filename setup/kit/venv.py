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

OLDEST, NEWEST = (3, 10), (3, 13)
COMPLETE = ".complete"
PYTHON = paths.VENV / "bin" / "python"


def check_python():
    """Refuse a Python that Odoo 19.0 does not run on, and name one that is here."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    usable = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    here = [name for name in usable if shutil.which(name)]
    found = ".".join(map(str, sys.version_info[:3]))
    advice = f"Run again with {here[0]} in front." if here else "Install one of them."
    raise SetupError(
        f"This is Python {found}; Odoo 19.0 runs on 3.10 to 3.13. {advice}"
    )


def _home():
    """The environment's own folder: another one for other requirements or Python."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}".encode()
    key = hashlib.sha256(version + paths.REQUIREMENTS.read_bytes()).hexdigest()
    return paths.CACHE / "venvs" / key[:12]


def is_inside():
    """True in the interpreter of the virtual environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(paths.VENV)


def is_current():
    """True when the environment was built from today's requirements by this Python."""
    return (_home() / COMPLETE).exists() and paths.VENV.resolve() == _home().resolve()


def ensure():
    """Build the virtual environment if it is missing or out of date."""
    if is_current():
        return
    with locks.held("venv"):
        if not (_home() / COMPLETE).exists():
            paths.require_disk()
            _build(_home())
        _switch(_home())


def _build(home):
    with step("Python environment (about 90 packages)"):
        shutil.rmtree(home, ignore_errors=True)
        try:
            venv.create(home, with_pip=True)
        except Exception as error:
            raise SetupError(
                f"Cannot create a virtual environment ({error}). "
                "On Debian: apt-get install python3-venv"
            ) from error
        pip = [home / "bin" / "python", "-m", "pip", "install", "--no-input"]
        pip += ["--retries", "2", "--timeout", "20", "--progress-bar", "off"]
        run_logged(
            [*pip, "--disable-pip-version-check", "-r", paths.REQUIREMENTS],
            "pip",
            what="Installing the Python packages (is the network reachable?)",
        )
        (home / COMPLETE).touch()


def _switch(home):
    """Point `venv` at it in one step: a command at work keeps the one it has."""
    link = paths.CACHE / f"venv-{os.getpid()}"
    link.symlink_to(home.relative_to(paths.CACHE))
    if paths.VENV.is_dir() and not paths.VENV.is_symlink():
        shutil.rmtree(paths.VENV)
    link.replace(paths.VENV)
