"""setup/faults [NAME [arguments]]: the fault runs of setup/fault_runs/; or `list`."""

from .. import environment, programs


def main(arguments):
    """Run one or all of them."""
    with environment.ready() as env:
        return programs.run("fault_runs", env, arguments)
