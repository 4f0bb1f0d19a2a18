from datetime import date, timedelta
from unittest import mock

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.recouvrement_auto.tools.smtp_phases import SENT, Outcome

TODAY = date(2026, 3, 17)  # a Tuesday, no holiday around


class FakeTransport:
    """Takes every message and remembers it; stands for a mail server."""

    def __init__(self):
        self.taken = []
        self.answer = lambda recipient: Outcome(SENT, "done", "250 queued")

    def send(self, sender, recipient, payload, deadline):
        """Answer as scripted."""
        outcome = self.answer(recipient)
        if outcome.state == SENT:
            self.taken.append((recipient, payload))
        return outcome

    def close(self):
        """Nothing to leave."""


@tagged("post_install", "-at_install")
class RecouvrementCommon(AccountTestInvoicingCommon):
    """A company ready to chase on ``TODAY``, with one standard scenario."""

    @classmethod
    def get_default_groups(cls):
        """EXTENDS 'account': the test user manages the collection."""
        return super().get_default_groups() | cls.quick_ref(
            "recouvrement_auto.recouvrement_auto_group_manager"
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.agent = cls.env.user
        cls.agent.partner_id.email = "agent@negoce.example"
        # The test database is a copy of a prepared one: confirm it as a person would.
        cls.env["recouvrement.fingerprint"].sudo()._confirm()
        cls.env["ir.mail_server"].sudo().create(
            {
                "name": "none",
                "smtp_host": "mail.invalid",
                "smtp_authentication": "login",
            }
        )
        cls.env["recouvrement.scenario"].sudo().search([]).write({"active": False})
        cls.scenario = cls.make_scenario("Standard", "test_standard")
        cls.company.write(
            {
                "email": "compta@negoce.example",
                "recouvrement_mode": "auto",
                "recouvrement_release": "immediate",
                "recouvrement_any_hour": True,
                "recouvrement_bank_stale_days": 0,
                "recouvrement_user_id": cls.agent.id,
                "recouvrement_scenario_id": cls.scenario.id,
            }
        )
        cls.freeze(TODAY)

    @classmethod
    def freeze(cls, day):
        """Make ``day`` the local day of every company."""
        patcher = mock.patch.object(
            cls.registry["res.company"], "_recouvrement_today", lambda self: day
        )
        patcher.start()
        cls.addClassCleanup(patcher.stop)

    def travel(self, day):
        """Go to ``day`` until the end of the test."""
        company = self.registry["res.company"]
        self.patch(company, "_recouvrement_today", lambda this: day)

    @classmethod
    def make_scenario(cls, name, code, steps=None, **values):
        """A scenario; ``steps`` are ``(code, delay, channel, tone, mode)``."""
        steps = steps or [
            ("pre_due", -5, "email", "courteous", "auto"),
            ("reminder_1", 3, "email", "courteous", "auto"),
            ("reminder_2", 10, "email", "precise", "auto"),
            ("call", 20, "call", "firm", "auto"),
            ("formal_notice", 30, "letter", "formal", "confirm"),
        ]
        defaults = {"max_contacts_7": 9, "max_contacts_30": 30, "end_delay_days": 8}
        return cls.env["recouvrement.scenario"].create(
            {
                "name": name,
                "code": code,
                **defaults,
                **values,
                "line_ids": [
                    Command.create(
                        {
                            "name": step,
                            "code": step,
                            "delay": delay,
                            "channel": channel,
                            "tone": tone,
                            "mode": mode,
                            "template_id": cls.make_template(code, step, channel, tone),
                        }
                    )
                    for step, delay, channel, tone, mode in steps
                ],
            }
        )

    @classmethod
    def make_template(cls, scenario, step, channel, tone):
        """Id of a text for a written step, False for the others."""
        if channel not in ("email", "letter"):
            return False
        return (
            cls.env["recouvrement.template"]
            .create(
                {
                    "name": f"{scenario} {step}",
                    "code": f"{scenario}_{step}",
                    "channel": channel,
                    "tone": tone,
                    "subject": "{{ company_name }}: invoice {{ leader_number }}",
                    "body": "<p>Dear {{ contact_name }}</p>{{ items_table }}"
                    "{{ signature }}",
                }
            )
            .id
        )

    @classmethod
    def make_debtor(cls, name, **values):
        """A business customer that can be written to and called."""
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{name.lower().replace(' ', '.')}@debtor.example",
                "phone": "+33 1 99 00 12 34",
                "street": "1 rue des Lilas",
                "zip": "69100",
                "city": "Villeurbanne",
                "country_id": cls.env.ref("base.fr").id,
                "lang": "en_US",
                **values,
            }
        )

    @classmethod
    def make_invoice(cls, partner, late, amount=100.0, post=True, **values):
        """An invoice whose due date lies ``late`` days before ``TODAY``."""
        due = TODAY - timedelta(late)
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": due - timedelta(30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Tiles", "price_unit": amount, "tax_ids": False}
                    )
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def plan(self, day=TODAY, kind=None):
        """Tonight's run of the company."""
        return self.env["recouvrement.run"].sudo()._run(self.company, day, kind)

    def reminder_of(self, run, partner):
        """The reminder of a customer in a run; at most one exists."""
        found = run.reminder_ids.filtered(
            lambda r: r.partner_id == partner.commercial_partner_id
        )
        self.assertLessEqual(len(found), 1)
        return found

    def outcome_of(self, run, partner):
        """``(state, reason)`` of a customer in a run."""
        reminder = self.reminder_of(run, partner)
        return (reminder.state, reminder.reason_code or False) if reminder else None

    def send(self, answer=None):
        """Send what is due through a fake mail server; returns it."""
        transport = FakeTransport()
        if answer:
            transport.answer = answer
        email = self.registry["recouvrement.channel.email"]
        with (
            mock.patch.object(email, "_open_transport", lambda *a: transport),
            mock.patch.object(email, "_is_ready", lambda *a: True),
        ):
            self.env["recouvrement.run"].sudo()._send_due()
        return transport

    def pay(self, moves, amount=None, day=TODAY):
        """Register a payment on invoices."""
        values = {"payment_date": day}
        if amount:
            values["amount"] = amount
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create(values)
        )
        return wizard._create_payments()


class OneDebtorCommon(RecouvrementCommon):
    """One debtor, his overdue invoices (``INVOICES``: days late, amount) and his file."""

    INVOICES = ((5, 500.0),)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.make_debtor("One Debtor")
        cls.moves = cls.env["account.move"]
        for late, amount in cls.INVOICES:
            cls.moves += cls.make_invoice(cls.partner, late=late, amount=amount)
        cls.move = cls.moves[0]
        cls.customer = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.partner.ids
        )
        cls.customer.nature = "standard"
