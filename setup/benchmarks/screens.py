"""The screens at which a day is spent: server time and queries, at sizes S, M and L.

    setup/bench screens [--size S M L] [--repeat 5]

Each screen is read as the web client reads it, as a collection manager, with empty caches of
records. Floors: plain SQL of the same figures for lists and pages; for the customer what core
shows of a partner; for the invoice the same form without our fields; for the dashboard core's
own accounting dashboard. Processor milliseconds are ours and PostgreSQL's together.
"""

import argparse
import os

from kit import database, ledger_databases, odoo_shell
from kit.ledger_generator import SIZES
from kit.progress import step

PROGRAM = """
from benchmarks import _screens_inside
give(_screens_inside.measure(env, repeat))
"""
HEAD = (
    f"{'':16}{'ms':>9}{'cpu ms':>9}{'SQL':>6}{'floor ms':>10}{'floor SQL':>10}"
    f"{'ratio':>8}"
)


def main(environment, arguments):
    """Run from the command line; the exit code does not judge the figures."""
    parser = argparse.ArgumentParser(prog="setup/bench screens")
    parser.add_argument("--size", nargs="+", choices=SIZES, default=["S", "M"])
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args(arguments)
    for size in options.size:
        report(size, _measured(environment, size, options.repeat))
    return 0


def _measured(environment, size, repeat):
    name = f"ra_screens_{os.getpid()}"
    template = ledger_databases.with_addons(environment, size)
    database.duplicate(environment, template, name)
    try:
        with step(f"Size {size}: screens"):
            return odoo_shell.run(
                environment,
                name,
                PROGRAM,
                f"bench-screens-{size}",
                "The screens",
                repeat=repeat,
            )
    finally:
        database.drop(environment, name)


def report(size, found):
    """Print the table of one size."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    invoices, customers = SIZES[size][:2]
    print(f"\n{size}: {invoices} invoices, {customers} customers; load {load}\n{HEAD}")
    for name, one in found.items():
        ours, floor = one["ours"], one["floor"]
        print(
            f"{name:16}{1000 * ours['wall']:>9.1f}{1000 * ours['cpu']:>9.1f}"
            f"{ours['queries']:>6.0f}{1000 * floor['wall']:>10.1f}"
            f"{floor['queries']:>10.0f}{ours['wall'] / floor['wall']:>8.2f}"
        )
