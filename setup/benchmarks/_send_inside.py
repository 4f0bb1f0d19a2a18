"""The measured parts of `setup/bench send`; each runs inside an `odoo shell`."""

import sys
import time

from kit import paths
from psycopg2 import errors

from . import _gauge


def prepare(env, port, messages):
    """That many customers with one planned and released message each: their ids."""
    sys.path.insert(0, str(paths.ROOT / "tests" / "scenario"))
    import live

    company = live.configure(env, port)
    company.recouvrement_scenario_id.line_ids.attach_invoices = False
    live.debtors(env, messages)
    env.cr.commit()
    run = live.plan(env)
    return run.reminder_ids.filtered(lambda r: r.state == "queued").ids


def again(env, ids):
    """The same messages as if they had just been planned, with nothing sent before."""
    for statement in (
        "DELETE FROM recouvrement_delivery WHERE reminder_id = ANY(%s)",
        "UPDATE recouvrement_reminder_item SET state = 'queued'"
        " WHERE reminder_id = ANY(%s)",
        "UPDATE recouvrement_reminder SET state = 'queued', mail_message_id = NULL,"
        " sent_at = NULL WHERE id = ANY(%s)",
    ):
        env.cr.execute(statement, [ids])
    env.cr.execute("DELETE FROM mail_message WHERE model = 'recouvrement.customer'")
    env.cr.execute("UPDATE recouvrement_run SET state = 'released'")
    env.cr.commit()
    env.invalidate_all(flush=False)


def work(env, start_at):
    """One pass of one worker from the given moment: what it cost."""
    env["recouvrement.run"]._due_reminder_ids()
    env.cr.rollback()
    late = time.time() - start_at
    assert late < 0, f"the worker was ready {late:.1f} s late"
    time.sleep(-late)
    cost, crashed = _gauge.measure(env, lambda: _crashes(env))
    return {**vars(cost), "crashed": crashed}


def _crashes(env):
    """True when the pass ends in an error, which the scheduled action would count."""
    try:
        env["recouvrement.run"]._send_due()
    except errors.SerializationFailure:
        env.cr.rollback()
        return True
    return False
