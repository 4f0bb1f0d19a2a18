"""The dashboard and the snapshot of a day against plain SQL, at sizes S, M and L.

    setup/bench dashboard [--size S M L] [--repeat 7]

Floor: one statement over the open items that gives receivables, overdue, over 90 days, the
five columns of the ageing and the ten largest debtors, literal account ids. The dashboard is
the server's answer to the one call of the page, a year of snapshots and a hundred groups of
them a day included.
"""

import argparse
import math
import os

from kit import ledger_databases, odoo_shell
from kit.ledger_generator import SIZES
from kit.progress import step

PROGRAM = """
from benchmarks import _dashboard_inside
give(_dashboard_inside.measure(env, repeat))
"""
GOAL = 4.0
MOST_QUERIES = 20


def main(environment, arguments):
    """Run from the command line; the exit code does not judge the figures."""
    parser = argparse.ArgumentParser(prog="setup/bench dashboard")
    parser.add_argument("--size", nargs="+", choices=SIZES, default=["S", "M"])
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args(arguments)
    found = {}
    for size in options.size:
        found[size] = _measured(environment, size, options.repeat)
        report(found)
    return 0


def _measured(environment, size, repeat):
    from kit import database

    name = f"ra_bench_{os.getpid()}"
    database.duplicate(
        environment, ledger_databases.with_addons(environment, size), name
    )
    try:
        with step(f"Size {size}: {repeat} times the dashboard"):
            return odoo_shell.run(
                environment,
                name,
                PROGRAM,
                f"bench-dashboard-{size}",
                "The dashboard",
                repeat=repeat,
            )
    finally:
        database.drop(environment, name)


def report(found):
    """Print what is known so far."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"\nDashboard, medians; load of the machine {load}")
    for size, one in found.items():
        print(f"\n{size}: {SIZES[size][0]} invoices, {SIZES[size][1]} customers")
        print(f"{'':22}{'s':>8}{'ratio':>8}{'goal':>7}{'SQL':>6}{'MiB':>7}")
        floor = one["floor"]["wall"]
        for name in ("floor", "dashboard", "list", "snapshot", "nightly"):
            cost = one[name]
            goal = f"<= {GOAL:.0f}" if name == "dashboard" else ""
            print(
                f"{name:22}{cost['wall']:>8.3f}{cost['wall'] / floor:>8.2f}{goal:>7}"
                f"{cost['queries']:>6.0f}{cost['memory']:>7.1f}"
            )
        if one["dashboard"]["queries"] > MOST_QUERIES:
            print(f"more than {MOST_QUERIES} queries")
    sizes = list(found)
    for small, large in zip(sizes, sizes[1:], strict=False):
        before, after = (found[s]["dashboard"]["wall"] for s in (small, large))
        print(f"growth {small} -> {large}, exponent: {math.log10(after / before):.2f}")
