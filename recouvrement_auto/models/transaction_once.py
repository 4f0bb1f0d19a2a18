"""What one transaction looks up once: its snapshot would give the same answer again."""

from contextlib import contextmanager

KEY = "recouvrement_once"


def once(env, key, look_up):
    """The answer of ``look_up()``, kept under ``key`` until the transaction ends.

    Forgotten with every commit, roll-back and savepoint. For set-up that hardly ever
    changes and that is changed within ``looked_up_anew`` only; plain values, as the records
    of one user are not for the eyes of another.
    """
    known = env.cr.precommit.data.setdefault(KEY, {})
    if key not in known:
        known[key] = look_up()
    return known[key]


@contextmanager
def looked_up_anew(env):
    """Around a change of what ``once`` keeps: nothing is known during and after it."""
    env.cr.precommit.data.pop(KEY, None)
    yield
    env.cr.precommit.data.pop(KEY, None)
