"""Ports that nobody listens on, on this machine only."""

import contextlib
import random
import socket

from .errors import SetupError

ADDRESS = "127.0.0.1"


# Below the ports that the system gives to outgoing connections: one that is free now is
# still free when the server that it is meant for has loaded.
LOWEST, HIGHEST = 20000, 32000
TRIES = 200


def free():
    """A free port, another one at each call."""
    for _ in range(TRIES):
        port = random.SystemRandom().randint(LOWEST, HIGHEST)
        if is_free(port):
            return port
    raise SetupError(f"No port from {LOWEST} to {HIGHEST} of this machine is free.")


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
