"""A mail catcher: real SMTP in front, an inbox page behind, a file per message."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from .. import paths, ports
from ..errors import SetupError
from ..process import tail

STARTS_WITHIN = 120


class Catcher:
    """The catcher as a process of its own."""

    def __init__(self, folder, smtp_port=None, web_port=None):
        self.folder = Path(folder)
        self.smtp_port = smtp_port or ports.free()
        self.web_port = web_port or ports.free()
        self.log = paths.LOGS / f"catcher-{self.smtp_port}.log"
        self.process = None

    @property
    def url(self):
        """The address of the inbox page."""
        return f"http://{ports.ADDRESS}:{self.web_port}"

    @property
    def received(self):
        """How many messages are in it."""
        return len(list(self.folder.glob("*.eml")))

    def start(self):
        """Start with an empty inbox, and wait until SMTP answers."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        command = [sys.executable, "-m", "kit.catcher", "--folder", self.folder]
        command += ["--smtp-port", self.smtp_port, "--web-port", self.web_port]
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                cwd=paths.SETUP,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_listening()
        return self

    def _wait_until_listening(self):
        limit = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < limit and self.process.poll() is None:
            with contextlib.suppress(OSError):
                for port in (self.smtp_port, self.web_port):
                    socket.create_connection((ports.ADDRESS, port), 1).close()
                return
            time.sleep(0.05)
        self.stop()
        raise SetupError(f"The mail catcher does not start.\n{tail(self.log)}")

    def stop(self):
        """End the process; the messages stay in the folder."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STARTS_WITHIN)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exception):
        self.stop()
