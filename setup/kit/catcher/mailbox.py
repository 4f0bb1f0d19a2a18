"""Messages on disk: one .eml file each, written whole or not at all."""

import email
import email.policy
import functools
import itertools
from email.utils import parsedate_to_datetime
from pathlib import Path

ENVELOPE_FROM = "X-Envelope-From"
ENVELOPE_TO = "X-Envelope-To"


class Mailbox:
    """A folder of messages, numbered in order of arrival."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count(len(self.names()) + 1)

    def add(self, sender, recipients, content):
        """Keep a message; its file name."""
        name = f"{next(self._numbers):06d}.eml"
        head = f"{ENVELOPE_FROM}: <{sender or ''}>\r\n"
        head += "".join(f"{ENVELOPE_TO}: <{address}>\r\n" for address in recipients)
        partial = self.folder / f"{name}.part"
        partial.write_bytes(head.encode() + content)
        partial.rename(self.folder / name)
        return name

    def names(self):
        """File names, oldest first."""
        return sorted(path.name for path in self.folder.glob("*.eml"))

    def read(self, name):
        """The parsed message; KeyError when there is none of this name."""
        if name not in self.names():
            raise KeyError(name)
        return _parse(self.folder / name)

    def summary(self, name):
        """What the list shows of a message."""
        message = self.read(name)
        return {
            "name": name,
            "date": _date(message),
            "from": str(message["From"] or ""),
            "to": ", ".join(_recipients(message)),
            "subject": str(message["Subject"] or "(sans objet)"),
            "attachments": len(attachments(message)),
        }


@functools.lru_cache(maxsize=512)
def _parse(path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _date(message):
    try:
        return parsedate_to_datetime(str(message["Date"])).astimezone()
    except (TypeError, ValueError):
        return None


def _recipients(message):
    return [str(value).strip("<> ") for value in message.get_all(ENVELOPE_TO, [])]


def attachments(message):
    """The parts offered for download, with their index among all parts."""
    found = []
    for index, part in enumerate(message.walk()):
        if not part.is_multipart() and part.get_filename():
            found.append((index, part))
    return found


def part_at(message, index):
    """The part of this index in reading order; KeyError when there is none."""
    for position, part in enumerate(message.walk()):
        if position == index and not part.is_multipart():
            return part
    raise KeyError(index)


def html_body(message):
    """The HTML body with its embedded images linked, else the plain text as HTML."""
    body = message.get_body(("html",))
    if body is None:
        return None
    text = body.get_content()
    for index, part in enumerate(message.walk()):
        if part["Content-ID"]:
            text = text.replace(
                f"cid:{str(part['Content-ID']).strip('<> ')}", f"part/{index}"
            )
    return text


def text_body(message):
    """The plain text body, or nothing."""
    body = message.get_body(("plain",))
    return body.get_content() if body else ""
