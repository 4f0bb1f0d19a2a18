"""What makes an address useless, and which channel may stand in for an e-mail."""

from __future__ import annotations

import re

from .smtp_phases import PHASE_RCPT

# Reasons of a channel that cannot reach anybody because of the address.
ADDRESS_PROBLEMS = (
    "missing_address",
    "invalid_address",
    "blacklisted",
    "address_bounced",
)
PERSON = "person"
REFUSED = re.compile(r"\s*5(50|51|53)\b")
POLICY = re.compile(r"\b5\.7\.\d+\b")  # RFC 3463: refused for what it is, not for whom


def refuses_address(phase: str, answer: str) -> bool:
    """True when a mail server said for good that nobody lives at the address.

    Only answers to the recipient count (550, 551, 553 of RFC 5321); a refusal by policy
    (5.7.x) or a full mailbox (552) says nothing about the address.
    """
    if phase != PHASE_RCPT or not REFUSED.match(answer or ""):
        return False
    return not POLICY.search(answer)


def stand_in(
    wanted: str, channel: str, problem: str, tone: str, days_late: int
) -> str | None:
    """The channel that replaces an e-mail nobody gets, or None.

    :param wanted: ``person``, or the channel that the company chose instead
    :param problem: why the e-mail reaches nobody, ``""`` when it does
    :param days_late: of the leading item; before the due date nothing is replaced: a
        courtesy is worth neither a stamp nor a call
    """
    if wanted == PERSON or channel != "email" or problem not in ADDRESS_PROBLEMS:
        return None
    if days_late <= 0:
        return None
    if wanted == "call" and tone == "formal":
        return None  # a formal notice is written or nothing
    return wanted
