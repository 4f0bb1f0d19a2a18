"""Users and pages of the debtor's portal, for the tests of its routes."""

import re
from unittest import mock
from urllib.parse import urlsplit

from odoo import http
from odoo.tests import HttpCase, new_test_user

from ..models.recouvrement_portal_visit import FIRST
from .common import TODAY, RecouvrementCommon

MODULE = "recouvrement_auto"
INTERNAL = ("salesperson", "agent", "manager", "auditor")
PDF = b"%PDF-1.4\n%%EOF\n"
CSRF = re.compile(
    rb'csrf_token["\']?\s*[:=]\s*["\'][^"\']+["\']|value="[0-9a-f]{40}o\d*"'
)


class PortalCommon(RecouvrementCommon, HttpCase):
    """A customer with a portal user and a contact, another customer, each internal role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Portal Owner")
        cls.other = cls.make_debtor("Portal Other")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Nadia", "parent_id": cls.debtor.id, "email": "nadia@d.example"}
        )
        cls.invoice = cls.make_invoice(cls.debtor, 12, 1200)
        cls.invoice_2 = cls.make_invoice(cls.debtor, 4, 300)
        cls.foreign = cls.make_invoice(cls.other, 8, 77)
        Customer = cls.env["recouvrement.customer"]
        cls.customer = Customer._get_or_create(cls.company, cls.debtor.ids)
        cls.other_customer = Customer._get_or_create(cls.company, cls.other.ids)
        for login, partner in (
            ("owner", cls.debtor),
            ("contact", cls.contact),
            ("other", cls.other),
        ):
            cls.make_portal_user(login, partner)
        for role in INTERNAL:
            new_test_user(
                cls.env,
                f"p_{role}",
                groups=f"{MODULE}.{MODULE}_group_{role}",
                password=f"p_{role}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
        new_test_user(
            cls.env, "p_nobody", groups="base.group_user", password="p_nobody"
        )
        cls.token = cls.customer._portal_token(TODAY)

    @classmethod
    def make_portal_user(cls, login, partner):
        """A portal user of a partner; login and password ``p_<login>``."""
        return cls.env["res.users"].create(
            {
                "login": f"p_{login}",
                "password": f"p_{login}",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                "group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)],
            }
        )

    def setUp(self):
        super().setUp()
        for limiter in FIRST.values():
            limiter.clear()
        Statement = self.registry["recouvrement.statement"]
        # No printer of PDFs in unit tests: what it prints is proved elsewhere.
        for name in ("_pdf", "_invoice_pdf"):
            self.patch(Statement, name, mock.Mock(return_value=PDF))
        self.login()

    def login(self, login=None):
        """Sign in as ``p_<login>``, or be nobody."""
        self.authenticate(*((f"p_{login}",) * 2 if login else (None, None)))

    def line(self, move):
        """The only receivable line of an invoice."""
        return move.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def page(self, path="", key=None, **options):
        """GET a page below a key, the signed link by default."""
        options.setdefault("allow_redirects", False)
        return self.url_open(f"/my/statement/{key or self.token}{path}", **options)

    def post(self, path, data=None, key=None, csrf=True, **options):
        """POST a form below a key."""
        values = dict(data or {})
        if csrf:
            values["csrf_token"] = http.Request.csrf_token(self)
        options.setdefault("allow_redirects", False)
        return self.url_open(
            f"/my/statement/{key or self.token}{path}", data=values, **options
        )

    def same(self, answer):
        """Status and body of an answer without what changes by itself, and without the
        address asked for, which Odoo's website gives back in its own head."""
        path = urlsplit(answer.url).path.encode()
        return answer.status_code, CSRF.sub(b"", answer.content).replace(path, b"")

    def events(self, event):
        """Entries of the log of this customer."""
        return self.env["recouvrement.log"].search(
            [("customer_res_id", "=", self.customer.id), ("event", "=", event)]
        )
