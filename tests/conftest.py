"""Lets pure tests import ``recouvrement_auto.tools...`` without Odoo.

Each add-on is registered as an empty package whose ``__path__`` is its folder, so that
the ``__init__`` of the add-on, which needs Odoo, never runs. Inside Odoo add-ons live
under ``odoo.addons``, so these names stand in nobody's way.
"""

import os
import sys
import types
from pathlib import Path

from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ("recouvrement_auto", "recouvrement_auto_sms", "recouvrement_auto_reports")


def _register(name):
    package = types.ModuleType(name)
    package.__path__ = [str(ROOT / name)]
    sys.modules.setdefault(name, package)


for addon in ADDONS:
    if (ROOT / addon).is_dir():
        _register(addon)

# Tests share the scripted mail server with the fault runs of setup/.
sys.path.append(str(ROOT / "setup"))

# No deadline and no complaint of slowness: a slow machine is no defect. The same forty examples
# a property in every run, so that nothing is red by chance; HYPOTHESIS_PROFILE=search looks for
# new ones.
always = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("suite", max_examples=40, derandomize=True, **always)
settings.register_profile("search", max_examples=2000, **always)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
