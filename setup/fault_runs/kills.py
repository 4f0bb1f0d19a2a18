"""SIGKILL of the sending process at random moments of a night (G01 of reliability.md).

    setup/faults kills --kills 500 --customers 3200 --delay 20 --seed 1

A real Odoo server (prefork) sends a real night to a scripted SMTP server. Its scheduled
action's process is killed at a uniformly random moment, Odoo starts a new one, and so on.
Afterwards claims are aged past two minutes, a quiet pass and a normal night follow, and the
history is checked: nothing lost, nothing twice, at most one unknown per kill. ``--defect`` loads a
seeded defect: then the checker must find something.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import threading
import time

from kit import database, history, odoo_shell, paths, templates
from kit.progress import say
from kit.server import OdooServer
from kit.smtp_sink import SmtpSink

NIGHT = """
import sys
sys.path.insert(0, "tests/scenario")
import live
live.configure(env, port)
live.debtors(env, customers)
env.cr.commit()
run = live.plan(env)
env["ir.cron"].search([]).write({"active": False})
live.only_sender(env)
env.cr.commit()
give({"reminders": run.reminder_ids.filtered(lambda r: r.state == "queued").ids})
"""
ALIVE = re.compile(r"Worker WorkerCron \((\d+)\) alive")


def main(environment, arguments):
    """Run from the command line; exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="setup/faults kills")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--customers", type=int, default=3200)
    parser.add_argument("--delay", type=int, default=20, help="milliseconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--defect", default="")
    options = parser.parse_args(arguments)
    verdict, kills = run(environment, **vars(options))
    report(options, verdict, kills)
    if options.defect:
        return 0 if verdict.problems else 1
    return 1 if verdict.problems or verdict.unknown > kills else 0


def run(environment, kills, customers, delay, seed, defect="", most=None):
    """One fault run in a database of its own: ``(Verdict, kills done)``.

    :param most: messages that leave between two kills at most, however late we are woken;
        by default as many as chance brings
    """
    name = f"ra_kills_{os.getpid()}"
    database.duplicate(environment, templates.with_addons(environment), name)
    try:
        with SmtpSink(delay=delay / 1000) as sink:
            planned = odoo_shell.run(
                environment,
                name,
                NIGHT,
                "kills-night",
                "Planning the night",
                port=sink.port,
                customers=customers,
            )["reminders"]
            done = _storm(environment, name, sink, kills, seed, defect, most)
            verdict = history.check(environment.server, name, planned, sink)
        return verdict, done
    finally:
        database.drop(environment, name)


def _storm(environment, name, sink, kills, seed, defect, most):
    """Kill and wait for the next process, then let the night come to rest."""
    chance = random.Random(seed)
    server = _server(environment, name, defect)
    done, victim = 0, None
    try:
        while done < kills and _waiting(environment, name):
            with _Barrier(sink, most) as barrier:
                victim = _sender(environment, name, server, barrier, victim)
                if victim is None:
                    break
                if defect:  # a checker is proved at the moment that hurts
                    barrier.close()
                    while not barrier.holds(1) and _waiting(environment, name):
                        pass
                else:
                    time.sleep(chance.uniform(0, 0.5))
                os.kill(victim, signal.SIGKILL)
            done += 1
            if done % 50 == 0:
                say(f"    {done} kills, {len(sink.received)} messages taken")
        _rest(environment, name)
        _second_night(environment, name, defect)
    finally:
        server.stop()
    return done


SHIFT = """
    UPDATE recouvrement_run SET date = date - 1;
    UPDATE recouvrement_reminder SET date = date - 1;
    UPDATE recouvrement_reminder_item SET used_on = used_on - 1;
    UPDATE recouvrement_delivery SET day = day - 1;
    UPDATE ir_cron SET active = TRUE WHERE id IN (
        SELECT res_id FROM ir_model_data
         WHERE module = 'recouvrement_auto' AND name = 'ir_cron_recouvrement_run');
"""
DROP_KEYS = """
    DROP INDEX recouvrement_reminder_item_key_uniq;
    DROP INDEX recouvrement_delivery_key_uniq;
"""
CLOSED = "SELECT COUNT(*) FROM recouvrement_run WHERE date >= %s AND state = 'closed'"


def _second_night(environment, name, defect, seconds=600):
    """A normal night afterwards: the first one becomes yesterday's, nothing is due."""
    today = environment.server.rows("SELECT MAX(date) FROM recouvrement_run", (), name)[
        0
    ][0]
    if defect == "key_dropped":
        environment.server.rows(DROP_KEYS, (), name)
    environment.server.rows(SHIFT, (), name)
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        _wake(environment, name)
        if environment.server.rows(CLOSED, (today,), name)[0][0]:
            return
        time.sleep(0.5)
    raise TimeoutError("the second night does not close")


class _Barrier:
    """Holds messages between their final dot and the answer, until the block ends.

    :param most: messages that pass before it closes by itself; None: it stays open
    """

    def __init__(self, sink, most=None):
        self.sink = sink
        self.passed = 0
        self.most = float("inf") if most is None else most
        self._held, self._over = threading.Event(), threading.Event()

    def __enter__(self):
        self.sink.hook = self._pass
        return self

    def __exit__(self, *_exception):
        self.sink.hook = None
        self._over.set()

    def _pass(self, _recipient):
        if self.passed >= self.most:
            self._held.set()
            self._over.wait()
        self.passed += 1

    def close(self):
        """Let no further message pass."""
        self.most = 0

    def holds(self, seconds):
        """True once a message is held; waits that long for one."""
        return self._held.wait(seconds)


def _server(environment, name, defect):
    options = ["--workers=1"]
    if defect:
        os.environ["RECOUVREMENT_DEFECT"] = defect
        addons = paths.SETUP / "fault_runs" / "addons"
        options += ["--load=base,web,recouvrement_defects", _addons_path(addons)]
    try:
        return OdooServer(environment, name, cron_threads=1, options=options).start()
    finally:
        os.environ.pop("RECOUVREMENT_DEFECT", None)


def _addons_path(extra):
    conf = (paths.CACHE / "odoo.conf").read_text()
    known = re.search(r"^addons_path\s*=\s*(.*)$", conf, re.M).group(1)
    return f"--addons-path={known},{extra}"


def _waiting(environment, name):
    rows = environment.server.rows(
        "SELECT COUNT(*) FROM recouvrement_reminder"
        " WHERE state IN ('queued', 'deferred')",
        (),
        name,
    )
    return rows[0][0]


def _wake(environment, name):
    """Make the sending action due and tell the waiting process."""
    environment.server.rows(
        "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute',"
        " failure_count = 0 WHERE id IN (SELECT id FROM ir_cron WHERE active"
        " FOR UPDATE SKIP LOCKED)",
        (),
        name,
    )
    environment.server.rows("SELECT pg_notify('cron_trigger', %s)", (name,), "postgres")


def _sender(environment, name, server, barrier, killed, seconds=300):
    """Process id of a sender that has begun to work, or None when the night is over.

    Not the one just killed, whose last message may still arrive.
    """
    seen = None
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        alive = ALIVE.findall(server.log.read_text(errors="replace"))
        if alive and int(alive[-1]) != killed:
            if seen is None:
                seen = barrier.passed
            elif barrier.passed > seen or barrier.holds(0):
                return int(alive[-1])
        if not _waiting(environment, name):
            return None
        _wake(environment, name)
        time.sleep(0.05)
    raise TimeoutError("the sending action does not start again")


def _rest(environment, name, seconds=600):
    """Age the claims past their limit and wait until nothing moves any more."""
    limit = time.monotonic() + seconds
    open_states = (
        "SELECT COUNT(*) FROM recouvrement_delivery"
        " WHERE state IN ('queued', 'deferred', 'claimed')"
    )
    while time.monotonic() < limit:
        environment.server.rows(
            "UPDATE recouvrement_delivery SET claimed_at = claimed_at - interval"
            " '10 minutes' WHERE id IN (SELECT id FROM recouvrement_delivery"
            " WHERE state = 'claimed' FOR UPDATE SKIP LOCKED)",
            (),
            name,
        )
        _wake(environment, name)
        left = environment.server.rows(open_states, (), name)[0][0]
        if not left and not _waiting(environment, name):
            return
        time.sleep(0.5)


def report(options, verdict, kills):
    """Print the table of one run."""
    say(
        f"\n    seed {options.seed}, answer after {options.delay} ms,"
        f" defect: {options.defect or 'none'}"
    )
    say(f"    kills      {kills:>7}")
    say(f"    planned    {verdict.planned:>7}")
    say(f"    accepted   {verdict.accepted:>7}")
    for label, value in sorted(verdict.states.items()):
        say(f"    {label:<10} {value:>7}")
    say(f"    duplicated {verdict.duplicated:>7}")
    say(f"    lost       {verdict.lost:>7}")
    say(f"    false sent {verdict.false_sent:>7}")
    for problem in verdict.problems:
        say(f"    BROKEN: {problem}")
