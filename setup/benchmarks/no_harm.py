"""Posting, paying, reconciling and resetting 100 invoices, with our add-ons and without.

    setup/bench no_harm [--size S] [--repeat 7] [--rounds 3]

Two databases with the same ledger. A pair is one process on each, in turn, the first one
changing; each takes the cheapest of its rounds, all rolled back. Judged is the median over the
pairs of the ratio of processor seconds, ours and PostgreSQL's; its interval is that of the order
statistics (95 % from six pairs on). Goals: at most 1.03 x, at most 2 queries more per batch.
"""

import argparse
import os
from math import comb
from statistics import median

from kit import database, ledger_databases, odoo_shell
from kit.progress import say

PROGRAM = """
from benchmarks import _no_harm_inside
give(_no_harm_inside.measure(env, rounds))
"""


def main(environment, arguments):
    """Run from the command line; exit code 1 when a batch makes too many queries."""
    parser = argparse.ArgumentParser(prog="setup/bench no_harm")
    parser.add_argument("--size", choices=("S", "M", "L"), default="S")
    parser.add_argument("--repeat", type=int, default=7, help="pairs of processes")
    parser.add_argument("--rounds", type=int, default=3, help="batches of a process")
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
                        environment,
                        name,
                        PROGRAM,
                        "bench-no-harm",
                        "The batch",
                        rounds=options.rounds,
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
        f"{'':12}{'without s':>11}{'with s':>9}{'ratio':>8}{'interval':>16}{'goal':>6}"
        f"{'SQL without':>13}{'with':>7}{'goal':>6}"
    )
    bad = False
    for batch in plain[0]:
        ratios = sorted(
            w[batch]["cpu"] / o[batch]["cpu"] for w, o in zip(suite, plain, strict=True)
        )
        low, high = interval(ratios)
        before, after = (
            median(one[batch]["cpu"] for one in side) for side in (plain, suite)
        )
        queries = plain[0][batch]["queries"], suite[0][batch]["queries"]
        bad |= queries[1] - queries[0] > 2
        print(
            f"{batch:12}{before:>11.3f}{after:>9.3f}{median(ratios):>8.3f}"
            f"{f'{low:.3f} to {high:.3f}':>16}{1.03:>6}"
            f"{queries[0]:>13}{queries[1]:>7}{'+2':>6}"
        )
    return int(bad)


def interval(ordered, level=0.95):
    """Order statistics that hold the median with at least ``level``, the closest pair of
    them; with fewer than six values the smallest and the largest (less than 95 %)."""
    count = len(ordered)
    outside = 0.0
    for index in range(count // 2):
        outside += 2 * comb(count, index) / 2**count
        if outside > 1 - level:
            return ordered[max(index - 1, 0)], ordered[count - max(index, 1)]
    index = max(count // 2 - 1, 0)
    return ordered[index], ordered[count - 1 - index]
