"""What the answer of a provider, or its absence, proves about one message.

A provider answers with a list of ``{"uuid", "state", "failure_reason"}``, or raises. The
question is always the same: can it have accepted the message? No: failed, or tried again
later. Perhaps: ``unknown``, never sent a second time by itself.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

SENT = "sent"
FAILED = "failed"
DEFERRED = "deferred"
UNKNOWN = "unknown"

# How far the message got. The core reads "build" and "done" too.
BUILD = "build"
REQUEST = "request"
BUSY = "busy"
CREDIT = "credit"
ACCOUNT = "account"
NUMBER = "number"
OPT_OUT = "opt_out"
REFUSED = "refused"
SILENCE = "silence"
DONE = "done"

# States of Odoo's own service and of its Twilio module, and the words of others.
PHASES = {
    "insufficient_credit": CREDIT,
    "unregistered": ACCOUNT,
    "registration_needed": ACCOUNT,
    "twilio_authentication": ACCOUNT,
    "twilio_acc_unverified": ACCOUNT,
    "wrong_number_format": NUMBER,
    "sms_number_missing": NUMBER,
    "country_not_supported": NUMBER,
    "invalid_destination": NUMBER,
    "blacklist": OPT_OUT,
    "blacklisted": OPT_OUT,
    "optout": OPT_OUT,
    "opt_out": OPT_OUT,
    "unsubscribed": OPT_OUT,
}
# The same words for "we had an error" and for "we heard nothing".
VAGUE = ("server_error", "unknown", "")

# Errors that come before a byte of the request is written. Names, so that no library of
# HTTP is needed here; the classes of requests, urllib3 and of the system all carry them.
NEVER_LEFT = frozenset(
    {
        "ConnectTimeout",
        "ConnectTimeoutError",
        "NewConnectionError",
        "NameResolutionError",
        "ConnectionRefusedError",
        "gaierror",
        "SSLCertVerificationError",
        "ProxyError",
        "MissingSchema",
        "InvalidSchema",
        "InvalidURL",
    }
)
NETWORK = ("requests", "urllib3", "http", "httpx", "socket", "ssl")
LIMIT = 300


@dataclass(frozen=True)
class Answer:
    """State of the message, how far it got, and the provider's words."""

    state: str
    phase: str
    words: str = ""


def of_results(
    results: object, uuid: str, success: Container, explicit_errors: bool
) -> Answer:
    """The answer about ``uuid`` in the list that a provider gave back.

    :param success: states that mean "accepted"
    :param explicit_errors: True when a vague error is the provider's own refusal; False
        when its module says the same of a request that was never answered
    """
    result = _row(results, uuid)
    if result is None:
        return Answer(UNKNOWN, SILENCE, "no answer about this message")
    state = str(result.get("state") or "")
    words = _words(result, state)
    if state in success:
        return Answer(SENT, DONE, words)
    if state in VAGUE:
        if explicit_errors:
            return Answer(DEFERRED, BUSY, words)
        return Answer(UNKNOWN, SILENCE, words)
    return Answer(FAILED, PHASES.get(state, REFUSED), words)


def of_error(error: BaseException) -> Answer:
    """What an exception raised by a provider's module proves."""
    words = f"{type(error).__name__}: {error}"[:LIMIT]
    chain = list(_chain(error))
    names = {name for link in chain for name in _names(link)}
    if "InsufficientCreditError" in names:
        return Answer(FAILED, CREDIT, words)
    status = next((s for s in map(_status, chain) if s), None)
    if status:
        return _of_status(status, words)
    if "IAPServerError" in names:  # it failed at work: before or after, it does not say
        return Answer(UNKNOWN, SILENCE, words)
    if names & NEVER_LEFT:
        return Answer(DEFERRED, REQUEST, words)
    if any(_is_network(link) for link in chain):
        return Answer(UNKNOWN, SILENCE, words)
    if names & {"UserError", "AccessError", "ValidationError", "NotImplementedError"}:
        # A refusal of a module's own, such as an account that is not set up.
        return Answer(FAILED, BUILD, words)
    return Answer(UNKNOWN, SILENCE, words)


def _row(results: object, uuid: str) -> Mapping | None:
    rows = results if isinstance(results, list | tuple) else ()
    for row in rows:
        if isinstance(row, Mapping) and row.get("uuid") == uuid:
            return row
    return None


def _words(result: Mapping, state: str) -> str:
    reference = result.get("sms_twilio_sid") or result.get("reference")
    parts = (reference, result.get("failure_reason"), state)
    return str(next((part for part in parts if part), ""))[:LIMIT]


def _of_status(status: int, words: str) -> Answer:
    if status in (429, 500, 503):
        return Answer(DEFERRED, BUSY, words)
    if 500 <= status < 600:
        # A relay in between gave up: the service behind it may have accepted.
        return Answer(UNKNOWN, SILENCE, words)
    return Answer(FAILED, ACCOUNT if status in (401, 402, 403) else REFUSED, words)


def _status(error: BaseException) -> int | None:
    code = getattr(getattr(error, "response", None), "status_code", None)
    return code if isinstance(code, int) and code >= 400 else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it wraps and what it was raised from, each once."""
    waiting, seen = [error], set()
    while waiting:
        link = waiting.pop()
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__cause__, link.__context__, getattr(link, "reason", None)]
        waiting += [part for part in link.args if isinstance(part, BaseException)]


def _names(error: BaseException) -> Iterator[str]:
    return (kind.__name__ for kind in type(error).__mro__)


def _is_network(error: BaseException) -> bool:
    modules = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return bool(modules & set(NETWORK)) or isinstance(error, TimeoutError)
