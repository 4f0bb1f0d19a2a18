"""The history of actions as a file: seconds, memory, and times a bare writer.

    setup/bench exports [--rows 200000]

Floor: the same rows, already in memory, through a bare xlsxwriter and a bare CSV writer.
The export is the whole of it: reading page by page in words, keeping the parts, both files,
the archive and its fingerprint. Goal: memory that does not grow with the rows.
"""

import argparse
import os

from kit import ledger_databases, odoo_shell
from kit.progress import step

PROGRAM = """
from benchmarks import _exports_inside
give(_exports_inside.measure(env, rows))
"""


def main(environment, arguments):
    """Run from the command line; the exit code does not judge the figures."""
    from kit import database

    parser = argparse.ArgumentParser(prog="setup/bench exports")
    parser.add_argument("--rows", type=int, default=200_000)
    options = parser.parse_args(arguments)
    name = f"ra_bench_{os.getpid()}"
    database.duplicate(
        environment, ledger_databases.with_addons(environment, "S"), name
    )
    try:
        with step(f"{options.rows} entries, and their export"):
            found = odoo_shell.run(
                environment,
                name,
                PROGRAM,
                "bench-exports",
                "The export",
                rows=options.rows,
            )
    finally:
        database.drop(environment, name)
    return report(found)


def report(found):
    """Print the figures."""
    floor = found["floor"]["cpu"]
    print(f"\n{found['rows']} rows, file of {found['bytes'] / 2**20:.1f} MiB")
    print(f"{'':10}{'s':>8}{'cpu s':>8}{'ratio':>8}{'SQL':>7}{'MiB':>7}")
    for name in ("floor", "export"):
        cost = found[name]
        print(
            f"{name:10}{cost['wall']:>8.1f}{cost['cpu']:>8.1f}{cost['cpu'] / floor:>8.1f}"
            f"{cost['queries']:>7.0f}{cost['memory']:>7.1f}"
        )
    return 0
