"""One SMTP transaction to one recipient, with the phase in which it ended.

``send_email`` of Odoo drops refused recipients and still answers success; what we promise
needs the phase. Before the final dot nothing was accepted: ``failed`` (or ``deferred`` on a
4xx answer). After the dot only the server's answer tells: silence is ``unknown`` (RFC 1047).
"""

from __future__ import annotations

import smtplib
import time
from dataclasses import dataclass

SENT = "sent"
FAILED = "failed"
DEFERRED = "deferred"
UNKNOWN = "unknown"

PHASE_CONNECT = "connect"
PHASE_MAIL = "mail"
PHASE_RCPT = "rcpt"
PHASE_DATA = "data"
PHASE_BODY = "body"
PHASE_DOT = "after_dot"
PHASE_DONE = "done"

CRLF = b"\r\n"


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended. ``response`` is the server's last words, kept as proof."""

    state: str
    phase: str
    response: str = ""
    connection_lost: bool = False


class DeadlineExceeded(OSError):
    """Our own time limit for one message has passed."""


class _Clock:
    def __init__(self, session, seconds: float):
        self.session = session
        self.end = time.monotonic() + seconds

    def arm(self) -> None:
        """Give the socket what is left of the deadline."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded("time limit reached")
        if self.session.sock is not None:
            self.session.sock.settimeout(left)


def _text(code: int, answer) -> str:
    words = (
        answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    )
    return f"{code} {words}"[:500]


def _refused(phase: str, code: int, answer) -> Outcome:
    state = DEFERRED if 400 <= code < 500 else FAILED
    return Outcome(state, phase, _text(code, answer), connection_lost=code == 421)


def _quoted(payload: bytes) -> bytes:
    """CRLF line ends and doubled leading dots, without the final dot."""
    lines = payload.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    return b"".join((b"." + ln if ln.startswith(b".") else ln) + CRLF for ln in lines)


def transmit(
    session: smtplib.SMTP, sender: str, recipient: str, payload: bytes, deadline: float
) -> Outcome:
    """Send ``payload`` to one ``recipient`` through an open ``session``.

    ``deadline`` is in seconds and covers the whole message. Never raises for what the
    network does; the returned state is one of sent, failed, deferred, unknown.
    """
    clock = _Clock(session, deadline)
    phase = PHASE_MAIL
    try:
        clock.arm()
        code, answer = session.mail(sender, [])
        if code != 250:
            return _abort(session, _refused(phase, code, answer))
        phase = PHASE_RCPT
        clock.arm()
        code, answer = session.rcpt(recipient, [])
        if code not in (250, 251):
            return _abort(session, _refused(phase, code, answer))
        phase = PHASE_DATA
        clock.arm()
        code, answer = session.docmd("DATA")
        if code != 354:
            return _abort(session, _refused(phase, code, answer))
        phase = PHASE_BODY
        clock.arm()
        session.send(_quoted(payload))
        phase = PHASE_DOT
        session.send(b"." + CRLF)
        return _answer(session, clock)
    except (OSError, smtplib.SMTPException) as error:
        state = UNKNOWN if phase == PHASE_DOT else FAILED
        return Outcome(state, phase, _describe(error), connection_lost=True)


def _answer(session, clock) -> Outcome:
    """Read the verdict after the dot; no verdict means unknown."""
    clock.arm()
    code, answer = session.getreply()
    if code == 250:
        return Outcome(SENT, PHASE_DONE, _text(code, answer))
    if code == -1:
        return Outcome(UNKNOWN, PHASE_DOT, "connection closed", connection_lost=True)
    return _refused(PHASE_DOT, code, answer)


def _abort(session, outcome: Outcome) -> Outcome:
    """Reset the session after a refusal so that the next message can use it."""
    if outcome.connection_lost:
        return outcome
    try:
        session.rset()
    except (OSError, smtplib.SMTPException):
        return Outcome(outcome.state, outcome.phase, outcome.response, True)
    return outcome


def _describe(error: Exception) -> str:
    late = isinstance(error, TimeoutError | DeadlineExceeded)
    if late or "timed out" in str(error):  # smtplib wraps the time-out
        return "no answer before the time limit"
    return f"{type(error).__name__}: {error}"[:500]
