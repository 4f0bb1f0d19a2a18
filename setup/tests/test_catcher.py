"""The mail catcher, by a real SMTP conversation and real requests."""

import smtplib
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest
from kit.catcher import Catcher, mailbox

NAME = "000001.eml"


@pytest.fixture(scope="module")
def catcher(tmp_path_factory):
    """A catcher that has received one message."""
    with Catcher(tmp_path_factory.mktemp("mail") / "box") as running:
        with smtplib.SMTP("127.0.0.1", running.smtp_port) as session:
            session.send_message(_reminder(), "retour@demo.example", ["a@b.example"])
        yield running


def _reminder():
    message = EmailMessage()
    message["Subject"] = "Facture échue <n°12>"
    message["From"] = "Claire Martin <claire@demo.example>"
    message["To"] = "a@b.example"
    message.set_content("Bonjour")
    message.add_alternative("<p>Reste dû : <b>1 234,50 €</b></p>", subtype="html")
    message.add_attachment(
        b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="facture é.pdf"
    )
    return message


def _get(catcher, path):
    with urllib.request.urlopen(catcher.url + path, timeout=60) as answer:
        return answer.read(), answer.headers


def test_each_message_is_counted_and_kept_with_its_envelope(catcher):
    assert catcher.received == 1
    parsed = mailbox.Mailbox(catcher.folder).read(NAME)
    assert parsed[mailbox.ENVELOPE_FROM] == "<retour@demo.example>"
    assert parsed[mailbox.ENVELOPE_TO] == "<a@b.example>"


def test_the_list_shows_the_message_and_escapes_it(catcher):
    page = _get(catcher, "/")[0].decode()
    assert "Facture échue &lt;n°12&gt;" in page
    assert "a@b.example" in page


def test_a_message_is_shown_in_a_frame_without_scripts(catcher):
    page = _get(catcher, f"/message/{NAME}/")[0].decode()
    assert '<iframe sandbox="allow-popups" src="html"' in page
    assert "1 234,50 €" in _get(catcher, f"/message/{NAME}/html")[0].decode()


def test_an_attachment_comes_back_byte_for_byte(catcher):
    parsed = mailbox.Mailbox(catcher.folder).read(NAME)
    ((index, _part),) = mailbox.attachments(parsed)
    content, headers = _get(catcher, f"/message/{NAME}/part/{index}")
    assert content == b"%PDF-1.4 x"
    assert headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "path", ["/x", "/message/", "/message/9.eml/", f"/message/{NAME}/part/99"]
)
def test_what_is_not_there_is_a_404(catcher, path):
    with pytest.raises(urllib.error.HTTPError) as error:
        _get(catcher, path)
    assert error.value.code == 404


def test_numbers_go_on_after_a_restart(tmp_path):
    assert mailbox.Mailbox(tmp_path).add("a", ["b"], b"x") == "000001.eml"
    assert mailbox.Mailbox(tmp_path).add("a", ["b"], b"x") == "000002.eml"
