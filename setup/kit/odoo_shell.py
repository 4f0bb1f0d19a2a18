"""Small programs run inside `odoo shell`, which hand back one JSON value."""

import json
import subprocess

from . import paths
from .errors import SetupError
from .process import tail

MARK = "@@result@@"
PRELUDE = f"""
import json
def give(value):
    print({MARK!r} + json.dumps(value, default=str))
"""


def run(environment, database, program, log, what, **values):
    """Run the text with `env`, `give` and the values at hand; it commits itself."""
    bound = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    command = ("shell", "-d", database, "--no-http", "--max-cron-threads=0")
    result = subprocess.run(
        environment.odoo_command(*command, "--log-level=warn"),
        input=PRELUDE + bound + program,
        text=True,
        capture_output=True,
        cwd=paths.ROOT,
        env=environment.variables(),
        check=False,
    )
    file = paths.LOGS / f"{log}.log"
    file.write_text(f"{result.stdout}\n{result.stderr}")
    given = [line for line in result.stdout.splitlines() if line.startswith(MARK)]
    if result.returncode or not given:
        raise SetupError(f"{what} failed.\n{tail(file)}\nLog: {file}")
    return json.loads(given[-1].removeprefix(MARK))
