"""What a sender keeps in mind between two messages never sends what is forbidden meanwhile."""

from unittest import mock

import pytest
from live import connection, debtor, plan
from quiet import alone  # noqa: F401 - fixture
from test_send_path import _index, base, look, send, world  # noqa: F401 - fixtures

SQL_LIMIT = 24  # per message when nobody else commits anything


def two_planned(name):
    """Two waiting reminders of one night, in the order in which they leave."""
    with connection(name) as env:
        partners = [debtor(env, next(_index))[0].id for _ in range(2)]
        env.cr.execute("UPDATE recouvrement_run SET kind = 'manual'")
        env.invalidate_all()
        env.cr.commit()
        run = plan(env)
        found = run.reminder_ids.filtered(lambda r: r.partner_id.id in partners)
        assert set(found.mapped("state")) == {"queued"}
        return sorted(found.ids)


def change_during_the_first(name, sink, change):
    """Send both; ``change(env)`` is committed while the first one is at the server."""
    done = []

    def meanwhile(_recipient):
        if not done:
            done.append(1)
            with connection(name) as env:
                change(env)

    sink.hook = meanwhile
    send(name)
    assert done


@pytest.mark.parametrize(
    ("statement", "back", "state", "reason"),
    [
        (
            "UPDATE res_company SET recouvrement_mode = 'shadow'",
            "UPDATE res_company SET recouvrement_mode = 'auto'",
            "skipped",
            "shadow",
        ),
        (
            "UPDATE res_company SET recouvrement_iban_changed_on = CURRENT_DATE",
            "UPDATE res_company SET recouvrement_iban_changed_on = NULL",
            "held",
            "iban_changed",
        ),
        (
            "UPDATE ir_mail_server SET active = FALSE",
            "UPDATE ir_mail_server SET active = TRUE",
            "held",
            "missing_server",
        ),
        (
            "UPDATE res_partner SET email = NULL WHERE email = 'agent@negoce.example'",
            "UPDATE res_partner SET email = 'agent@negoce.example' WHERE id ="
            " (SELECT partner_id FROM res_users WHERE login = 'admin')",
            "held",
            "missing_sender",
        ),
    ],
)
def test_what_the_company_says_is_read_at_every_claim(
    world,  # noqa: F811
    statement,
    back,
    state,
    reason,
):
    name, sink = world
    first, second = two_planned(name)
    try:
        change_during_the_first(name, sink, lambda env: env.cr.execute(statement))
        assert look(name, first)["state"] == "sent"
        found = look(name, second)
        assert (found["state"], found["reason"]) == (state, reason)
        assert len(sink.received) == 1
    finally:
        with connection(name) as env:
            env.cr.execute(back)


def test_facts_of_the_customer_are_not_kept_over_a_change(world):  # noqa: F811
    name, sink = world
    first, second = two_planned(name)

    def settle(env):
        customer = env["recouvrement.reminder"].browse(second).customer_id
        customer.insolvency = True

    change_during_the_first(name, sink, settle)
    assert look(name, first)["state"] == "sent"
    assert look(name, second)["reason"] == "frozen"


def test_a_message_that_cannot_be_shown_hides_no_other(world):  # noqa: F811
    name, sink = world
    first, second = two_planned(name)
    target = (
        "odoo.addons.recouvrement_auto.models.recouvrement_reminder_content"
        ".RecouvrementReminder._prepare_message"
    )
    from odoo.addons.recouvrement_auto.models import recouvrement_reminder_content

    real = recouvrement_reminder_content.RecouvrementReminder._prepare_message

    def broken(self, deliveries):
        if self.id == first:
            raise ValueError("no such thread")
        return real(self, deliveries)

    with mock.patch(target, broken):
        send(name)
    assert [look(name, r)["state"] for r in (first, second)] == ["sent", "sent"]
    assert [look(name, r)["message"] for r in (first, second)] == [False, True]
    send(name)
    assert look(name, first)["message"] and len(sink.received) == 2


def test_two_workers_show_a_message_once(world):  # noqa: F811
    name, _sink = world
    first, second = two_planned(name)
    with mock.patch(
        "odoo.addons.recouvrement_auto.models.recouvrement_run_send"
        ".RecouvrementRun._show_messages"
    ):
        send(name)
    with connection(name) as env, connection(name) as other:
        ours = env["recouvrement.reminder"].browse([first, second])
        ours._post_message()
        other["recouvrement.run"]._show_messages([first, second])
    with connection(name) as env:
        reminders = env["recouvrement.reminder"].browse([first, second])
        messages = env["mail.message"].search(
            [("message_id", "in", [r._message_reference() for r in reminders])]
        )
        assert len(messages) == 2


@pytest.mark.usefixtures("alone")
def test_queries_of_a_message_do_not_grow(world):  # noqa: F811
    name, _sink = world
    counted = []
    for count in (4, 12):
        with connection(name) as env:
            for _ in range(count):
                debtor(env, next(_index))
            env.cr.execute("UPDATE recouvrement_run SET kind = 'manual'")
            env.invalidate_all()
            env.cr.commit()
            plan(env)
        with connection(name) as env:
            started = env.cr.sql_log_count
            assert env["recouvrement.run"]._send_due() >= count
            counted.append(env.cr.sql_log_count - started)
    per_message = (counted[1] - counted[0]) / 8
    assert per_message <= SQL_LIMIT, counted


@pytest.fixture
def links_to_invoices(world):  # noqa: F811
    """A company whose messages lead to the invoices, not to the page of the debtor."""
    name, _sink = world
    days = "UPDATE res_company SET recouvrement_portal_days = %s"
    with connection(name) as env:
        kept = env.company.recouvrement_portal_days
        env.cr.execute(days, [0])
    yield
    with connection(name) as env:
        env.cr.execute(days, [kept])


@pytest.mark.usefixtures("links_to_invoices")
def test_links_are_made_before_and_no_invoice_is_locked_by_a_claim(world):  # noqa: F811
    name, _sink = world
    first, _second = two_planned(name)
    with connection(name) as env:
        reminder = env["recouvrement.reminder"].browse(first)
        move_id = reminder.item_ids.move_res_id
        before = env["account.move"].browse(move_id).write_date
        env["recouvrement.run"]._prepare_sending([first])
        env.cr.commit()
        move = env["account.move"].browse(move_id)
        assert len(move.access_token) == 36
        assert move.write_date == before
        assert env["recouvrement.run"]._claim(first)
        with connection(name) as other:
            assert other["account.move"].browse(move_id).try_lock_for_update()
        env.cr.rollback()


@pytest.mark.usefixtures("links_to_invoices")
def test_an_invoice_being_edited_makes_no_link_wait(world):  # noqa: F811
    name, _sink = world
    first, second = two_planned(name)
    with connection(name) as accountant, connection(name) as env:
        reminders = env["recouvrement.reminder"].browse([first, second])
        edited, free = (r.item_ids.move_res_id for r in reminders)
        accountant["account.move"].browse(edited).lock_for_update()
        env["recouvrement.run"]._prepare_sending([first, second])
        moves = env["account.move"].browse([edited, free])
        assert [bool(move.access_token) for move in moves] == [False, True]
        accountant.cr.rollback()
