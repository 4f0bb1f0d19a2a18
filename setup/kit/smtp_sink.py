"""A scripted SMTP server: accepts, refuses, drops, stays silent or is slow, on demand.

The e-mail catcher is for people; this one is for tests and fault runs. It records every
message that it *accepted* (answered 250 after the final dot, or took and then stayed
silent), which is the truth that the history checker compares with the database.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from types import SimpleNamespace
from unittest import mock

ACCEPT = "accept"
BEHAVIOURS = (
    ACCEPT,
    "refuse_mail",
    "defer_mail",
    "refuse_rcpt",
    "defer_rcpt",
    "refuse_data",
    "defer_data",
    "drop_data",
    "refuse_dot",
    "defer_dot",
    "silent_dot",
    "drop_dot",
    "lost_dot",
)


@dataclass
class Received:
    """One message as taken by the server."""

    recipient: str
    message_id: str
    subject: str
    key: str
    at: float
    raw: bytes


@dataclass
class SmtpSink:
    """Runs in threads of this process. ``delay`` in seconds before each final answer;
    a silent server stays so until it closes."""

    delay: float = 0.0
    by_recipient: dict = field(default_factory=dict)
    default: str = ACCEPT
    received: list = field(default_factory=list)
    hook: object = None

    def __enter__(self):
        sink = self

        class Handler(_Handler):
            owner = sink

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._lock = threading.Lock()
        self.taken = threading.Event()
        self.closing = threading.Event()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """The port on the loopback address."""
        return self._server.server_address[1]

    def behaviour(self, recipient: str) -> str:
        """What the script says for a recipient."""
        return self.by_recipient.get(recipient, self.default)

    def take(self, recipient: str, raw: bytes) -> None:
        """Record an accepted message."""
        parsed = message_from_bytes(raw)
        identity = (parsed["Message-Id"] or "").strip()
        with self._lock:
            self.received.append(
                Received(
                    recipient,
                    identity,
                    str(parsed["Subject"] or ""),
                    identity.partition("@")[0].removeprefix("<recouvrement-"),
                    time.time(),
                    raw,
                )
            )
        self.taken.set()

    def copies(self) -> dict:
        """How often each ``(Message-ID, recipient)`` was accepted."""
        found = {}
        with self._lock:
            for one in self.received:
                mark = (one.message_id, one.recipient)
                found[mark] = found.get(mark, 0) + 1
        return found


@contextlib.contextmanager
def time_ends_after_the_dot(sink, module, session, deadline, left=0.3):
    """For the block: of ``deadline`` only ``left`` seconds remain once ``sink`` has taken a
    message that ``session`` sent. How slow the machine is until then changes nothing.

    :param module: the module whose ``time`` counts the deadline
    """
    clock = SimpleNamespace(now=0.0)
    send = session.send

    def sending(data):
        sink.taken.clear()
        send(data)
        if data == b".\r\n":
            sink.taken.wait(deadline)
            clock.now = deadline - left

    with (
        mock.patch.object(session, "send", sending),
        mock.patch.object(module, "time", SimpleNamespace(monotonic=lambda: clock.now)),
    ):
        yield


class _Handler(socketserver.StreamRequestHandler):
    owner: SmtpSink

    def handle(self):
        try:
            self._talk()
        except (OSError, ValueError):
            return

    def _talk(self):
        self._say("220 sink")
        recipient = ""
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb.startswith(b"EHLO") or verb.startswith(b"HELO"):
                self._say("250 sink")
            elif verb.startswith(b"MAIL"):
                self._gate("mail", self.owner.default)
            elif verb.startswith(b"RCPT"):
                recipient = line.decode().partition("<")[2].partition(">")[0]
                self._gate("rcpt", self.owner.behaviour(recipient))
            elif verb.startswith(b"DATA"):
                if not self._data(recipient):
                    return
            elif verb.startswith(b"QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _gate(self, phase, behaviour):
        if behaviour == f"refuse_{phase}":
            self._say("550 refused")
        elif behaviour == f"defer_{phase}":
            self._say("451 later")
        else:
            self._say("250 ok")

    def _data(self, recipient) -> bool:
        behaviour = self.owner.behaviour(recipient)
        if behaviour in ("refuse_data", "defer_data"):
            self._gate("data", behaviour)
            return True
        self._say("354 go on")
        if behaviour == "drop_data":
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        raw = self._read_message()
        if self.owner.hook:
            self.owner.hook(recipient)
        if self.owner.delay:
            time.sleep(self.owner.delay)
        return self._end(behaviour, recipient, raw)

    def _end(self, behaviour, recipient, raw) -> bool:
        if behaviour == "refuse_dot":
            self._say("554 no")
        elif behaviour == "defer_dot":
            self._say("451 later")
        elif behaviour == "lost_dot":  # neither taken nor answered
            return False
        elif behaviour in ("silent_dot", "drop_dot"):
            self.owner.take(recipient, raw)
            if behaviour == "silent_dot":
                self.owner.closing.wait()
            return False
        else:
            self.owner.take(recipient, raw)
            self._say("250 queued")
        return True

    def _read_message(self) -> bytes:
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                raise OSError("closed in the body")
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b"..") else line)

    def _say(self, words):
        self.wfile.write(words.encode() + b"\r\n")
        self.wfile.flush()
