"""Where Odoo 19.0 comes from: the user's own, Debian's package, or a clone."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import bootstrap, debian_odoo, locks, paths
from .errors import SetupError
from .progress import say, step

BRANCH = "19.0"
REPOSITORY = "https://github.com/odoo/odoo.git"
CLONE = paths.CACHE / "odoo-clone"
UNREACHABLE_AFTER = 15
IMPORT_PROBE = (
    "import odoo.release as r, pathlib;"
    "print(r.version_info[0], pathlib.Path(r.__file__).parent.parent)"
)


@dataclass(frozen=True)
class OdooSource:
    """A tree with the package `odoo` of version 19.0."""

    label: str
    python_path: Path

    @property
    def addons_path(self):
        """The folders of Odoo's own add-ons, in a clone as in an installed package."""
        # Debian ships a second, partial tree `addons` without the static files.
        beside, inside = (
            self.python_path / "addons",
            self.python_path / "odoo" / "addons",
        )
        return (
            [beside, inside] if (beside / "account" / "static").is_dir() else [inside]
        )

    @property
    def version(self):
        """What tells this Odoo from another: its place and its release."""
        release = (self.python_path / "odoo" / "release.py").read_text()
        return f"{self.python_path.resolve()}:{release}"


def find():
    """The first that holds: path given, importable, kept, Debian, clone."""
    source = _given() or _importable() or _kept()
    if source:
        return source
    with locks.held("odoo-source"):
        return _kept() or _fetch()


def _is_odoo_19(folder):
    release = folder / "odoo" / "release.py"
    return release.is_file() and "version_info = (19, 0" in release.read_text()


def _given():
    if not os.environ.get("ODOO_PATH"):
        return None
    folder = Path(os.environ["ODOO_PATH"]).expanduser().resolve()
    for candidate in (folder, folder.parent):
        if _is_odoo_19(candidate):
            return OdooSource("ODOO_PATH", candidate)
    raise SetupError(
        f"ODOO_PATH is {folder}, and there is no Odoo 19.0 there "
        "(no odoo/release.py of 19.0)."
    )


def _importable():
    launcher = os.environ.get(bootstrap.LAUNCHER)
    if (
        not launcher
        or Path(launcher).resolve() == Path(paths.VENV / "bin/python").resolve()
    ):
        return None
    probe = subprocess.run(
        [launcher, "-c", IMPORT_PROBE],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    version, _, folder = probe.stdout.strip().partition(" ")
    if probe.returncode or version != "19":
        return None
    return OdooSource("importable", Path(folder))


def _kept():
    if debian_odoo.is_unpacked():
        return OdooSource("Debian package odoo-19", debian_odoo.PYTHON_PATH)
    if _is_odoo_19(CLONE):
        return OdooSource("clone of the 19.0 branch", CLONE)
    return None


def _fetch():
    paths.require_disk()
    problems = []
    for fetch in (debian_odoo.unpack, _clone):
        try:
            fetch()
        except SetupError as error:
            say(f"    not from there: {str(error).splitlines()[0]}")
            problems.append(str(error))
            continue
        source = _kept()
        say(f"    Odoo taken from: {source.label}")
        return source
    raise SetupError(
        "No source of Odoo 19.0 can be reached. Give one with ODOO_PATH=/path/to/odoo, "
        "or look at the network.\n\n" + "\n\n".join(problems)
    )


def _clone():
    """A shallow clone, given up within seconds when its host does not answer."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        subprocess.run(
            ["git", "ls-remote", "--exit-code", REPOSITORY, BRANCH],
            env=environment,
            capture_output=True,
            timeout=UNREACHABLE_AFTER,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError("Odoo's git repository cannot be reached.") from error
    with step("Odoo 19.0: shallow clone of the branch (about 1.5 GB)"):
        partial = CLONE.with_suffix(".part")
        subprocess.run(["rm", "-rf", str(partial)], check=True)
        try:
            subprocess.run(
                [
                    "git",
                    "-c",
                    "http.lowSpeedLimit=1000",
                    "-c",
                    "http.lowSpeedTime=15",
                    "clone",
                    "--quiet",
                    "--depth",
                    "1",
                    "--branch",
                    BRANCH,
                    REPOSITORY,
                    str(partial),
                ],
                env=environment,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise SetupError("The clone of Odoo's 19.0 branch broke off.") from error
        partial.rename(CLONE)
