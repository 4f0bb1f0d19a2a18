"""One case for each cell of the tables in ``readme/SEND_PATH.md``.

Real PostgreSQL, real commits, two connections, a scripted SMTP server.
"""

from datetime import timedelta
from unittest import mock

import pytest
from kit.smtp_sink import SmtpSink, time_ends_after_the_dot
from live import (
    DEADLINE,
    configure,
    connection,
    debtor,
    live_database,
    outside_tests,
    pay,
    plan,
)

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.recouvrement_auto.tools import smtp_phases


@pytest.fixture(scope="module")
def base():
    with live_database("send") as name, outside_tests():
        with SmtpSink() as sink:
            with connection(name) as env:
                configure(env, sink.port)
            yield name, sink


@pytest.fixture
def world(base):
    """A database without open reminders, and an empty sink."""
    name, sink = base
    sink.received.clear()
    sink.by_recipient.clear()
    sink.hook = None
    sink.delay = 0.0
    with connection(name) as env:
        env.company.write(
            {
                "recouvrement_paused_until": False,
                "recouvrement_mode": "auto",
                "recouvrement_deadline": DEADLINE,
            }
        )
    yield name, sink
    with connection(
        name
    ) as env:  # whatever the test left is out of the way of the next
        env.cr.execute(
            "UPDATE recouvrement_reminder SET state = 'skipped' WHERE state IN"
            " ('queued', 'deferred', 'claimed', 'to_confirm')"
        )
        env.cr.execute("UPDATE recouvrement_run SET kind = 'manual'")
        env.cr.execute("UPDATE account_move_line SET no_followup = TRUE")


AGENT = "agent@negoce.example"
_index = iter(range(10**6))


def planned(name, behaviour=None, sink=None, **options):
    """A planned reminder for a new debtor: ``(partner id, move id, reminder id)``."""
    with connection(name) as env:
        partner, move = debtor(env, next(_index), **options)
        if behaviour:
            sink.by_recipient[partner.email] = behaviour
        env.cr.execute("UPDATE recouvrement_run SET kind = 'manual'")
        env.invalidate_all()
        env.cr.commit()
        run = plan(env)
        reminder = run.reminder_ids.filtered(lambda r: r.partner_id == partner)
        assert reminder.state == "queued", (reminder.state, reminder.reason_code)
        return partner.id, move.id, reminder.id


def send(name, limit=None):
    with connection(name) as env:
        return env["recouvrement.run"]._send_due(limit)


def look(name, reminder_id):
    """State, reason and deliveries of a reminder as committed."""
    with connection(name) as env:
        reminder = env["recouvrement.reminder"].browse(reminder_id)
        delivery = reminder.delivery_ids[:1]
        return {
            "state": reminder.state,
            "reason": reminder.reason_code,
            "items": set(reminder.item_ids.mapped("state")),
            "delivery": delivery.state,
            "phase": delivery.phase,
            "why": delivery.reason_code,
            "attempt": delivery.attempt,
            "retry": delivery.retry_at,
            "message": bool(reminder.mail_message_id),
        }


def age_claims(name, minutes=5):
    with connection(name) as env:
        env.cr.execute(
            "UPDATE recouvrement_delivery SET claimed_at = claimed_at - %s * interval"
            " '1 minute' WHERE state = 'claimed'",
            [minutes],
        )


# === claim x outcome === #


@pytest.mark.parametrize(
    ("behaviour", "state", "phase", "why", "taken"),
    [
        ("accept", "sent", "done", False, 1),
        ("refuse_rcpt", "failed", "rcpt", "server_refused", 0),
        ("refuse_data", "failed", "data", "server_refused", 0),
        ("refuse_dot", "failed", "after_dot", "server_refused", 0),
        ("defer_rcpt", "deferred", "rcpt", "server_refused", 0),
        ("defer_dot", "deferred", "after_dot", "server_refused", 0),
        ("drop_dot", "unknown", "after_dot", "no_answer", 1),
        ("lost_dot", "unknown", "after_dot", "no_answer", 0),
    ],
)
def test_outcome_of_each_answer(world, behaviour, state, phase, why, taken):
    name, sink = world
    _partner, _move, reminder = planned(name, behaviour, sink)
    send(name)
    found = look(name, reminder)
    assert (found["state"], found["delivery"]) == (state, state)
    assert (found["phase"], found["why"]) == (phase, why)
    # The responsible may be told of it by Odoo; the debtor is written to as often as said.
    assert len([m for m in sink.received if m.recipient != AGENT]) == taken
    assert found["items"] == {state}
    assert found["message"] == (state in ("sent", "unknown"))
    assert bool(found["retry"]) == (state == "deferred")


def test_refused_at_mail_from(world):
    name, sink = world
    _p, _m, reminder = planned(name)
    sink.default = "refuse_mail"
    try:
        send(name)
    finally:
        sink.default = "accept"
    assert look(name, reminder)["phase"] == "mail"
    assert look(name, reminder)["state"] == "failed"


def test_silence_after_the_dot_is_unknown_and_never_resent(world):
    name, sink = world
    _p, _m, reminder = planned(name, "silent_dot", sink)
    with mock.patch(
        "odoo.addons.recouvrement_auto.models.recouvrement_channel_email.transmit",
        _short_transmit(sink),
    ):
        send(name)
    assert look(name, reminder)["state"] == "unknown"
    send(name)
    send(name)
    assert len(sink.received) == 1


def _short_transmit(sink):
    transmit = smtp_phases.transmit

    def short(session, sender, recipient, payload, deadline):
        assert deadline == DEADLINE
        with time_ends_after_the_dot(sink, smtp_phases, session, deadline):
            return transmit(session, sender, recipient, payload, deadline)

    return short


def test_slow_server_is_waited_for(world):
    name, sink = world
    _p, _m, reminder = planned(name)
    sink.delay = 1.0
    send(name)
    assert look(name, reminder)["state"] == "sent"


def test_deferred_is_retried_on_the_same_row_then_given_up(world):
    name, sink = world
    _p, _m, reminder = planned(name, "defer_dot", sink)
    for attempt in range(1, 6):
        send(name)
        found = look(name, reminder)
        assert found["attempt"] == attempt
        with connection(name) as env:
            env["recouvrement.reminder"].browse(reminder).send_after = False
    assert (found["state"], found["why"]) == ("failed", "given_up")
    assert sink.received == []


def test_deferred_waits_for_its_time(world):
    name, sink = world
    _p, _m, reminder = planned(name, "defer_dot", sink)
    send(name)
    send(name)
    assert look(name, reminder)["attempt"] == 1


def test_failed_is_retried_by_a_person_with_the_same_key(world):
    name, sink = world
    partner, _m, reminder = planned(name, "refuse_data", sink)
    send(name)
    sink.by_recipient.clear()
    with connection(name) as env:
        env["recouvrement.reminder"].browse(reminder).action_retry()
    send(name)
    found = look(name, reminder)
    assert (found["state"], found["attempt"]) == ("sent", 2)
    assert len(sink.received) == 1


def test_a_refused_address_is_retried_only_once_it_was_checked(world):
    name, sink = world
    _partner, _m, reminder = planned(name, "refuse_rcpt", sink)
    send(name)
    sink.by_recipient.clear()
    with connection(name) as env:
        env["recouvrement.reminder"].browse(reminder).action_retry()
    send(name)
    found = look(name, reminder)
    assert (found["state"], found["reason"]) == ("held", "address_bounced")
    assert not [m for m in sink.received if m.recipient != AGENT]


def test_unknown_is_decided_by_a_person_only(world):
    name, sink = world
    _p, _m, reminder = planned(name, "lost_dot", sink)
    send(name)
    with connection(name) as env:
        env["recouvrement.reminder"].browse(reminder).action_retry()
    assert look(name, reminder)["state"] == "unknown"
    with connection(name) as env:
        env["recouvrement.reminder"].browse(reminder).action_mark_not_arrived()
    assert look(name, reminder)["state"] == "failed"


# === kills === #


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


def kill_at(target):
    return mock.patch(
        f"odoo.addons.recouvrement_auto.models.{target}", side_effect=Killed()
    )


def crash(name, target):
    """Send until ``target`` is reached, then lose process and connection."""
    from odoo.modules.registry import Registry

    cr = Registry(name).cursor()
    try:
        import odoo

        env = odoo.api.Environment(cr, 1, {})
        with kill_at(target), pytest.raises(Killed):
            env["recouvrement.run"]._send_due()
    finally:
        cr._closed or cr.close()  # the connection goes: locks and open work with it


MODELS = {
    "claim": "recouvrement_sender_claim.RecouvrementSenderClaim._take",
    "between": "recouvrement_delivery.RecouvrementDelivery._lock_claimed",
    "before_dot": "recouvrement_channel_email.RecouvrementChannelEmail._build",
    "after_dot": "recouvrement_delivery.RecouvrementDelivery._record_outcome",
    "display": "recouvrement_reminder_content.RecouvrementReminder._post_message",
}


def test_killed_in_the_claim_leaves_it_queued(world):
    name, sink = world
    _p, _m, reminder = planned(name)
    crash(name, MODELS["claim"])
    assert look(name, reminder)["state"] == "queued"
    send(name)
    assert look(name, reminder)["state"] == "sent" and len(sink.received) == 1


@pytest.mark.parametrize(
    ("moment", "taken"), [("between", 0), ("before_dot", 0), ("after_dot", 1)]
)
def test_killed_after_the_claim_becomes_unknown_and_is_never_resent(
    world, moment, taken
):
    name, sink = world
    _p, _m, reminder = planned(name)
    crash(name, MODELS[moment])
    assert look(name, reminder)["state"] == "claimed"
    send(name)
    assert look(name, reminder)["state"] == "claimed", "judged by age alone is refused"
    age_claims(name)
    send(name)
    found = look(name, reminder)
    assert (found["state"], found["why"]) == ("unknown", "interrupted")
    send(name)
    assert len(sink.received) == taken


def test_killed_before_the_display_is_repaired(world):
    name, sink = world
    _p, _m, reminder = planned(name)
    crash(name, MODELS["display"])
    assert look(name, reminder)["state"] == "sent"
    assert not look(name, reminder)["message"]
    send(name)
    assert look(name, reminder)["message"] and len(sink.received) == 1


def test_a_living_claim_is_never_judged_however_old(world):
    name, sink = world
    _p, _m, reminder = planned(name)
    seen = {}

    def while_sending(_recipient):
        with connection(name) as env:
            found = env["recouvrement.delivery"]._recover_interrupted()
            seen["recovered"] = found.ids

    sink.hook = while_sending
    old = fields.Datetime.now() - timedelta(hours=1)
    with mock.patch(
        "odoo.addons.recouvrement_auto.models.recouvrement_delivery.STALE_CLAIM_SECONDS",
        -3600,
    ):
        assert old
        send(name)
    assert seen == {"recovered": []}
    assert look(name, reminder)["state"] == "sent"


# === two connections === #


def test_two_workers_share_the_work_without_a_copy(world):
    name, sink = world
    reminders = []
    with connection(name) as env:
        partners = [debtor(env, next(_index))[0].id for _ in range(6)]
        env.cr.commit()
        run = plan(env)
        reminders = run.reminder_ids.filtered(lambda r: r.partner_id.id in partners).ids
    once = []

    def second_worker(_recipient):
        if not once:
            once.append(1)
            send(name)

    sink.hook = second_worker
    send(name)
    assert {look(name, r)["state"] for r in reminders} == {"sent"}
    assert set(sink.copies().values()) == {1}
    assert len(sink.received) == 6


def test_claimed_by_another_token_is_left_alone(world):
    name, _sink = world
    _p, _m, reminder = planned(name)
    with connection(name) as env:
        claimed = env["recouvrement.run"]._claim(reminder)
        env.cr.commit()
        delivery_id, token = claimed
        assert env["recouvrement.delivery"]._lock_claimed(delivery_id, token)
        assert not env["recouvrement.delivery"]._lock_claimed(delivery_id, "other")
        with connection(name) as other:
            assert not other["recouvrement.delivery"]._lock_claimed(delivery_id, token)
            assert other["recouvrement.run"]._claim(reminder) is None


@pytest.mark.parametrize("amount", [None, 40.0])
def test_payment_between_plan_and_claim(world, amount):
    name, sink = world
    _p, move, reminder = planned(name)
    with connection(name) as env:
        pay(env, env["account.move"].browse(move), amount)
    send(name)
    found = look(name, reminder)
    if amount is None:
        assert (found["state"], found["reason"]) == ("skipped", "paid")
        assert sink.received == []
    else:
        assert found["state"] == "sent"
        assert b"60.00" in sink.received[0].raw


def test_payment_being_registered_right_now_is_waited_for(world):
    name, sink = world
    _p, move, reminder = planned(name)
    with connection(name) as env:
        pay(env, env["account.move"].browse(move))
        env.flush_all()
        send(name)  # not committed yet: neither sent nor judged
        assert look(name, reminder)["state"] == "queued"
        assert sink.received == []
    with connection(name) as env:
        env["recouvrement.reminder"].browse(reminder).send_after = False
    send(name)
    assert look(name, reminder)["reason"] == "paid"


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ("button_draft", "skipped", "paid"),
        ("action_toggle_block_payment", "held", "payment_blocked"),
    ],
)
def test_invoice_changed_between_plan_and_claim(world, change, state, reason):
    name, sink = world
    _p, move, reminder = planned(name)
    with connection(name) as env:
        getattr(env["account.move"].browse(move), change)()
    send(name)
    found = look(name, reminder)
    assert (found["state"], found["reason"]) == (state, reason)
    assert sink.received == []


def test_pause_and_shadow_between_plan_and_claim(world):
    name, sink = world
    partner, _m, reminder = planned(name)
    with connection(name) as env:
        customer = env["recouvrement.reminder"].browse(reminder).customer_id
        env["recouvrement.pause"].create(
            {
                "customer_id": customer.id,
                "reason": "Call expected",
                "date_end": env.company._recouvrement_today() + timedelta(5),
            }
        )
    _p, _m, second = planned(name)
    send(name, limit=1)
    assert look(name, reminder)["reason"] == "paused"
    with connection(name) as env:
        env.company.recouvrement_mode = "shadow"
    send(name)
    assert look(name, second)["reason"] == "shadow"
    assert sink.received == []


def test_server_that_cannot_be_reached_pauses_the_company_and_burns_nothing(world):
    name, sink = world
    with connection(name) as env:
        partners = [debtor(env, next(_index))[0].id for _ in range(5)]
        env.cr.commit()
        run = plan(env)
        ids = run.reminder_ids.filtered(lambda r: r.partner_id.id in partners).ids
        server = env["ir.mail_server"].search([])
        port = server.smtp_port
        server.smtp_port = 1
    try:
        send(name)
    finally:
        with connection(name) as env:
            env["ir.mail_server"].search([]).smtp_port = port
    states = [look(name, r)["state"] for r in ids]
    assert states.count("deferred") == 3 and states.count("queued") == 2
    with connection(name) as env:
        assert env.company.recouvrement_paused_until > fields.Datetime.now()
    assert send(name) == 0


def test_refuses_to_send_inside_a_request(world):
    name, _sink = world
    with connection(name) as env:
        with mock.patch(
            "odoo.addons.recouvrement_auto.models.recouvrement_run.request", object()
        ):
            with pytest.raises(UserError):
                env["recouvrement.run"]._send_due()


def test_restored_copy_sends_nothing_until_confirmed(world):
    name, sink = world
    _p, _m, reminder = planned(name)
    with connection(name) as env:
        env["ir.config_parameter"].set_param(
            "recouvrement_auto.fingerprint", '{"system": "another"}'
        )
    assert send(name) == 0 and sink.received == []
    with connection(name) as env:
        env["recouvrement.fingerprint"]._confirm()
    send(name)
    assert look(name, reminder)["state"] == "sent"


def test_two_planners_of_one_night_plan_each_customer_once(world):
    name, _sink = world
    with connection(name) as env:
        debtor(env, next(_index))
        env.cr.commit()
        first = plan(env)
        again = plan(env)
    assert first.id == again.id
    with connection(name) as env:
        env.cr.execute(
            "SELECT COUNT(*), COUNT(DISTINCT customer_id) FROM recouvrement_reminder"
            " WHERE run_id = %s",
            [first.id],
        )
        count, distinct = env.cr.fetchone()
    assert count == distinct
