"""setup/database new|update|drop|list: working databases, copied from BASE."""

import argparse

from .. import database, environment, paths, templates
from ..progress import step


def _parser():
    parser = argparse.ArgumentParser(prog="setup/database", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    new = verbs.add_parser("new", help="a copy of BASE, with our add-ons unless --bare")
    new.add_argument("name")
    new.add_argument("--bare", action="store_true", help="without our add-ons")
    new.add_argument(
        "--modules", help="these add-ons instead of ours, separated by commas"
    )
    for verb, meaning in (
        ("update", "update our add-ons (or --modules)"),
        ("drop", "drop it with its files"),
    ):
        sub = verbs.add_parser(verb, help=meaning)
        sub.add_argument("name")
        sub.add_argument("--modules")
    verbs.add_parser("list", help="the databases of this server")
    return parser


def main(arguments):
    """Do what the verb says."""
    options = _parser().parse_args(arguments)
    with environment.ready() as env:
        if options.verb == "list":
            print("\n".join(database.names(env)))
        elif options.verb == "drop":
            database.drop(env, options.name)
        else:
            modules = (
                options.modules.split(",")
                if options.modules
                else paths.present_addons()
            )
            with step(f"Database {options.name}"):
                if options.verb == "new":
                    templates.copy_of_base(env, options.name)
                    modules = [] if options.bare else modules
                database.install(
                    env, options.name, modules, update=options.verb == "update"
                )
    return 0
