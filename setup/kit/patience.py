"""pytest plugin: Odoo's test classes wait longer for a browser and for a page.

Odoo skips or fails a test when Chromium needs more than 10 seconds to start, a tour more
than a minute or a page more than 12 seconds. A busy machine is no defect: only a thing that
never happens is one.
"""

import functools
import time

FACTOR = 10  # times what Odoo waits for the browser's answers
PAGE = 300  # seconds for a request of a test
START = 120  # seconds for the browser to start


def pytest_sessionstart():
    """Odoo is configured by now, no test module is imported yet."""
    from odoo.tests import common

    stretch(common)


def stretch(common):
    """Lengthen the waits of ``odoo.tests.common``."""
    Browser, Case = common.ChromeBrowser, common.HttpCase
    common.CHECK_BROWSER_ITERATIONS = round(START / common.CHECK_BROWSER_SLEEP)
    # Odoo multiplies its waits by it; without a setter nothing slows the browser down.
    Browser.throttling_factor = property(
        lambda _self: FACTOR, lambda _self, _value: None
    )
    Browser._json_command = _longer(Browser._json_command)
    Browser._open_websocket = _after_the_first_page(Browser._open_websocket)
    Case.url_open = _longer(Case.url_open)
    Case.make_jsonrpc_request = _longer(Case.make_jsonrpc_request)
    Case._wait_remaining_requests = _longer(Case._wait_remaining_requests)
    Case.test_cursor_lock_timeout = PAGE


def _longer(method):
    """The method with another default of its ``timeout``."""
    return functools.partialmethod(method, timeout=PAGE)


def _after_the_first_page(open_websocket):
    @functools.wraps(open_websocket)
    def waiting(self):
        limit = time.monotonic() + START
        while time.monotonic() < limit:
            pages = [t for t in self._json_command("") if t["type"] == "page"]
            if any(page["url"] == "about:blank" for page in pages):
                break
            time.sleep(0.1)
        return open_websocket(self)

    return waiting
