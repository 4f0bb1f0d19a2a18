"""Ports that nobody listens on, on this machine only."""

import contextlib
import socket

from .errors import SetupError

ADDRESS = "127.0.0.1"


def free():
    """A free port chosen by the system."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind((ADDRESS, 0))
        return probe.getsockname()[1]


def is_free(port):
    """True when the port can be listened on."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def preferred(port):
    """This port when it is free, else another."""
    return port if is_free(port) else free()


def required(port):
    """This port, or a plain refusal."""
    if not is_free(port):
        raise SetupError(
            f"Port {port} is taken by another program: "
            "stop it, or choose another with --port."
        )
    return port
