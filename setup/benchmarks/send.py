"""Real sends to a mail server in this process: our own time per message, and its growth.

    setup/bench send [--messages 2000]

The messages have no attachment. A bare smtplib loop over the same text tells the time of the
mail server itself. Goals: at most 12 ms of our own per message, no growth with the number
already sent, two workers in at most 0.6 of the time of one.
"""

import argparse
import os
import smtplib
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from kit import database, odoo_shell, templates
from kit.progress import step
from kit.smtp_sink import SmtpSink

INSIDE = "from benchmarks import _send_inside as inside\n"
PREPARE = INSIDE + "give(inside.prepare(env, port, messages))"
AGAIN = INSIDE + "give(inside.again(env, ids))"
WORK = INSIDE + "give(inside.work(env, start_at))"
STARTS_IN = 30  # seconds: enough to load the registry twice on a busy machine


def main(environment, arguments):
    """Run from the command line; the exit code does not judge the figures."""
    parser = argparse.ArgumentParser(prog="setup/bench send")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--template", help="the database to copy")
    options = parser.parse_args(arguments)
    name = f"ra_send_{os.getpid()}"
    template = options.template or templates.with_addons(environment)
    database.duplicate(environment, template, name)
    try:
        with SmtpSink() as sink:
            report(*_measured(environment, name, sink, options.messages))
    finally:
        database.drop(environment, name)
    return 0


def _measured(environment, name, sink, messages):
    def shell(program, **values):
        return odoo_shell.run(
            environment, name, program, "bench-send", "Sending", **values
        )

    with step(f"Planning {messages} messages"):
        ids = shell(PREPARE, port=sink.port, messages=messages)
    found = {}
    for workers in (1, 2):
        sink.received.clear()
        shell(AGAIN, ids=ids)
        with step(f"Sending with {workers} worker(s)"), ThreadPoolExecutor() as pool:
            start_at = time.time() + STARTS_IN
            tasks = [
                pool.submit(
                    odoo_shell.run,
                    *(environment, name, WORK, f"bench-send-{number}", "Sending"),
                    start_at=start_at,
                )
                for number in range(workers)
            ]
            costs = [task.result() for task in tasks]
        moments = [one.at for one in sink.received]
        found[workers] = costs, moments, moments[-1] - start_at
    return found, _bare(sink), len(ids)


def _bare(sink, count=500):
    """Seconds per message of the mail server itself."""
    raw = sink.received[0].raw
    with smtplib.SMTP("127.0.0.1", sink.port) as session:
        started = time.perf_counter()
        for number in range(count):
            session.sendmail("a@x.example", [f"b{number}@x.example"], raw)
        return (time.perf_counter() - started) / count


def report(found, bare, messages):
    """Print the table."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    costs, moments, seconds = found[1]
    sent, (cost,) = len(moments), costs
    gaps = [1000 * (b - a) for a, b in zip(moments, moments[1:], strict=False)]
    quarter = max(min(len(gaps) // 4, 500), 1)
    print(f"\n{sent} of {messages} messages sent; load of the machine {load}")
    own = 1000 * (cost["wall"] / sent - bare)
    for label, value, goal in (
        ("own ms per message", own, "12"),
        ("processor ms (ours and PostgreSQL)", 1000 * cost["cpu"] / sent, ""),
        ("mail server alone, ms", 1000 * bare, ""),
        ("queries per message", cost["queries"] / sent, ""),
        (f"ms, first {quarter}", median(gaps[:quarter]), ""),
        (f"ms, last {quarter}", median(gaps[-quarter:]), "no growth"),
        ("two workers / one", found[2][2] / seconds, "0.60"),
        ("workers that ended in an error", sum(c["crashed"] for c in found[2][0]), "0"),
    ):
        print(f"{label:38}{value:>9.2f}  {goal}")
