"""python -m kit.catcher --folder F --smtp-port N --web-port N: until stopped."""

import argparse
import signal
import sys

from aiosmtpd.controller import Controller

from .. import ports
from . import STARTS_WITHIN
from .inbox import serve
from .mailbox import Mailbox
from .smtp import Receiver

LARGEST_MESSAGE = 50 * 1024**2


def main():
    """Listen for mail in a thread and serve the inbox page."""
    parser = argparse.ArgumentParser(prog="python -m kit.catcher", description=__doc__)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--web-port", type=int, required=True)
    options = parser.parse_args()
    mailbox = Mailbox(options.folder)
    controller = Controller(
        Receiver(mailbox),
        hostname=ports.ADDRESS,
        port=options.smtp_port,
        ready_timeout=STARTS_WITHIN,
        data_size_limit=LARGEST_MESSAGE,
    )
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(0))
    controller.start()
    try:
        serve(mailbox, options.web_port)
    finally:
        controller.stop()


main()
