"""A line when a step starts, one when it ends, a sign of life between."""

import contextlib
import sys
import threading
import time

SIGN_OF_LIFE = 10.0


def say(text):
    """Tell the person at the terminal; standard output is kept for results."""
    print(text, file=sys.stderr, flush=True)


def _tick(title, started, done):
    while not done.wait(SIGN_OF_LIFE):
        say(f"    {title}: still working, {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def step(title):
    """Show a long step: its start, that it is alive, and how long it took."""
    started, done = time.monotonic(), threading.Event()
    say(f"--> {title}")
    ticker = threading.Thread(target=_tick, args=(title, started, done), daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
    say(f"    done in {time.monotonic() - started:.1f} s")
