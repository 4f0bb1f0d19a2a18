"""Learning from a company's payments and foretelling its open items, as one cron step.

    setup/bench foretell [--size M]

Goal: at most 60 s for 100,000 invoices; size L has 200,000. Processor seconds are ours and
PostgreSQL's.
"""

import argparse
import os

from kit import database, ledger_databases, odoo_shell
from kit.ledger_generator import SIZES
from kit.progress import step

PROGRAM = """
from benchmarks import _foretell_inside
give(_foretell_inside.measure(env))
"""
GOAL = 60 / 100_000  # seconds per invoice


def main(environment, arguments):
    """Run from the command line; the exit code does not judge the figures."""
    parser = argparse.ArgumentParser(prog="setup/bench foretell")
    parser.add_argument("--size", choices=SIZES, default="M")
    options = parser.parse_args(arguments)
    name = f"ra_foretell_{os.getpid()}"
    database.duplicate(
        environment, ledger_databases.with_addons(environment, options.size), name
    )
    try:
        with step(f"Size {options.size}"):
            found = odoo_shell.run(
                environment, name, PROGRAM, "bench-foretell", "The predictions"
            )
    finally:
        database.drop(environment, name)
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"\nPredictions at size {options.size}; load of the machine {load}")
    for label, one in found["steps"].items():
        print(
            f"{label:12}{one['wall']:>8.1f} s  cpu {one['cpu']:>6.1f} s"
            f"  {one['queries']:>4} queries  {one['memory']:>6.0f} MiB"
        )
    invoices = found["invoices"]
    goal = GOAL * invoices
    print(f"{found['rows']} open items of {invoices} invoices; goal {goal:.1f} s")
    return 0
