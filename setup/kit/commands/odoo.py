"""setup/odoo ...: the Odoo command line with the right Python, add-ons and database."""

import signal
import subprocess

from .. import environment, paths, ports
from ..progress import say

ODOO_PORT = 8069
NO_SERVER = ("--stop-after-init", "--no-http", "--help", "-h", "--version")


def main(arguments):
    """Run Odoo with these arguments; Ctrl-C reaches it, its exit code is ours."""
    with environment.ready() as env:
        command = env.odoo_command(*arguments, *_port_options(arguments))
        process = subprocess.Popen(command, env=env.variables(), cwd=paths.ROOT)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_args: process.terminate())
        return process.wait()


def _port_options(arguments):
    """Ports for a server when none is given and the usual ones are taken."""
    serves = not arguments or arguments[0].startswith("-") or arguments[0] == "server"
    if not serves or any(
        a in NO_SERVER or a.startswith(("--http-port", "-p")) for a in arguments
    ):
        if not any(a.startswith(("--test-enable", "--test-tags")) for a in arguments):
            return []
    if any(a.startswith(("--http-port", "-p")) for a in arguments):
        return []
    port = ports.preferred(ODOO_PORT)
    say(f"    Odoo will listen on http://{ports.ADDRESS}:{port}")
    return [f"--http-port={port}", f"--gevent-port={ports.free()}"]
