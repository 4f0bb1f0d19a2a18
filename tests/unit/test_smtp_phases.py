"""One SMTP transaction against a scripted server: the phase decides the outcome."""

import smtplib
from contextlib import ExitStack

import pytest
from kit.smtp_sink import SmtpSink, time_ends_after_the_dot

from recouvrement_auto.tools import smtp_phases
from recouvrement_auto.tools.smtp_phases import transmit

LIMIT = 60  # seconds: no machine is so slow

BODY = b"Subject: x\r\nMessage-Id: <a@b>\r\n\r\n.starts with a dot\r\nend\r\n"


def attempt(behaviour, deadline=LIMIT, hurry=False):
    with SmtpSink(by_recipient={"to@x.example": behaviour}) as sink:
        if behaviour.endswith("_mail"):
            sink.default = behaviour
        session = smtplib.SMTP("127.0.0.1", sink.port, timeout=LIMIT)
        session.ehlo()
        with ExitStack() as stack:
            if hurry:
                stack.enter_context(
                    time_ends_after_the_dot(sink, smtp_phases, session, deadline)
                )
            outcome = transmit(
                session, "from@x.example", "to@x.example", BODY, deadline
            )
        session.close()
        return outcome, sink


@pytest.mark.parametrize(
    ("behaviour", "state", "phase", "taken"),
    [
        ("accept", "sent", "done", 1),
        ("refuse_mail", "failed", "mail", 0),
        ("defer_mail", "deferred", "mail", 0),
        ("refuse_rcpt", "failed", "rcpt", 0),
        ("defer_rcpt", "deferred", "rcpt", 0),
        ("refuse_data", "failed", "data", 0),
        ("defer_data", "deferred", "data", 0),
        ("refuse_dot", "failed", "after_dot", 0),
        ("defer_dot", "deferred", "after_dot", 0),
        ("drop_dot", "unknown", "after_dot", 1),
        ("lost_dot", "unknown", "after_dot", 0),
    ],
)
def test_phase_decides(behaviour, state, phase, taken):
    outcome, sink = attempt(behaviour)
    assert (outcome.state, outcome.phase, len(sink.received)) == (state, phase, taken)
    assert outcome.response


def test_silence_after_the_dot_is_unknown_within_the_deadline():
    outcome, sink = attempt("silent_dot", hurry=True)
    assert (outcome.state, outcome.phase) == ("unknown", "after_dot")
    assert outcome.response == "no answer before the time limit"
    assert outcome.connection_lost and len(sink.received) == 1


def test_broken_before_the_dot_is_never_unknown():
    outcome, sink = attempt("drop_data")
    assert outcome.state in ("failed", "unknown")
    if outcome.state == "unknown":  # the small body may leave before the reset arrives
        assert outcome.phase == "after_dot"
    assert not sink.received


def test_leading_dots_arrive_whole_and_the_session_goes_on():
    with SmtpSink(by_recipient={"no@x.example": "refuse_rcpt"}) as sink:
        session = smtplib.SMTP("127.0.0.1", sink.port, timeout=LIMIT)
        session.ehlo()
        refused = transmit(session, "f@x.example", "no@x.example", BODY, LIMIT)
        sent = transmit(session, "f@x.example", "yes@x.example", BODY, LIMIT)
        session.quit()
    assert (refused.state, refused.connection_lost, sent.state) == (
        "failed",
        False,
        "sent",
    )
    assert sink.received[0].raw == BODY


def test_deadline_already_over_sends_nothing():
    outcome, sink = attempt("accept", deadline=-1.0)
    assert outcome.state == "failed" and not sink.received
