"""setup/postgres start|stop|status|psql: the embedded server; `start` keeps it up."""

from .. import postgres
from ..progress import say

USAGE = "usage: setup/postgres start | stop | status | psql [arguments]"


def main(arguments):
    """Start and keep, stop, ask, or open psql."""
    verb, *rest = arguments or ["status"]
    if verb == "psql":
        with postgres.running() as server:
            return postgres.run_psql(server, rest)
    if postgres.is_users_own():
        say("The PG* variables name a server of yours: it is left as it is.")
        return 0
    if verb == "start":
        postgres.KEEP.touch()
        with postgres.running():
            pass
    elif verb == "stop":
        postgres.KEEP.unlink(missing_ok=True)
        postgres.stop()
    elif verb != "status":
        say(USAGE)
        return 2
    state = "running" if postgres.is_up() else "stopped"
    say(f"embedded PostgreSQL: {state}; PGHOST={postgres.EMBEDDED.host} PGUSER=odoo")
    return 0
