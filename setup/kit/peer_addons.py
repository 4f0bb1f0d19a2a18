"""Another maker's add-ons beside ours, for a comparison only.

They are AGPL: fetched from the package index into a folder of the cache, seen by the Odoo
of one measurement and by nothing else, never a dependency and never in the repository.
"""

import subprocess
from dataclasses import dataclass

from . import odoo_conf, paths, venv
from .environment import Environment
from .errors import SetupError
from .progress import step

HOME = paths.CACHE / "peers"
MODULE = "account_financial_report"
PACKAGES = (
    "odoo-addon-account_financial_report==19.0.*",
    "odoo-addon-date_range==19.0.*",
    "odoo-addon-report_xlsx==19.0.*",
)


@dataclass(frozen=True)
class PeerEnvironment(Environment):
    """The same Odoo and server, with the peer's folder on the path of the add-ons."""

    def variables(self, conf=None):
        return super().variables(conf or HOME / "odoo.conf")


def addons():
    """The folder that Odoo reads."""
    return HOME / "odoo" / "addons"


def fetch():
    """Download once; ``SetupError`` says what was tried when the index has none."""
    if (addons() / MODULE / "__manifest__.py").is_file():
        return
    command = [
        *(venv.PYTHON, "-m", "pip", "install", "--no-input", "--no-deps"),
        *("--disable-pip-version-check", "--quiet", "--target", HOME, "--upgrade"),
        *PACKAGES,
    ]
    with step("The peer's add-ons"):
        result = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    if result.returncode:
        raise SetupError(
            "The peer's add-ons could not be fetched from the package index "
            f"({', '.join(PACKAGES)}):\n{result.stderr.strip()[-600:]}"
        )


def beside(environment):
    """The environment in which both suites can be installed."""
    fetch()
    found = [paths.ROOT, *environment.source.addons_path, addons()]
    odoo_conf.write(
        environment, HOME / "odoo.conf", addons_path=",".join(map(str, found))
    )
    return PeerEnvironment(environment.source, environment.server)


def versions():
    """``{module: version}`` of what was fetched."""
    found = {}
    for manifest in sorted(addons().glob("*/__manifest__.py")):
        for line in manifest.read_text().splitlines():
            if line.strip().startswith('"version"'):
                found[manifest.parent.name] = line.split('"')[3]
    return found
