"""What the answer of a provider, or its absence, proves."""

import pytest
import requests
import urllib3

from recouvrement_auto_sms.tools import provider

UUID = "0" * 32
SUCCESS = {"processing": "process", "success": "pending", "sent": "pending"}


def answer(state, explicit=True, **values):
    rows = [
        {"uuid": "other", "state": "success"},
        {"uuid": UUID, "state": state, **values},
    ]
    found = provider.of_results(rows, UUID, SUCCESS, explicit)
    return found.state, found.phase


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("success", ("sent", "done")),
        ("processing", ("sent", "done")),
        ("insufficient_credit", ("failed", "credit")),
        ("unregistered", ("failed", "account")),
        ("wrong_number_format", ("failed", "number")),
        ("country_not_supported", ("failed", "number")),
        ("blacklisted", ("failed", "opt_out")),
        ("incompatible_content", ("failed", "refused")),
        ("server_error", ("deferred", "busy")),
    ],
)
def test_states(state, expected):
    assert answer(state) == expected


def test_a_module_that_hides_its_errors_proves_nothing():
    assert answer("server_error", explicit=False) == ("unknown", "silence")
    assert answer("unknown", explicit=False) == ("unknown", "silence")


@pytest.mark.parametrize("results", [None, [], {}, "OK", [{"uuid": "x"}], [None]])
def test_an_answer_that_forgets_the_message_proves_nothing(results):
    found = provider.of_results(results, UUID, SUCCESS, True)
    assert (found.state, found.phase) == ("unknown", "silence")


def test_words():
    rows = [{"uuid": UUID, "state": "sent", "sms_twilio_sid": "SM1"}]
    assert provider.of_results(rows, UUID, SUCCESS, True).words == "SM1"
    rows = [{"uuid": UUID, "state": "x", "failure_reason": "No such number"}]
    assert provider.of_results(rows, UUID, SUCCESS, True).words == "No such number"


class AccessError(Exception):
    """Stands for Odoo's: raised while another error is handled."""


class InsufficientCreditError(Exception):
    """Stands for that of Odoo's service."""


class IAPServerError(Exception):
    """Stands for that of Odoo's service."""


def wrapped(error):
    """The error as Odoo's service raises it again, with its cause in the context."""
    try:
        try:
            raise error
        except Exception:
            raise AccessError("An error occurred") from None
    except AccessError as found:
        return found


def http(status):
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError(f"{status}", response=response)


def refused_connection():
    pool = urllib3.HTTPSConnectionPool("provider.invalid")
    new = urllib3.exceptions.NewConnectionError(pool, "Connection refused")
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", new))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (requests.ConnectTimeout("x"), ("deferred", "request")),
        (refused_connection(), ("deferred", "request")),
        (ConnectionRefusedError("x"), ("deferred", "request")),
        (http(500), ("deferred", "busy")),
        (http(503), ("deferred", "busy")),
        (http(429), ("deferred", "busy")),
        (http(502), ("unknown", "silence")),
        (http(504), ("unknown", "silence")),
        (http(401), ("failed", "account")),
        (http(404), ("failed", "refused")),
        (requests.ReadTimeout("x"), ("unknown", "silence")),
        (requests.ConnectionError("Connection aborted"), ("unknown", "silence")),
        (requests.exceptions.JSONDecodeError("x", "", 0), ("unknown", "silence")),
        (TimeoutError("x"), ("unknown", "silence")),
        (InsufficientCreditError("x"), ("failed", "credit")),
        (IAPServerError("x"), ("unknown", "silence")),
        (AccessError("no account"), ("failed", "build")),
        (KeyError("x"), ("unknown", "silence")),
    ],
)
def test_errors(error, expected):
    for found in (error, wrapped(error)):
        if isinstance(error, KeyError) and found is not error:
            continue  # hidden behind a refusal of the module's own
        result = provider.of_error(found)
        assert (result.state, result.phase) == expected


def test_endless_chains_end():
    error = ValueError("x")
    error.__cause__ = error
    assert provider.of_error(error).state == "unknown"
