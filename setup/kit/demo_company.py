"""The demo company: built once a day, each demo starts from a copy of it."""

import datetime

from . import database, odoo_shell, paths
from .errors import SetupError
from .progress import step

PREFIX = "ra_demo"
BUILD = """
env["recouvrement.demo"]._build_company()
env.cr.commit()
give(True)
"""


def template(environment, fresh=False):
    """The built demo database of today's sources and date."""
    if "recouvrement_auto" not in paths.present_addons():
        raise SetupError("The add-on recouvrement_auto is not in this checkout yet.")
    day = datetime.date.today()
    key = database.sources_hash(database.base(environment), str(day), tests=False)
    if fresh:
        database.drop(environment, f"{PREFIX}_{key}")
    return database.prepared(
        environment, PREFIX, key, lambda name: _build(environment, name)
    )


def _build(environment, name):
    with step("Installing the three add-ons"):
        database.install(environment, name, paths.present_addons())
    with step("Building the demo company with two years of invoices, once a day"):
        odoo_shell.run(environment, name, BUILD, "demo-build", "The demo company")
