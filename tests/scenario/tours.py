"""What browser tours start from: a person who logs in, a debtor, an unpaid invoice."""

from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user


class TourCase(HttpCase):
    """A company whose tours need no real mail server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company

    @classmethod
    def make_user(cls, role, login):
        """A user with a role of the collection."""
        return new_test_user(
            cls.env,
            login,
            groups=f"recouvrement_auto.recouvrement_auto_group_{role}",
            email=f"{login}@negoce.example",
        )

    @classmethod
    def make_agent(cls, login, **values):
        """The company's agent, no night held back by the bank, a server that is not asked."""
        agent = cls.make_user("agent", login)
        cls.company.write(
            {
                "recouvrement_bank_stale_days": 0,
                "recouvrement_closed_days": True,
                "recouvrement_user_id": agent.id,
                **values,
            }
        )
        cls.env["ir.mail_server"].sudo().create(
            {"name": "none", "smtp_host": "mail.invalid"}
        )
        return agent

    @classmethod
    def make_debtor(cls, name, **values):
        """A French company."""
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "lang": "en_US",
                "country_id": cls.env.ref("base.fr").id,
                **values,
            }
        )

    @classmethod
    def make_debt(cls, partner, late, amount=900.0):
        """A posted invoice that is ``late`` days late."""
        due = cls.company._recouvrement_today() - timedelta(late)
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
            }
        )
        move.action_post()
        return move
