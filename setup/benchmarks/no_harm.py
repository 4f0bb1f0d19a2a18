"""Posting, paying, reconciling and resetting invoices, with our add-ons and without.

    setup/bench no_harm [--size S] [--minutes 5] [--batch 20]

Two databases with the same ledger, served by one process. Each action runs on one and at once
on the other, the first one changing from round to round, all rolled back. Printed is the factor
in processor time (ours and PostgreSQL's) with its 95 % interval (`_paired.py`), in batches of 20
invoices: what is paid once a batch weighs more in them than in 100. Queries and calls of
functions are counted once with 100 invoices: no clock is in them. Goals: at most
1.03 x, at most 2 queries more per batch.
"""

import argparse
import os
from statistics import median

from kit import database, ledger_databases, odoo_shell
from kit.progress import say

from . import _paired

PROGRAM = """
from benchmarks import _no_harm_inside
give(_no_harm_inside.measure(env, other, size, seconds))
"""
GOAL, QUERIES = 1.03, 2


def main(environment, arguments):
    """Run from the command line; exit code 1 when a batch misses a goal for certain."""
    parser = argparse.ArgumentParser(prog="setup/bench no_harm")
    parser.add_argument("--size", choices=("S", "M", "L"), default="S")
    parser.add_argument("--minutes", type=float, default=5, help="of the rounds")
    parser.add_argument("--batch", type=int, default=20, help="invoices of a round")
    parser.add_argument("--with", dest="suite", help="a database with our add-ons")
    options = parser.parse_args(arguments)
    plain, suite = f"ra_plain_{os.getpid()}", f"ra_suite_{os.getpid()}"
    pairs = (
        (plain, ledger_databases.without_addons(environment, options.size)),
        (
            suite,
            options.suite or ledger_databases.with_addons(environment, options.size),
        ),
    )
    try:
        for name, template in pairs:
            database.duplicate(environment, template, name)
        say(f"    rounds of {options.batch} invoices for {options.minutes:g} minutes")
        found = odoo_shell.run(
            environment,
            plain,
            PROGRAM,
            "bench-no-harm",
            "The rounds",
            other=suite,
            size=options.batch,
            seconds=options.minutes * 60,
        )
    finally:
        for name, _template in pairs:
            database.drop(environment, name)
    return report(found["rounds"], found["counts"], options.batch)


def report(rounds, counts, size):
    """Print the factors and the counts; 1 when one misses its goal beyond doubt."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"\n{len(rounds)} rounds of {size} invoices; load of the machine {load}")
    print(
        f"{'':10}{'without s':>10}{'with s':>8}{'factor':>8}{'95 % interval':>17}"
        f"{'goal':>6}   100 invoices: {'calls':>6}{'queries':>14}{'goal':>6}"
    )
    bad = False
    for action, ((queries, calls), (more, more_calls)) in counts.items():
        costs = [one[action] for one in rounds]
        value, low, high = _paired.factor(costs)
        before, after = (median(side) for side in zip(*costs, strict=True))
        bad |= more > queries + QUERIES or low > GOAL
        print(
            f"{action:10}{before:>10.3f}{after:>8.3f}{value:>8.3f}"
            f"{f'{low:.3f} to {high:.3f}':>17}{GOAL:>6}"
            f"{more_calls / calls:>24.4f}{f'{queries} / {more}':>14}{'+2':>6}"
        )
    return int(bad)
