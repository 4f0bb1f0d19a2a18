"""Facts that serve several claims are used only while nobody else has committed anything.

The fixture ``alone`` lets these tests hear of their own sessions only.
"""

from contextlib import ExitStack
from datetime import timedelta
from unittest import mock

import pytest
from live import connection, debtor, pay, plan
from quiet import alone  # noqa: F401 - fixture
from test_send_path import _index, base, look, send, world  # noqa: F401 - fixtures

from odoo.tools import SQL

from odoo.addons.recouvrement_auto.models.recouvrement_planner_facts import (
    RecouvrementPlannerFacts,
)
from odoo.addons.recouvrement_auto.models.recouvrement_sender_memory import Memory
from odoo.addons.recouvrement_auto.models.recouvrement_sender_snapshot import (
    LATEST,
    Snapshot,
)

pytestmark = pytest.mark.usefixtures("alone")

MESSAGES = 8
# Facts are read for 1, 2 and 4 customers: at the fourth message those of 5 to 7 are kept.
AT, AFTER = 4, 5


def planned_many(name, count=MESSAGES):
    """Waiting reminders of one night in the order in which they leave."""
    with connection(name) as env:
        partners = [debtor(env, next(_index))[0].id for _ in range(count)]
        env.cr.execute("UPDATE recouvrement_run SET kind = 'manual'")
        env.invalidate_all()
        env.cr.commit()
        run = plan(env)
        found = run.reminder_ids.filtered(lambda r: r.partner_id.id in partners)
        assert set(found.mapped("state")) == {"queued"} and len(found) == count
        return sorted(found.ids)


def send_and_change(name, sink, change):
    """Send all; ``change(env)`` is committed while message ``AT`` is at the server.

    :return: sizes of the sets in which facts were read
    """
    seen, sizes = [], []
    read = RecouvrementPlannerFacts._load

    def counting(self, context, partner_ids, ignore_reminder_ids=()):
        sizes.append(len(partner_ids))
        return read(self, context, partner_ids, ignore_reminder_ids)

    def meanwhile(_recipient):
        seen.append(1)
        if len(seen) == AT and change:
            with connection(name) as env:
                change(env)

    sink.hook = meanwhile
    with mock.patch.object(RecouvrementPlannerFacts, "_load", counting):
        send(name)
    return sizes


def test_in_a_quiet_night_facts_are_read_for_many_at_once(world):  # noqa: F811
    name, sink = world
    ids = planned_many(name)
    sizes = send_and_change(name, sink, None)
    assert sizes == [1, 2, 4, 1]
    assert {look(name, r)["state"] for r in ids} == {"sent"}
    assert set(sink.copies().values()) == {1}


def customer_of(env, reminder_id):
    return env["recouvrement.reminder"].browse(reminder_id).customer_id


def insolvent(env, reminder_id):
    customer_of(env, reminder_id).insolvency = True


def blacklisted(env, reminder_id):
    env["mail.blacklist"]._add(customer_of(env, reminder_id).partner_id.email)


def without_address(env, reminder_id):
    customer_of(env, reminder_id).partner_id.email = False


def paused(env, reminder_id):
    customer = customer_of(env, reminder_id)
    env["recouvrement.pause"].create(
        {
            "customer_id": customer.id,
            "reason": "Call expected",
            "date_end": env.company._recouvrement_today() + timedelta(30),
        }
    )


def paid(env, reminder_id):
    item = env["recouvrement.reminder"].browse(reminder_id).item_ids
    pay(env, env["account.move"].browse(item.move_res_id))


def shadow(env, _reminder_id):
    env.company.recouvrement_mode = "shadow"


def no_server(env, _reminder_id):
    env.cr.execute("UPDATE ir_mail_server SET active = FALSE")


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        (insolvent, "held", "frozen"),
        (blacklisted, "held", "blacklisted"),
        (without_address, "held", "missing_address"),
        (paused, "held", "paused"),
        (paid, "skipped", "paid"),
        (shadow, "skipped", "shadow"),
        (no_server, "held", "missing_server"),
    ],
)
def test_what_changes_meanwhile_stops_a_message_whose_facts_were_kept(
    world,  # noqa: F811
    change,
    state,
    reason,
):
    name, sink = world
    ids = planned_many(name)
    victim = ids[AFTER]
    try:
        sizes = send_and_change(name, sink, lambda env: change(env, victim))
        assert sizes[:3] == [1, 2, 4], "the facts of the victim were kept"
        found = look(name, victim)
        assert (found["state"], found["reason"]) == (state, reason)
        assert {look(name, r)["state"] for r in ids[:AT]} == {"sent"}
        assert set(sink.copies().values()) == {1}
    finally:
        with connection(name) as env:
            env.cr.execute("UPDATE ir_mail_server SET active = TRUE")


def test_two_reminders_of_one_customer_do_not_share_facts(world):  # noqa: F811
    name, sink = world
    ids = planned_many(name)
    with connection(name) as env:
        first, second = env["recouvrement.reminder"].browse([ids[4], ids[5]])
        env.cr.execute(
            "UPDATE recouvrement_reminder SET customer_id = %s, run_id = NULL"
            " WHERE id = %s",
            [first.customer_id.id, second.id],
        )
    send_and_change(name, sink, None)
    found = look(name, ids[5])
    assert (found["state"], found["reason"]) != ("sent", False)
    assert set(sink.copies().values()) == {1}


def test_facts_that_cannot_be_read_together_are_read_one_by_one(world):  # noqa: F811
    name, sink = world
    ids = planned_many(name)
    read = RecouvrementPlannerFacts._load

    def broken(self, context, partner_ids, ignore_reminder_ids=()):
        if len(partner_ids) > 1:
            raise ValueError("one of them")
        return read(self, context, partner_ids, ignore_reminder_ids)

    with mock.patch.object(RecouvrementPlannerFacts, "_load", broken):
        send(name)
    assert {look(name, r)["state"] for r in ids} == {"sent"}


def test_a_refused_message_lets_no_kept_facts_live(world):  # noqa: F811
    name, sink = world
    ids = planned_many(name)
    with connection(name) as env:
        victim = customer_of(env, ids[AFTER]).partner_id
        refused = customer_of(env, ids[AT]).partner_id
        victim.email = refused.email = "shared@x.example"
        sink.by_recipient["shared@x.example"] = "refuse_rcpt"
    send(name)
    assert look(name, ids[AT])["state"] == "failed"
    found = look(name, ids[AFTER])
    assert (found["state"], found["reason"]) == ("held", "address_bounced")


def test_a_worker_that_meets_another_goes_on_further_down(world):  # noqa: F811
    name, sink = world
    ids = planned_many(name, 6)
    with connection(name) as env:
        addresses = [customer_of(env, r).partner_id.email for r in ids]
    ahead = "odoo.addons.recouvrement_auto.models.recouvrement_sender.MOST_AHEAD"
    with connection(name) as other:
        assert other["recouvrement.run"]._claim(ids[0])  # and not committed yet
        with mock.patch(ahead, 2):
            send(name)
        other.cr.rollback()
    order = [addresses.index(m.recipient) for m in sink.received]
    assert order == [3, 4, 5, 1, 2]
    send(name)
    assert look(name, ids[0])["state"] == "sent"
    assert set(sink.copies().values()) == {1}


# === the proof itself === #


def read_news(env, snapshot):
    """``(snapshot, own id, news)`` of a new transaction."""
    env.cr.rollback()
    return env.execute_query(snapshot.news_sql_select())[0]


class Watched(Snapshot):
    def news_sql_select(self):
        return SQL("SELECT %s", self.news_sql())


@pytest.fixture
def watched(world):  # noqa: F811
    """A snapshot just kept, the environment that kept it, and another connection."""
    name, _sink = world
    with ExitStack() as stack:
        env = stack.enter_context(connection(name))
        snapshot = Watched()
        text, xid, news = read_news(env, snapshot)
        assert news is None and not snapshot.holds(env, news, ())
        snapshot.keep(text, xid)
        yield name, env, snapshot


def still_holds(env, snapshot, customer_ids=()):
    _text, xid, news = read_news(env, snapshot)
    held = snapshot.holds(env, news, customer_ids)
    snapshot.own.add(xid)
    return held


TOUCH = "UPDATE res_partner SET comment = comment WHERE id = 1"
ENTRY = dict(company=1, customer=77, reminder=1, channel="email", state="sent")


def test_nothing_new_and_our_own_work_hold(watched):
    _name, env, snapshot = watched
    for _ in range(3):
        assert still_holds(env, snapshot)
        env.cr.execute(TOUCH)
        env.cr.commit()


def test_a_commit_of_somebody_else_does_not_hold(watched):
    name, env, snapshot = watched
    with connection(name) as other:
        other.cr.execute(TOUCH)
    assert not still_holds(env, snapshot)


def test_what_was_given_up_holds(watched):
    name, env, snapshot = watched
    with connection(name) as other:
        other.cr.execute(TOUCH)
        other.cr.rollback()
    assert still_holds(env, snapshot)


def test_what_is_not_committed_yet_is_seen_once_it_is(world):  # noqa: F811
    name, _sink = world
    snapshot = Watched()
    with connection(name) as other, connection(name) as env:
        other.cr.execute(TOUCH)
        text, xid, _news = read_news(env, snapshot)
        snapshot.keep(text, xid)
        assert still_holds(env, snapshot)
        other.cr.commit()
        assert not still_holds(env, snapshot)


def test_a_claim_of_another_sender_holds_for_other_customers(watched):
    name, env, snapshot = watched
    with connection(name) as other:
        for event in ("delivery.claimed", "reminder.claimed"):
            other["recouvrement.log"]._append(event, **ENTRY)
    assert not still_holds(env, snapshot, [76, 77])
    assert still_holds(env, snapshot, [76])


def test_a_claim_of_another_sender_is_remembered(watched):
    name, env, snapshot = watched
    with connection(name) as other:
        other["recouvrement.log"]._append("delivery.sent", **ENTRY)
    assert still_holds(env, snapshot)
    env["recouvrement.log"]._append_many([{"event": "x", **ENTRY}] * 2 * LATEST)
    env.cr.commit()
    assert still_holds(env, snapshot)


@pytest.mark.parametrize("event", ["promise.made", "reminder.unknown_arrived"])
def test_more_than_a_claim_in_one_transaction_does_not_hold(watched, event):
    name, env, snapshot = watched
    with connection(name) as other:
        other["recouvrement.log"]._append("delivery.sent", **ENTRY)
        other["recouvrement.log"]._append(event, **ENTRY)
    assert not still_holds(env, snapshot, [76])


def test_a_person_is_no_sender(watched):
    name, env, snapshot = watched
    with connection(name) as other:
        log = other["recouvrement.log"].with_user(other.ref("base.user_admin")).sudo()
        log._append("delivery.sent", **ENTRY)
    assert not still_holds(env, snapshot, [76])


def test_nothing_is_kept_inside_a_test_cursor(world):  # noqa: F811
    name, _sink = world
    with connection(name) as env:
        memory = Memory(env)
        text, xid, _news = read_news(env, Watched())
        run = type(env["recouvrement.run"])
        with mock.patch.object(run, "_may_commit", lambda self: False):
            memory._until = float("inf")
            memory.keep({})
            memory.check(text, xid, [])
        assert not memory.proven
