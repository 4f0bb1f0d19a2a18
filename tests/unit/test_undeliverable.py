"""Addresses that are no good, and what stands in for an e-mail."""

import pytest

from recouvrement_auto.tools.undeliverable import (
    ADDRESS_PROBLEMS,
    refuses_address,
    stand_in,
)


@pytest.mark.parametrize(
    ("phase", "answer", "expected"),
    [
        ("rcpt", "550 5.1.1 no such user", True),
        ("rcpt", "551 user not local", True),
        ("rcpt", "553 mailbox name not allowed", True),
        ("rcpt", "550 5.7.1 blocked by policy", False),
        ("rcpt", "552 5.2.2 mailbox full", False),
        ("rcpt", "450 4.2.1 try later", False),
        ("rcpt", "", False),
        ("rcpt", None, False),
        ("data", "550 5.1.1 no such user", False),
        ("connect", "550 no", False),
    ],
)
def test_only_the_answer_to_the_recipient_speaks_of_the_address(
    phase, answer, expected
):
    assert refuses_address(phase, answer) is expected


@pytest.mark.parametrize("problem", ADDRESS_PROBLEMS)
@pytest.mark.parametrize("wanted", ["letter", "call"])
def test_every_address_problem_is_replaced(problem, wanted):
    assert stand_in(wanted, "email", problem, "firm", 12) == wanted


@pytest.mark.parametrize(
    ("wanted", "channel", "problem", "tone", "late"),
    [
        ("person", "email", "missing_address", "firm", 12),
        ("letter", "letter", "missing_address", "firm", 12),
        ("letter", "call", "missing_address", "firm", 12),
        ("letter", "email", "", "firm", 12),
        ("letter", "email", "bank_stale", "firm", 12),
        ("letter", "email", "missing_address", "courteous", 0),
        ("letter", "email", "missing_address", "courteous", -5),
        ("call", "email", "missing_address", "formal", 40),
    ],
)
def test_everything_else_stays_as_it_is(wanted, channel, problem, tone, late):
    assert stand_in(wanted, channel, problem, tone, late) is None
