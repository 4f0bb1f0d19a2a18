"""Balance âgée against OCA's aged partner balance and the general ledger, beside ours.

    setup/bench --peers [--size S M L] [--repeat 3]     (the same: setup/bench peers)

The peer (`account_financial_report` 19.0, AGPL) is fetched from the package index into the
cache and installed in a bench database only. Twelve past dates: same total per customer,
each difference named, ours equal to the general ledger. Then time, queries and memory, as
ratios to the SQL floor (the SQL, and a bare xlsxwriter) and to the peer, in one session.
The exit code is 1 when a total differs from the ledger.
"""

import argparse
import datetime
import os

from kit import ledger_databases, odoo_shell, peer_addons
from kit.errors import SetupError
from kit.ledger_generator import SIZES
from kit.progress import step

PROGRAM = """
from benchmarks import _peers_inside
give(_peers_inside.measure(env, today, repeat, cases))
"""
WRONG = ("differs from the ledger", "column differs: unexplained")


def main(environment, arguments):
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="setup/bench peers")
    parser.add_argument("--size", nargs="+", choices=SIZES, default=["S", "M"])
    parser.add_argument("--repeat", type=int, help="3, and 1 at size L")
    options = parser.parse_args(arguments)
    try:
        beside = peer_addons.beside(environment)
    except SetupError as error:
        print(f"\nNot compared: {error}")
        return 2
    print(f"\nPeer: {peer_addons.versions()}")
    code = 0
    for size in options.size:
        repeat = options.repeat or (1 if size == "L" else 3)
        found = _measured(environment, beside, size, repeat)
        code |= report(size, found)
    return code


def _measured(environment, beside, size, repeat):
    from kit import database

    name = f"ra_bench_{os.getpid()}"
    database.duplicate(
        environment, ledger_databases.with_addons(environment, size), name
    )
    try:
        with step(f"Size {size}: installing the peer beside ours"):
            database.install(beside, name, [peer_addons.MODULE])
        with step(f"Size {size}: twelve dates, then the costs"):
            return odoo_shell.run(
                beside,
                name,
                PROGRAM,
                f"bench-peers-{size}",
                "The comparison",
                today=datetime.date.today().isoformat(),
                repeat=repeat,
                cases=True,
            )
    finally:
        database.drop(environment, name)


def report(size, found):
    """Print the figures of one size; 1 when ours is not the ledger."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"\n=== {size}: {SIZES[size][0]} invoices; load of the machine {load}")
    print(f"{'date':12}{'customers':>10}{'ours':>18}{'peer':>18}{'ledger':>18}")
    code = 0
    for day in found["compared"]:
        ours, peer, ledger = (f"{total:,.2f}" for total in day["totals"])
        print(f"{day['day']:12}{day['customers']:>10}{ours:>18}{peer:>18}{ledger:>18}")
        shown = {"day", "totals", "customers"}
        notes = [f"{key}: {n}" for key, n in day.items() if n and key not in shown]
        print(f"{'':12}{'; '.join(notes) or 'the same, column by column'}")
        code |= any(day.get(key) for key in WRONG) or ours != ledger
    head = ("floor s", "ours s", "peer s", "x floor", "x peer", "SQL", "SQL peer")
    print(f"\n{'':26}" + "".join(f"{h:>10}" for h in (*head, "MiB", "MiB peer")))
    for name, costs in found["costs"].items():
        floor, ours, peer = costs["floor"], costs["ours"], costs["peer"]
        print(
            f"{name:26}{floor['wall']:>10.3f}{ours['wall']:>10.3f}{peer['wall']:>10.3f}"
            f"{ours['wall'] / floor['wall']:>10.2f}{ours['wall'] / peer['wall']:>10.3f}"
            f"{ours['queries']:>10.0f}{peer['queries']:>10.0f}"
            f"{ours['memory']:>10.1f}{peer['memory']:>10.1f}"
        )
    return int(code)
