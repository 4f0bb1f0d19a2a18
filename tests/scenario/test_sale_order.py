"""New orders that wait, where Odoo's sale module is installed (B5).

A database of its own: our add-ons do not depend on ``sale``, so the test database has none.
"""

from datetime import timedelta

import pytest
from kit import database, environment
from live import connection, live_database, outside_tests

from odoo.exceptions import UserError


@pytest.fixture(scope="module")
def name():
    with live_database("sale") as name, outside_tests():
        with environment.ready() as ready:
            database.install(ready, name, ["sale"])
        yield name


@pytest.fixture
def env(name):
    with connection(name) as env:
        yield env
        env.cr.rollback()


def make_order(env, partner, price=100.0):
    product = env["product.product"].create({"name": "Tiles", "type": "service"})
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [(0, 0, {"product_id": product.id, "price_unit": price})],
        }
    )


def waiting_customer(env):
    """A customer whose new orders wait, decided by the manager Odile."""
    groups = env.ref("recouvrement_auto.recouvrement_auto_group_manager")
    manager = env["res.users"].create(
        {"name": "Odile", "login": "odile", "group_ids": [(4, groups.id)]}
    )
    partner = env["res.partner"].create({"name": "Late Buyer", "is_company": True})
    file = env["recouvrement.customer"]._get_or_create(env.company, partner.ids)
    file.with_user(manager).write(
        {
            "order_policy": "block",
            "order_policy_until": env.company._recouvrement_today() + timedelta(8),
            "order_policy_reason": "Deposit expected",
        }
    )
    return partner, file


def test_the_order_waits_and_says_why(env):
    partner, file = waiting_customer(env)
    order = make_order(env, partner)
    with pytest.raises(UserError, match="Odile.*Deposit expected"):
        order.action_confirm()
    assert order.state == "draft"
    file.order_policy = "warn"
    order.action_confirm()
    assert order.state == "sale"


def test_one_order_is_let_through(env):
    partner, file = waiting_customer(env)
    first, second = make_order(env, partner), make_order(env, partner)
    file.order_pass = f"S99999, {first.name}"
    first.action_confirm()
    assert first.state == "sale"
    with pytest.raises(UserError):
        second.action_confirm()


def test_after_the_last_day_and_for_others_nothing_waits(env):
    partner, file = waiting_customer(env)
    other = env["res.partner"].create({"name": "Good Buyer", "is_company": True})
    make_order(env, other).action_confirm()
    file.order_policy_until = env.company._recouvrement_today() - timedelta(1)
    make_order(env, partner).action_confirm()


def test_the_invoiced_company_counts(env):
    partner, _file = waiting_customer(env)
    buyer = env["res.partner"].create({"name": "Branch", "is_company": True})
    order = make_order(env, buyer)
    order.partner_invoice_id = partner
    with pytest.raises(UserError):
        order.action_confirm()


def test_a_prepaid_order_does_not_wait(env):
    partner, _file = waiting_customer(env)
    order = make_order(env, partner)
    provider = env["payment.provider"].search([("code", "=", "demo")], limit=1)
    order.transaction_ids = env["payment.transaction"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": env["payment.method"].search([], limit=1).id,
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            "partner_id": partner.id,
            "reference": "prepaid-1",
            "state": "done",
        }
    )
    order.action_confirm()
    assert order.state == "sale"


def test_the_debtor_reads_no_reason_of_ours(env):
    partner, _file = waiting_customer(env)
    order = make_order(env, partner)
    portal = env["res.users"].create(
        {
            "name": "Buyer",
            "login": "buyer",
            "partner_id": partner.id,
            "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
        }
    )
    with pytest.raises(UserError) as caught:
        order.with_user(portal).sudo().action_confirm()
    assert "Deposit" not in str(caught.value)
    assert "Odile" not in str(caught.value)
