"""setup/demo: a French company, its Odoo, a mail catcher, and tonight's run finished.

Stays up until Ctrl-C; with --no-serve it stops both and ends with one JSON object.
"""

import argparse
import json
import time

from .. import database, demo_company, environment, locks, paths, ports, system_packages
from ..catcher import Catcher
from ..errors import SetupError
from ..night import Night
from ..progress import say, step
from ..server import OdooServer

DATABASE = "recouvrement_demo"
PORT, WEB_PORT, SMTP_PORT = 8069, 8025, 1025
LOGINS = (
    ("agent", "agent", "chargée de recouvrement"),
    ("manager", "manager", "responsable crédit"),
    ("adv", "adv", "administration des ventes, traite les litiges"),
    ("auditor", "auditor", "commissaire aux comptes"),
    ("commercial", "commercial", "commercial"),
    ("client", "client", "client débiteur (portail)"),
    ("admin", "admin", "administrateur"),
)
FIGURES = ("selected", "sent", "failed", "unknown", "held", "skipped", "waiting")


def main(arguments):
    """Build, start, run the night, then stay up or stop and report."""
    options = _parser().parse_args(arguments)
    lock = locks.try_lock(f"demo-{options.database}")
    if lock is None:
        raise SetupError(
            f"A demo on the database {options.database} is running already: "
            "stop it, or choose another with --database."
        )
    if options.port:
        ports.required(options.port)
    with lock, environment.ready() as env:
        system_packages.ensure(system_packages.FOR_DEMO)
        _make_database(env, options)
        _run(env, options)
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog="setup/demo", description=__doc__)
    parser.add_argument("--no-serve", action="store_true", help="report and stop")
    parser.add_argument("--fresh", action="store_true", help="build the company again")
    parser.add_argument("--database", default=DATABASE, help=f"its name ({DATABASE})")
    parser.add_argument("--port", type=int, help=f"of Odoo ({PORT} or a free one)")
    return parser


def _make_database(env, options):
    built = demo_company.template(env, options.fresh)
    with step(f"Database {options.database}"):
        database.duplicate(env, built, options.database)


def _run(env, options):
    catcher = Catcher(
        paths.CACHE / "mail" / options.database,
        smtp_port=ports.preferred(SMTP_PORT),
        web_port=ports.preferred(WEB_PORT),
    )
    port = options.port or ports.preferred(PORT)
    server = OdooServer(env, options.database, port, cron_threads=2)
    night = Night(env, server)
    with catcher:
        with step("Odoo"):
            server.start()
        try:
            with step("Tonight's run in this server"):
                night.trigger(catcher)
                night.wait()
            result = night.summary()
            if not options.no_serve:
                _tell_figures(result, catcher)
                _stay_up(server, catcher)
        finally:
            server.stop()
    if options.no_serve:
        _tell_figures(result, catcher)
        figures = {name: result[name] for name in ("company", "date", *FIGURES)}
        print(json.dumps(figures | {"received": catcher.received}, ensure_ascii=False))


def _tell_figures(result, catcher):
    say(f"\nRun of {result['date']}, {result['company']}")
    say("    " + ", ".join(f"{result[name]} {name}" for name in FIGURES))
    say(f"    {catcher.received} messages in the mail catcher")


def _stay_up(server, catcher):
    say(f"\nOdoo          {server.url}")
    say(f"Mail catcher  {catcher.url}")
    for login, password, role in LOGINS:
        say(f"    {login:<11} password {password:<11} {role}")
    say("\nCtrl-C stops both.")
    while server.is_alive():
        time.sleep(1)
    raise SetupError(f"Odoo has ended by itself. Log: {server.log}")
