"""How long Odoo's own test classes wait under our plugin."""

from types import SimpleNamespace

from kit import patience


class Browser:
    """What the plugin touches of Odoo's browser."""

    def __init__(self):
        self.throttling_factor = 1
        self.tabs = iter([[], [{"type": "page", "url": "about:blank"}]])
        self.asked = []

    def _json_command(self, command, timeout=3):
        self.asked.append(timeout)
        return next(self.tabs)

    def _open_websocket(self):
        return "open"


class Case:
    """What the plugin touches of Odoo's test case."""

    def url_open(self, url, data=None, timeout=12):
        return timeout

    make_jsonrpc_request = _wait_remaining_requests = url_open


def test_everything_is_waited_for_longer():
    common = SimpleNamespace(
        ChromeBrowser=Browser,
        HttpCase=Case,
        CHECK_BROWSER_SLEEP=0.1,
        CHECK_BROWSER_ITERATIONS=100,
    )
    patience.stretch(common)
    assert common.CHECK_BROWSER_ITERATIONS == 1200
    browser, case = Browser(), Case()
    assert browser.throttling_factor == patience.FACTOR
    assert browser._open_websocket() == "open"
    assert browser.asked == [patience.PAGE] * 2, "asked until the page was there"
    assert case.url_open("/") == patience.PAGE
    assert case.url_open("/", timeout=1) == 1
