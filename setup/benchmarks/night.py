"""A night (select, plan, guard, write) against the SQL floor, at sizes S, M and L.

    setup/bench night [--size S M L] [--repeat 5]

Floor of a night: the SQL of the open items executed and fetched, and the very rows that the
night wrote inserted again in the same tables by execute_values, with one commit. Processor
seconds are ours and PostgreSQL's: a busy machine changes them least.
"""

import argparse
import math
import os

from kit import ledger_databases, odoo_shell
from kit.ledger_generator import SIZES
from kit.progress import step

PROGRAM = """
from benchmarks import _night_inside
give(_night_inside.measure(env, repeat))
"""
GOALS = {"first": 2.5, "steady": 3.0}
HEAD = (
    f"{'':10}{'messages':>9}{'open':>8}{'written':>9}{'floor s':>9}{'night s':>9}"
    f"{'ratio':>7}{'cpu':>7}{'goal':>6}{'SQL':>6}{'MiB':>7}"
)


def main(environment, arguments):
    """Run from the command line; the exit code does not judge the figures."""
    parser = argparse.ArgumentParser(prog="setup/bench night")
    parser.add_argument("--size", nargs="+", choices=SIZES, default=["S", "M"])
    parser.add_argument("--repeat", type=int, help="5, and 3 at size L")
    parser.add_argument("--database", help="measure on this one, which is changed")
    options = parser.parse_args(arguments)
    found = {}
    for size in options.size:
        repeat = options.repeat or (3 if size == "L" else 5)
        found[size] = _measured(environment, size, repeat, options.database)
        report(found)
    return 0


def _measured(environment, size, repeat, given):
    from kit import database

    name = given or f"ra_bench_{os.getpid()}"
    if not given:
        database.duplicate(
            environment, ledger_databases.with_addons(environment, size), name
        )
    try:
        with step(f"Size {size}: {repeat} times three nights"):
            return odoo_shell.run(
                environment,
                name,
                PROGRAM,
                f"bench-night-{size}",
                "The nights",
                repeat=repeat,
            )
    finally:
        if not given:
            database.drop(environment, name)


def report(found):
    """Print what is known so far."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"\nNights, medians; load of the machine {load}")
    for size, one in found.items():
        print(
            f"\n{size}: {SIZES[size][0]} invoices, {SIZES[size][1]} customers\n{HEAD}"
        )
        for kind, night in one["nights"].items():
            print(_line(kind, night))
        print(
            f"{'scoring':10}{'':35}{one['scoring']['wall']:>9.3f}{'':20}"
            f"{one['scoring']['queries']:>6.0f}{one['scoring']['memory']:>7.1f}"
        )
    sizes = list(found)
    for small, large in zip(sizes, sizes[1:], strict=False):
        print(
            f"\ngrowth {small} -> {large} (exponent of the processor time): "
            + ", ".join(
                f"{kind} {_exponent(found[small], found[large], kind):.2f}"
                for kind in found[small]["nights"]
            )
        )


def _line(kind, night):
    floor = night["read"]["wall"] + night["write"]["wall"]
    floor_cpu = night["read"]["cpu"] + night["write"]["cpu"]
    cost, rows = night["night"], night["rows"]
    goal = f"{GOALS[kind]:.1f}" if kind in GOALS else ""
    return (
        f"{kind:10}{rows['recouvrement_reminder']:>9}{night['open']:>8}"
        f"{sum(rows.values()):>9}{floor:>9.3f}{cost['wall']:>9.3f}"
        f"{cost['wall'] / floor:>7.2f}{cost['cpu'] / max(floor_cpu, 0.001):>7.2f}{goal:>6}"
        f"{cost['queries']:>6.0f}{cost['memory']:>7.1f}"
    )


def _exponent(small, large, kind):
    before = small["nights"][kind]["night"]["cpu"]
    after = large["nights"][kind]["night"]["cpu"]
    return math.log10(max(after, 0.001) / max(before, 0.001))
