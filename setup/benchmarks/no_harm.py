"""Posting, paying, reconciling and resetting 100 invoices, with our add-ons and without.

    setup/bench no_harm [--size S] [--repeat 7]

Two databases with the same ledger, in turn; each repetition is rolled back. Goals: at most
1.03 x the time, at most 2 queries more per batch.
"""

import argparse
import os
from statistics import median

from kit import database, ledger_databases, odoo_shell
from kit.progress import say

PROGRAM = """
from benchmarks import _no_harm_inside
give(_no_harm_inside.measure(env))
"""


def main(environment, arguments):
    """Run from the command line; exit code 1 when a batch makes too many queries."""
    parser = argparse.ArgumentParser(prog="setup/bench no_harm")
    parser.add_argument("--size", choices=("S", "M", "L"), default="S")
    parser.add_argument("--repeat", type=int, default=7, help="pairs of processes")
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
        found = {plain: [], suite: []}
        for turn in range(options.repeat):
            say(f"    pair {turn + 1} of {options.repeat}")
            order = (plain, suite) if turn % 2 else (suite, plain)
            for name in order:
                found[name].append(
                    odoo_shell.run(
                        environment, name, PROGRAM, "bench-no-harm", "The batch"
                    )
                )
    finally:
        for name, _template in pairs:
            database.drop(environment, name)
    return report(found[plain], found[suite])


def report(plain, suite):
    """Print the paired medians."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"\n100 invoices, medians of {len(plain)} pairs; load of the machine {load}")
    print(
        f"{'':12}{'without s':>11}{'with s':>9}{'ratio':>8}{'cpu':>8}{'goal':>6}"
        f"{'SQL without':>13}{'with':>7}{'goal':>6}"
    )
    bad = False
    for batch in plain[0]:
        ratio = median(
            w[batch]["wall"] / o[batch]["wall"]
            for w, o in zip(suite, plain, strict=True)
        )
        cpu = median(
            w[batch]["cpu"] / o[batch]["cpu"] for w, o in zip(suite, plain, strict=True)
        )
        before, after = (
            median(one[batch][key] for one in side)
            for side, key in ((plain, "wall"), (suite, "wall"))
        )
        queries = plain[0][batch]["queries"], suite[0][batch]["queries"]
        bad |= queries[1] - queries[0] > 2
        print(
            f"{batch:12}{before:>11.3f}{after:>9.3f}{ratio:>8.3f}{cpu:>8.3f}{1.03:>6}"
            f"{queries[0]:>13}{queries[1]:>7}{'+2':>6}"
        )
    return int(bad)
