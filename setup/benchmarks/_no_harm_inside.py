"""The accountant's batches on two databases by turns; runs inside `odoo shell`, rolled back.

One process serves both databases, as an Odoo server may: same memory, same hash seed, same
processor at nearly the same moment. Each action runs on one database and at once on the other,
the first one changing from round to round, so that what else the machine does meets both.
"""

import cProfile
import gc
import threading
import time
from datetime import date, timedelta
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from . import _gauge

COUNTED = 100
WARM_UP = 2
NANO = 1e9


def measure(env, other, size, seconds):
    """``{"rounds", "counts"}``: two sides each, the one of ``env`` first.

    ``rounds`` is a list of ``{action: [processor seconds of each side]}`` with ``size``
    invoices, as many rounds as fit into ``seconds``. ``counts`` is ``{action: [(queries, calls
    of functions) of each side]}`` with 100 invoices: no clock is in them.
    """
    with Registry(other).cursor() as cursor:
        envs = env, api.Environment(cursor, SUPERUSER_ID, dict(env.context))
        for _turn in range(WARM_UP):
            _round(envs, size, _timed)
        gc.collect()
        gc.freeze()  # what loading left is walked by no collection, on either side
        rounds, started = [], time.monotonic()
        while time.monotonic() - started < seconds or len(rounds) % 2:
            turned = len(rounds) % 2
            costs = _round(envs[::-1] if turned else envs, size, _timed)
            rounds.append({key: pair[::-1] if turned else pair for key, pair in costs})
        counts = dict(_round(envs, COUNTED, _counted))
        cursor.rollback()
    return {"rounds": rounds, "counts": counts}


def _round(envs, size, gauge):
    """``[(action, [what ``gauge`` found on each of ``envs``])]``, rolled back."""
    sides = [_actions(env, size) for env in envs]
    costs = []
    for steps in zip(*sides, strict=True):
        found = []
        for env, (_name, call) in zip(envs, steps, strict=True):
            env.flush_all()
            env.invalidate_all()
            gc.collect()
            found.append(gauge(env, call))
        costs.append((steps[0][0], found))
    for env in envs:
        env.cr.rollback()
        env.invalidate_all(flush=False)
    return costs


def _backend_cpu(pid):
    """Processor seconds of a PostgreSQL process, to the nanosecond where Linux tells."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / NANO
    except (OSError, ValueError, IndexError):
        return _gauge._backend_cpu(pid)


def _timed(env, call):
    """Processor seconds of Odoo and of PostgreSQL."""
    pid = env.cr._cnx.info.backend_pid
    before = time.process_time() + _backend_cpu(pid)
    call()
    env.flush_all()
    return time.process_time() + _backend_cpu(pid) - before


def _counted(env, call):
    """Queries, and calls of functions of Python and C."""
    thread, profile = threading.current_thread(), cProfile.Profile()
    thread.query_count = 0
    profile.enable()
    call()
    env.flush_all()
    profile.disable()
    return thread.query_count, sum(entry.callcount for entry in profile.getstats())


def _actions(env, count):
    """``(action, call)`` in the order of an accountant's day."""
    moves = _invoices(env, count)
    yield "post", moves.action_post
    half = moves[: count // 2]
    yield "pay", lambda: _pay(env, moves - half)
    notes = _credits(env, half)
    yield "reconcile", lambda: _reconcile(half, notes)
    yield "reset", moves.button_draft


def _invoices(env, count):
    day = date.today() - timedelta(days=40)
    partners = env["res.partner"].search([("customer_rank", ">", 0)], limit=count)
    lines = [{"name": "Tiles", "price_unit": 100 + index} for index in range(count)]
    return env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partners[index % len(partners)].id,
                "invoice_date": day,
                "invoice_line_ids": [(0, 0, line)],
            }
            for index, line in enumerate(lines)
        ]
    )


def _pay(env, moves):
    wizard = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=moves.ids
    )
    return wizard.create({"group_payment": False})._create_payments()


def _credits(env, moves):
    """A posted credit note for each invoice, not matched yet."""
    notes = env["account.move"].create(
        [
            {
                "move_type": "out_refund",
                "partner_id": move.partner_id.id,
                "invoice_date": move.invoice_date,
                "invoice_line_ids": [(0, 0, {"name": "Back", "price_unit": 50})],
            }
            for move in moves
        ]
    )
    notes.action_post()
    return notes


def _reconcile(moves, notes):
    for move, note in zip(moves, notes, strict=True):
        lines = (move | note).line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        lines.reconcile()
