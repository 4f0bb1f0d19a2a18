"""Where things are: the checkout, and the ignored folder of what is built."""

import os
import shutil
from pathlib import Path

from .errors import SetupError

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "setup"
REQUIREMENTS = SETUP / "requirements.txt"
CACHE = Path(os.environ.get("RECOUVREMENT_CACHE") or ROOT / ".cache").resolve()
VENV = CACHE / "venv"
DATA = CACHE / "data"
LOGS = CACHE / "logs"
RUN = CACHE / "run"
ADDONS = ("recouvrement_auto", "recouvrement_auto_sms", "recouvrement_auto_reports")
NEEDED_BYTES = 4 * 1024**3
SOCKET_BYTES = 107  # of the path of a socket, the system's limit


def prepare_cache():
    """Create the cache folders, or say why that cannot be."""
    for folder in (CACHE, DATA, LOGS, RUN):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(
                f"Cannot write in {folder} ({error.strerror}). "
                "Choose another folder with RECOUVREMENT_CACHE."
            ) from error


def require_disk(needed=NEEDED_BYTES):
    """Refuse to start a download or a build that the disk cannot hold."""
    free = shutil.disk_usage(CACHE).free
    if free < needed:
        raise SetupError(
            f"The disk of {CACHE} has {free / 1024**3:.1f} GB free, "
            f"{needed / 1024**3:.0f} GB are needed. "
            "Free some space, or choose another folder with RECOUVREMENT_CACHE."
        )


def present_addons():
    """Our add-ons that are in the checkout, in the order of installation."""
    return [name for name in ADDONS if (ROOT / name / "__manifest__.py").is_file()]
