"""Two long transactions, two sealers: one chain, no fork, nobody fails or waits."""

import io

import pytest
from kit.smtp_sink import SmtpSink
from live import configure, connection, debtor, live_database, outside_tests, pay, plan

from odoo.addons.recouvrement_auto.tools import verify_log


@pytest.fixture(scope="module")
def name():
    with live_database("chain") as database, outside_tests(), SmtpSink() as sink:
        with connection(database) as env:
            configure(env, sink.port)
        yield database


def append(env, word):
    return env["recouvrement.log"]._append(
        "test.event", company=env.company, facts={"word": word}
    )


def seal(name):
    with connection(name) as env:
        env["recouvrement.log.seal"]._cron_seal()


def chain(name):
    """Verified export: entries in the order of the chain."""
    with connection(name) as env:
        text, count, _seq = env["recouvrement.log.export"]._csv(env.company.id)
        verified = verify_log.verify(io.BytesIO(text.encode()))
        assert len(verified.log_ids) == count
        rows = env["recouvrement.log.seal"].search(
            [("company_id", "=", env.company.id)], order="seq"
        )
        return [row.log_id for row in rows]


def test_interleaved_transactions_make_one_chain(name):
    with connection(name) as first, connection(name) as second:
        a1 = append(first, "a1")
        b1 = append(second, "b1")
        a2 = append(first, "a2")
        seal(name)
        assert a1 not in chain(name), "an open transaction is not sealed"
        second.cr.commit()
        seal(name)
        assert b1 in chain(name), "a long transaction keeps nobody else waiting"
        b2 = append(second, "b2")
        first.cr.commit()
        second.cr.commit()
    seal(name)
    order = chain(name)
    assert {a1, a2, b1, b2} <= set(order)
    assert order.index(b1) < order.index(a1) < order.index(a2) < order.index(b2)


def test_two_sealers_at_once_do_not_fork(name):
    with connection(name) as env:
        for number in range(5):
            append(env, str(number))
    with connection(name) as one, connection(name) as two:
        sealed = one["recouvrement.log.seal"]._seal_batch(one.company.id)
        assert sealed >= 5
        assert two["recouvrement.log.seal"]._seal_batch(two.company.id) == 0
    seal(name)
    chain(name)


def test_a_rolled_back_transaction_leaves_no_hole(name):
    with connection(name) as env:
        append(env, "kept")
    with connection(name) as env:
        append(env, "lost")
        env.cr.rollback()
    with connection(name) as env:
        append(env, "after")
    seal(name)
    chain(name)


def test_business_transactions_never_meet_the_log(name):
    """A payment that lasts while a night is planned, sent and sealed commits untouched."""
    with connection(name) as env:
        _partner, paid_move = debtor(env, "long")
        debtor(env, "other")
    with connection(name) as accountant:
        pay(accountant, accountant["account.move"].browse(paid_move.id))
        accountant.flush_all()
        with connection(name) as env:
            plan(env)
            env["recouvrement.run"]._send_due()
        seal(name)
        accountant.cr.commit()
    with connection(name) as env:
        move = env["account.move"].browse(paid_move.id)
        assert move.payment_state == "paid"
    chain(name)
