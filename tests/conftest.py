"""Lets pure tests import ``recouvrement_auto.tools...`` without Odoo.

Each add-on is registered as an empty package whose ``__path__`` is its folder, so that
the ``__init__`` of the add-on, which needs Odoo, never runs. Inside Odoo add-ons live
under ``odoo.addons``, so these names stand in nobody's way.
"""

import sys
import types
from pathlib import Path

from hypothesis import settings

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

# No deadline: a slow machine is no defect. No stored examples: runs are independent. Forty
# examples a property keep the pure tests within seconds, so that they are run all the time.
settings.register_profile("suite", deadline=None, database=None, max_examples=40)
settings.load_profile("suite")
