"""Locks between processes: two commands do not build the same thing."""

import contextlib
import fcntl

from . import paths
from .progress import say


def try_lock(name, shared=False):
    """Take the lock without waiting: the open file that holds it, or None."""
    paths.prepare_cache()
    handle = open(paths.RUN / f"{name}.lock", "a")  # kept open: it is the lock
    try:
        fcntl.flock(
            handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        )
    except BlockingIOError:
        handle.close()
        return None
    return handle


@contextlib.contextmanager
def held(name):
    """Hold the lock for the block; say once that another command has it."""
    handle = try_lock(name)
    if handle is None:
        say(f"    another command is at work ({name}), waiting for it")
        handle = open(paths.RUN / f"{name}.lock", "a")  # kept open: it is the lock
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        handle.close()
