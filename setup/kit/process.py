"""Programs we call: output in a log file, whose end is shown when they fail."""

import subprocess

from . import paths
from .errors import SetupError

TAIL_LINES = 25


def tail(path, lines=TAIL_LINES):
    """The last lines of a text file."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def run_logged(command, log_name, timeout=None, what=None, **options):
    """Run to the end with output in the log; a failure shows the end of it."""
    paths.prepare_cache()
    log = paths.LOGS / f"{log_name}.log"
    what = what or str(command[0])
    with log.open("w") as output:
        try:
            result = subprocess.run(
                [str(part) for part in command],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=timeout,
                check=False,
                **options,
            )
        except FileNotFoundError as error:
            raise SetupError(
                f"{what}: the program {error.filename} is not on this machine."
            ) from error
        except subprocess.TimeoutExpired as error:
            raise SetupError(f"{what}: no end after {timeout} s. Log: {log}") from error
    if result.returncode:
        raise SetupError(
            f"{what} failed (exit code {result.returncode}).\n{tail(log)}\nLog: {log}"
        )
    return log
