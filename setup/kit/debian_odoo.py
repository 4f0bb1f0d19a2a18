"""Debian's package `odoo-19` of sid, unpacked privately; apt itself is left alone."""

import os
import shutil
import subprocess

from . import paths
from .errors import SetupError
from .process import run_logged
from .progress import step

HOME = paths.CACHE / "odoo-debian"
TREE = HOME / "tree"
PYTHON_PATH = TREE / "usr/lib/python3/dist-packages"
COMPLETE = TREE / ".complete"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# The package's fonts and JavaScript libraries are links into these.
BESIDE = (
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
# Left out by Debian; its absence is a console error that fails every browser test.
MISSING_SCRIPT = (
    PYTHON_PATH
    / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
)
CONFIGURATION = """\
Dir::Etc::sourcelist "{home}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "{home}/state";
Dir::State::status "{home}/state/status";
Dir::Cache "{home}/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "0";
Acquire::http::Timeout "8";
Acquire::https::Timeout "8";
"""


def is_unpacked():
    """True when a whole tree is there."""
    return COMPLETE.is_file()


def unpack():
    """Download the package and what it links to; unpack them in one tree."""
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise SetupError(f"Debian's package: {program} is not on this machine.")
    mirror = _mirror()
    with step("Odoo 19.0: Debian package odoo-19 (125 MB), unpacked privately"):
        environment = _configure(mirror)
        run_logged(
            ["apt-get", "-q", "update"],
            "apt-update",
            timeout=90,
            env=environment,
            what="Debian's package: reading the list of packages",
        )
        archives = HOME / "cache" / "archives"
        run_logged(
            ["apt-get", "-q", "download", "odoo-19", *BESIDE],
            "apt-download",
            cwd=archives,
            env=environment,
            what="Debian's package: download",
        )
        shutil.rmtree(TREE, ignore_errors=True)
        TREE.mkdir(parents=True)
        for archive in sorted(archives.glob("*.deb")):
            run_logged(
                ["dpkg-deb", "-x", archive, TREE],
                "dpkg",
                what=f"Unpacking {archive.name}",
            )
        MISSING_SCRIPT.parent.mkdir(parents=True, exist_ok=True)
        if not MISSING_SCRIPT.exists():
            MISSING_SCRIPT.write_text("/* not shipped by Debian */\n")
        shutil.rmtree(HOME / "cache")
        COMPLETE.touch()


def _mirror():
    """The Debian mirror that this machine already uses."""
    listing = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(ORIGIN) $(REPO_URI) $(LABEL)",
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in listing.stdout.splitlines():
        origin, _, rest = line.partition(" ")
        address, _, label = rest.partition(" ")
        if origin == "Debian" and label == "Debian":
            return address
    raise SetupError(
        "Debian's package: this machine's apt knows no Debian mirror "
        "(or apt-get update never ran)."
    )


def _configure(mirror):
    """Write the private apt configuration; the environment that selects it."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (HOME / folder).mkdir(parents=True, exist_ok=True)
    (HOME / "state/status").touch()
    signed = f"[signed-by={KEYRING}] " if os.path.exists(KEYRING) else ""
    (HOME / "sources.list").write_text(f"deb {signed}{mirror} sid main\n")
    configuration = HOME / "apt.conf"
    configuration.write_text(CONFIGURATION.format(home=HOME))
    return {**os.environ, "APT_CONFIG": str(configuration)}
