"""A real Odoo server process: started on a free port, waited for, stopped cleanly."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

from . import paths, ports
from .errors import SetupError
from .process import tail

STARTS_WITHIN = 300
STOPS_WITHIN = 60


class OdooServer:
    """One threaded server (no workers) for one database."""

    def __init__(self, environment, database, port=None, cron_threads=1, options=()):
        self.environment = environment
        self.database = database
        self.port = port or ports.free()
        self.cron_threads = cron_threads
        self.options = options
        self.log = paths.LOGS / f"server-{database}-{self.port}.log"
        self.process = None

    @property
    def url(self):
        """The address of the web client."""
        return f"http://{ports.ADDRESS}:{self.port}"

    def start(self):
        """Start the process and wait until it answers."""
        command = self.environment.odoo_command(
            f"--database={self.database}",
            f"--db-filter=^{self.database}$",
            f"--http-port={self.port}",
            f"--gevent-port={ports.free()}",
            f"--max-cron-threads={self.cron_threads}",
            "--workers=0",
            *self.options,
        )
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=paths.ROOT,
                env=self.environment.variables(),
                start_new_session=True,
            )
        self._wait_until_healthy()
        return self

    def _wait_until_healthy(self):
        limit = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise SetupError(f"Odoo stopped while starting.\n{tail(self.log)}")
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{self.url}/web/health", timeout=5).close()
                return
            time.sleep(0.2)
        self.kill()
        raise SetupError(f"Odoo does not answer on {self.url}.\n{tail(self.log)}")

    def is_alive(self):
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """End it as an administrator would, and by force when it does not listen."""
        if not self.is_alive():
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        """End it as a power cut would: the process and what it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exception):
        self.stop()
