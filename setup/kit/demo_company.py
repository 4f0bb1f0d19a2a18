"""The demo company: built once a day, each demo starts from a copy of it."""

import datetime

import pytz

from . import database, odoo_shell, paths, templates
from .errors import SetupError
from .progress import step

BUILD = """
env["recouvrement.demo"]._build_company()
env.cr.commit()
give(True)
"""


def template(environment, fresh=False):
    """The built demo database of today's sources and date."""
    if "recouvrement_auto" not in paths.present_addons():
        raise SetupError("The add-on recouvrement_auto is not in this checkout yet.")
    base = templates.base(environment)
    day = datetime.datetime.now(pytz.timezone("Europe/Paris")).date()
    key = templates.digest(base, templates.sources_hash(), BUILD, day)
    return templates.kept(
        environment, "demo", key, lambda name: _build(environment, base, name), fresh
    )


def _build(environment, base, name):
    with step("Installing the three add-ons"):
        database.duplicate(environment, base, name)
        database.install(environment, name, paths.present_addons())
    with step("Building the demo company with two years of invoices, once a day"):
        odoo_shell.run(environment, name, BUILD, "demo-build", "The demo company")
