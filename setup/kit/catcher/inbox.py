"""The web side: serves the inbox, a message, its body, its files and its source."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

from .. import ports
from . import mailbox as boxes
from . import page

INLINE_TYPES = ("application/pdf", "image/png", "image/jpeg", "image/gif")


def serve(mailbox, port):
    """Answer until the process ends."""

    class Handler(InboxHandler):
        box = mailbox

    ThreadingHTTPServer((ports.ADDRESS, port), Handler).serve_forever()


class InboxHandler(BaseHTTPRequestHandler):
    """GET only; what is not there is a 404."""

    box = None

    def do_GET(self):
        """Route by the parts of the path."""
        parts = self.path.strip("/").split("/")
        try:
            if parts == [""]:
                summaries = [self.box.summary(name) for name in self.box.names()]
                self._html(page.index(summaries))
            elif parts == ["messages.json"]:
                self._json()
            elif parts[0] == "message":
                self._message(parts[1], parts[2:])
            else:
                self.send_error(404)
        except (KeyError, IndexError, ValueError):
            self.send_error(404)

    def _message(self, name, rest):
        parsed = self.box.read(name)
        if not rest:
            is_html = boxes.html_body(parsed) is not None
            text = boxes.text_body(parsed)
            self._html(page.message(parsed, boxes.attachments(parsed), is_html, text))
        elif rest == ["html"]:
            self._html(boxes.html_body(parsed) or "")
        elif rest == ["source"]:
            self._answer(
                (self.box.folder / name).read_bytes(), "text/plain; charset=utf-8"
            )
        elif rest[0] == "part":
            self._part(boxes.part_at(parsed, int(rest[1])))
        else:
            raise KeyError(rest)

    def _part(self, part):
        content = part.get_content()
        content = content.encode() if isinstance(content, str) else content
        kind = part.get_content_type()
        shown = "inline" if kind in INLINE_TYPES else "attachment"
        name = quote(part.get_filename() or "piece")
        disposition = f"{shown}; filename*=UTF-8''{name}"
        self._answer(content, kind, {"Content-Disposition": disposition})

    def _json(self):
        summaries = [self.box.summary(name) for name in self.box.names()]
        self._answer(json.dumps(summaries, default=str).encode(), "application/json")

    def _html(self, text):
        self._answer(text.encode(), "text/html; charset=utf-8")

    def _answer(self, content, kind, headers=None):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        """Silent: the inbox refreshes every few seconds."""
