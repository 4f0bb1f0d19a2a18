"""How well payments are foretold: a real history, or generated ones with a known truth.

    setup/bench scores --csv FILE --cutoff DATE [--days calendar|business|both]
    setup/bench scores [--history NAME ...] [--seed 1] [--days calendar|business|both]

FILE has the columns invoice, customer, invoice_date, due_date, paid_date, amount and, if
known, disputed; an empty paid_date is unpaid. The product learns from what was known before
the cut-off and foretells the later invoices, each from what was known on its date. Delays
count from the due date, then once more from the next business day ("business_days").
Standard output: one JSON line per target and way of counting, with the figures of what the
product uses ("used": model or rule), then those of the "rule" and of the "model" alone.
"""

import argparse
import json
import os
import time

from kit import database, odoo_shell, templates
from kit.errors import SetupError
from kit.progress import say, step

from . import _score_histories, _scores_csv

PROGRAM = (
    "from benchmarks import _scores_inside\ngive(_scores_inside.measure(env, jobs))"
)
COUNTINGS = {"calendar": (False,), "business": (True,), "both": (False, True)}


def main(environment, arguments):
    """Run from the command line; the exit code does not judge the figures."""
    parser = argparse.ArgumentParser(prog="setup/bench scores")
    parser.add_argument("--csv", help="a payment history")
    parser.add_argument("--cutoff", help="learn before this day (2024-01-31)")
    parser.add_argument(
        "--days",
        choices=COUNTINGS,
        default="both",
        help="delays from the due date, from the next business day, or both",
    )
    parser.add_argument(
        "--bd",
        dest="days",
        action="store_const",
        const="business",
        help="business only",
    )
    parser.add_argument("--history", nargs="+", choices=_score_histories.HISTORIES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--database", help="one with the add-ons; nothing is kept in it"
    )
    options = parser.parse_args(arguments)
    if bool(options.csv) != bool(options.cutoff):
        parser.error("--csv and --cutoff go together")
    started = time.monotonic()
    try:
        jobs = _from_csv(options) if options.csv else _generated(options)
    except _scores_csv.BadFile as error:
        raise SetupError(str(error)) from error
    for name, lines in _run(environment, options.database, jobs):
        for line in lines:
            line["total_seconds"] = round(time.monotonic() - started, 1)
            print(json.dumps({"history": name, **line}), flush=True)
    return 0


def _from_csv(options):
    """Write the rows where the program inside reads them."""
    cutoff = _scores_csv.parse_day(options.cutoff)
    rows = _scores_csv.read(options.csv, say)
    before = sum(row[2] < cutoff for row in rows)
    if not 0 < before < len(rows):
        raise _scores_csv.BadFile(
            f"The cut-off {cutoff} leaves nothing {'after' if before else 'before'} it: "
            f"invoices go from {min(r[2] for r in rows)} to {max(r[2] for r in rows)}."
        )
    return _jobs(os.path.basename(options.csv), rows, cutoff, options.days)


def _generated(options):
    for name in options.history or _score_histories.HISTORIES:
        rows, cutoff = _score_histories.history(name, options.seed)
        yield from _jobs(name, rows, cutoff, options.days)


def _jobs(name, rows, cutoff, days):
    """A job for each way of counting, all of the same rows: there may be many."""
    plain = [
        [
            *row[:2],
            *(day and day.isoformat() for day in row[2:5]),
            str(row[5]),
            bool(row[6]),
        ]
        for row in rows
    ]
    return [
        {
            "name": name,
            "rows": plain,
            "cutoff": cutoff.isoformat(),
            "business_days": business,
        }
        for business in COUNTINGS[days]
    ]


def _run(environment, given, jobs):
    """``(name, figures)`` of each job, one Odoo shell for each."""
    name = given or f"ra_scores_{os.getpid()}"
    if not given:
        database.duplicate(environment, templates.with_addons(environment), name)
    try:
        for job in jobs:
            with step(f"{job['name']}: {len(job['rows'])} rows"):
                found = odoo_shell.run(
                    *(environment, name, PROGRAM, "bench-scores", "The back-test"),
                    jobs=_spill(job),
                )
            yield job["name"], found
    finally:
        if not given:
            database.drop(environment, name)


def _spill(job):
    """A file for the rows: too long for the text of a program."""
    from kit import paths

    file = paths.LOGS / f"bench-scores-{os.getpid()}.json"
    with file.open("w") as target:
        json.dump(job, target)
    return str(file)
