"""A database of its own, two connections and a scripted SMTP server: no test cursor.

The state table of ``readme/SEND_PATH.md`` speaks of commits, locks and kills, which a
``TransactionCase`` cannot show. These tests copy the prepared test database, open their own
registry on it and commit for real.
"""

import contextlib
import os
from datetime import timedelta
from unittest import mock

from kit import database, environment, templates

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

SUPERUSER = 1
DEADLINE = 600  # seconds for a message: a slow machine is no defect


@contextlib.contextmanager
def live_database(name):
    """Name of a fresh copy of the prepared test database; dropped afterwards."""
    name = f"ra_live_{name}_{os.getpid()}"
    with environment.ready() as env:
        database.duplicate(env, templates.with_addons(env), name)
        try:
            yield name
        finally:
            Registry.delete(name)
            odoo.sql_db.close_db(name)
            database.drop(env, name)


@contextlib.contextmanager
def outside_tests():
    """Let Odoo and ourselves commit and use SMTP as in a real server."""
    with (
        mock.patch.object(odoo.modules.module, "current_test", None),
        mock.patch.dict(config._runtime_options, {"test_enable": False}),
    ):
        yield


@contextlib.contextmanager
def connection(name):
    """An environment on a connection of its own."""
    with Registry(name).cursor() as cr:
        yield odoo.api.Environment(cr, SUPERUSER, {})


def configure(env, port, **company_values):
    """A company that sends at once to the sink on ``port``."""
    env["ir.mail_server"].search([]).unlink()
    env["ir.mail_server"].create(
        {
            "name": "sink",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )
    company = env.company
    user = env.ref("base.user_admin")
    user.partner_id.email = "agent@negoce.example"
    company.write(
        {
            "email": "compta@negoce.example",
            "recouvrement_mode": "auto",
            "recouvrement_release": "immediate",
            "recouvrement_any_hour": True,
            "recouvrement_closed_days": True,
            "recouvrement_bank_stale_days": 0,
            "recouvrement_run_hour": 0,
            "recouvrement_user_id": user.id,
            "recouvrement_deadline": DEADLINE,
            "recouvrement_scenario_id": one_step_scenario(env).id,
            **company_values,
        }
    )
    env["recouvrement.fingerprint"]._store()
    return company


def one_step_scenario(env):
    """A single courteous e-mail on the third day, for everybody."""
    text = env["recouvrement.template"].create(
        {
            "name": "Live",
            "code": "live",
            "channel": "email",
            "tone": "courteous",
            "subject": "Invoice {{ leader_number }}",
            "body": "<p>Dear {{ contact_name }}</p>{{ items_table }}{{ signature }}",
        }
    )
    env["recouvrement.scenario"].search([]).write({"active": False})
    return env["recouvrement.scenario"].create(
        {
            "name": "Live",
            "code": "live",
            "min_gap_days": 0,
            "max_contacts_7": 9,
            "max_contacts_30": 30,
            "line_ids": [
                (
                    0,
                    0,
                    {
                        "name": "First",
                        "code": "reminder_1",
                        "delay": 3,
                        "channel": "email",
                        "tone": "courteous",
                        "template_id": text.id,
                    },
                )
            ],
        }
    )


def debtor(env, index, late=3, amount=100.0, email=None):
    """A customer with one posted invoice, ``late`` days after its due date."""
    today = env.company._recouvrement_today()
    partner = env["res.partner"].create(
        {
            "name": f"Debtor {index}",
            "is_company": True,
            "email": email or f"debtor{index}@x.example",
            "lang": "en_US",
        }
    )
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": today - timedelta(late + 30),
            "invoice_date_due": today - timedelta(late),
            "invoice_line_ids": [
                (0, 0, {"name": "Tiles", "price_unit": amount, "tax_ids": [(5, 0, 0)]})
            ],
        }
    )
    move.action_post()
    return partner, move


def debtors(env, count, late=3, amount=100.0, batch=200):
    """Many customers with one posted invoice each, in batches."""
    today = env.company._recouvrement_today()
    quiet = env(context={**env.context, "tracking_disable": True})
    for start in range(0, count, batch):
        partners = quiet["res.partner"].create(
            [
                {
                    "name": f"Debtor {index}",
                    "is_company": True,
                    "email": f"debtor{index}@x.example",
                    "lang": "en_US",
                }
                for index in range(start, min(start + batch, count))
            ]
        )
        quiet["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": today - timedelta(late + 30),
                    "invoice_date_due": today - timedelta(late),
                    "invoice_line_ids": [
                        (
                            0,
                            0,
                            {
                                "name": "Tiles",
                                "price_unit": amount,
                                "tax_ids": [(5, 0, 0)],
                            },
                        )
                    ],
                }
                for partner in partners
            ]
        ).action_post()
        env.cr.commit()


def only_sender(env):
    """Leave the sending action as the only one."""
    cron = env.ref("recouvrement_auto.ir_cron_recouvrement_send")
    cron.write({"active": True})


def pay(env, move, amount=None):
    """Register a payment on an invoice."""
    wizard = (
        env["account.payment.register"]
        .with_context(active_model="account.move", active_ids=move.ids)
        .create({"amount": amount} if amount else {})
    )
    return wizard._create_payments()


def plan(env):
    """Tonight's run, committed."""
    company = env.company
    run = env["recouvrement.run"]._run(company, company._recouvrement_today())
    env.cr.commit()
    return run
