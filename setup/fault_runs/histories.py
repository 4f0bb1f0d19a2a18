"""Generated histories of disputes, promises, plans, payments and credit notes.

    setup/faults histories --count 10000 --seed 1

Batches of customers live through a month, day by day, in a database of their own; a book
beside the database says who must not be chased, what each message has to ask and who was
forgotten. Every batch has its own seed, printed when it fails. What is done is kept in a
file: the same command goes on where it was stopped (``--restart`` forgets it). ``--defect`` loads
a seeded defect: then the checker must find something.
"""

from __future__ import annotations

import argparse
import json
import os

from kit import database, paths, pytest_odoo, templates
from kit.progress import say

TEST = "recouvrement_auto/tests/test_histories.py"
BATCH = 100


def main(environment, arguments):
    """Run from the command line; exit code 1 when something was found."""
    parser = argparse.ArgumentParser(prog="setup/faults histories")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--defect", default="")
    parser.add_argument("--restart", action="store_true")
    options = parser.parse_args(arguments)
    memory = Memory(options.seed, options.defect)
    if options.restart:
        memory.forget()
    name = f"ra_histories_{os.getpid()}"
    database.duplicate(environment, templates.with_addons(environment), name)
    try:
        red = run(environment, name, options, memory)
    finally:
        database.drop(environment, name)
    say(f"\n{memory.done} histories from seed {options.seed}, {len(red)} batches red")
    for seed in red:
        say(f"    seed {seed}: RECOUVREMENT_SEED={seed} RECOUVREMENT_HISTORIES={BATCH}")
    return int(bool(red) != bool(options.defect))


def run(environment, name, options, memory):
    """Play batch after batch: the seeds of those that found something."""
    number = 0
    while number * BATCH < options.count:
        seed = options.seed * 1_000_003 + number
        size = min(BATCH, options.count - number * BATCH)
        number += 1
        if memory.knows(seed):
            continue
        found = play(environment, name, seed, size, options.defect)
        memory.keep(seed, size, found)
        say(f"    batch {number}, seed {seed}: {'red' if found else 'green'}")
        if found and options.defect:
            break  # one is enough to show that the checker sees it
    return memory.red


def play(environment, name, seed, size, defect):
    """One batch; True when the checker found something."""
    values = {
        "RECOUVREMENT_HISTORIES": str(size),
        "RECOUVREMENT_SEED": str(seed),
        "RECOUVREMENT_DEFECT": defect,
    }
    os.environ.update(values)
    try:
        tally = pytest_odoo.run_on_database(
            environment, name, [TEST, "-q", "-k", "generated"]
        )
    finally:
        for key in values:
            os.environ.pop(key)
    return bool(tally.failed)


class Memory:
    """What was played already, in a file of its own for each seed and defect."""

    def __init__(self, seed, defect):
        suffix = f"-{defect}" if defect else ""
        self.path = paths.RUN / f"histories-{seed}{suffix}.json"
        self.batches = {}
        if self.path.exists():
            self.batches = json.loads(self.path.read_text())

    @property
    def done(self):
        """Number of histories played."""
        return sum(size for size, _found in self.batches.values())

    @property
    def red(self):
        """Seeds of the batches that found something."""
        return [seed for seed, (_size, found) in self.batches.items() if found]

    def knows(self, seed):
        """True when this batch was played."""
        return str(seed) in self.batches

    def keep(self, seed, size, found):
        """Remember a batch."""
        self.batches[str(seed)] = (size, found)
        self.path.write_text(json.dumps(self.batches))

    def forget(self):
        """Start again from nothing."""
        self.batches = {}
        self.path.unlink(missing_ok=True)
