"""Time of the refusals of the debtor's page: no kind of wrong key may stand out.

    setup/bench tokens [--requests 200] [--template DATABASE]

A real server answers over HTTP, one request at a time, the kinds in turn. Goal: the median
of each kind within 20 % of the one of a key that never existed; same status, same body.
"""

import argparse
import hashlib
import http.client
import os
import re
import time
from statistics import median

from kit import database, odoo_shell, templates
from kit.progress import step
from kit.server import OdooServer

GOAL = 0.20
PREPARE = """
from benchmarks import _tokens_inside
give(_tokens_inside.prepare(env))
"""
# What changes by itself between two pages: the token against forged forms.
VARIES = re.compile(rb'csrf_token["\']?\s*[:=]\s*["\'][^"\']+["\']')


def main(environment, arguments):
    """Run from the command line; exit code 1 when a kind stands out."""
    parser = argparse.ArgumentParser(prog="setup/bench tokens")
    parser.add_argument("--requests", type=int, default=200, help="of each kind")
    parser.add_argument("--template", help="the database to copy")
    options = parser.parse_args(arguments)
    name = f"ra_tokens_{os.getpid()}"
    template = options.template or templates.with_addons(environment)
    database.duplicate(environment, template, name)
    try:
        with step("Customers, invoices and links"):
            paths = odoo_shell.run(
                environment, name, PREPARE, "bench-tokens", "Preparing"
            )
        with OdooServer(environment, name, cron_threads=0) as server:
            with step(f"{options.requests} requests of each of {len(paths)} kinds"):
                found = measure(server.port, paths, options.requests)
    finally:
        database.drop(environment, name)
    return report(found)


def measure(port, paths, count):
    """``{kind: ([seconds], {(status, hash of the body)})}``, the kinds in turn."""
    found = {kind: ([], set()) for kind in paths}
    for turn in range(count + 5):
        for kind, path in paths.items():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            started = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            seconds = time.perf_counter() - started
            connection.close()
            if turn < 5:
                continue  # the first ones fill the caches
            digest = hashlib.sha256(VARIES.sub(b"", body)).hexdigest()[:12]
            found[kind][0].append(seconds)
            found[kind][1].add((answer.status, digest))
    return found


def report(found):
    """Print the medians and compare them with the key that never existed."""
    reference = median(found["absent"][0])
    bodies = {answer for _seconds, answers in found.values() for answer in answers}
    print(f"\n{'kind':24}{'median ms':>11}{'ratio':>8}{'goal':>8}  status")
    bad = len(bodies) != 1
    for kind, (seconds, answers) in found.items():
        middle = median(seconds)
        ratio = middle / reference
        bad |= abs(ratio - 1) > GOAL
        statuses = ", ".join(sorted({str(status) for status, _digest in answers}))
        print(f"{kind:24}{middle * 1000:>11.2f}{ratio:>8.3f}{'±0.20':>8}  {statuses}")
    print(f"bodies: {len(bodies)} (goal 1)")
    return int(bad)
