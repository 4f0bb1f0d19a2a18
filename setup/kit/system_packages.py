"""What pip cannot bring: a browser for tests, wkhtmltopdf for letters, fonts."""

import os
import shutil
import subprocess

from .errors import SetupError
from .process import run_logged
from .progress import step

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROGRAMS = {
    "wkhtmltopdf": ("wkhtmltopdf",),
    "poppler-utils": ("pdftotext",),
    "chromium": BROWSERS,
}
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FILES = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
)
FOR_DEMO = ("wkhtmltopdf", FONT_PACKAGE)
FOR_TESTS = ("chromium", "wkhtmltopdf", "poppler-utils", FONT_PACKAGE)


def missing(wanted):
    """Those of the wanted packages that are not on this machine."""
    return [package for package in wanted if not _is_present(package)]


def _is_present(package):
    if package == FONT_PACKAGE:
        return any(os.path.exists(path) for path in FONT_FILES)
    return any(shutil.which(program) for program in PROGRAMS[package])


def ensure(wanted):
    """Install what is missing when we are root; else say the exact command."""
    absent = missing(wanted)
    if not absent:
        return
    command = f"apt-get install --no-install-recommends {' '.join(absent)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetupError(
            f"Missing on this machine: {', '.join(absent)}. "
            f"They need root, once:\n    sudo {command}"
        )
    with step(f"Debian packages: {', '.join(absent)}"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        options = [
            "-q",
            "-y",
            "-o",
            "DPkg::Lock::Timeout=120",
            "-o",
            "Acquire::http::Timeout=20",
        ]
        subprocess.run(
            ["apt-get", *options, "update"],
            env=environment,
            capture_output=True,
            check=False,
        )
        run_logged(
            ["apt-get", *options, "install", "--no-install-recommends", *absent],
            "apt-install",
            env=environment,
            what=command,
        )
