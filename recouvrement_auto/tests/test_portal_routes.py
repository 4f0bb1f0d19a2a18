"""Each route of the debtor's page, for each kind of visitor.

``ROUTES`` is compared with the routes of our controllers: a new one without a row fails.
"""

import json
from datetime import timedelta

from odoo.tests import tagged

from ..controllers.portal import RATE_PARAMETER
from ..tools.upload import MAX_BYTES
from .common import TODAY
from .portal_common import INTERNAL, PortalCommon

OURS = "odoo.addons.recouvrement_auto.controllers"
BASE = "/my/statement"
# route: (method, path below the key or None for the choice of the portal user)
ROUTES = {
    BASE: ("GET", None),
    "/f/<string:code>": ("GET", None),
    f"{BASE}/<string:key>": ("GET", ""),
    f"{BASE}/<string:key>/statement.pdf": ("GET", "/statement.pdf"),
    f"{BASE}/<string:key>/statement.xlsx": ("GET", "/statement.xlsx"),
    f"{BASE}/<string:key>/notice.pdf": ("GET", "/notice.pdf"),
    f"{BASE}/<string:key>/invoice/<string:move>": ("GET", "/invoice/{invoice}"),
    f"{BASE}/<string:key>/pay": ("GET", "/pay?i={line}"),
    f"{BASE}/<string:key>/promise": ("GET", "/promise?i={line}"),
    f"{BASE}/<string:key>/promise/send": ("POST", "/promise/send"),
    f"{BASE}/<string:key>/dispute": ("GET", "/dispute?i={line}"),
    f"{BASE}/<string:key>/dispute/send": ("POST", "/dispute/send"),
    f"{BASE}/<string:key>/request": ("GET", "/request?i={line}"),
    f"{BASE}/<string:key>/request/send": ("POST", "/request/send"),
    f"{BASE}/<string:key>/plan/<string:plan>": ("GET", "/plan/{plan}"),
    f"{BASE}/<string:key>/plan/<string:plan>/accept": ("JSON", "/plan/{plan}/accept"),
    f"{BASE}/<string:key>/transaction/<string:lines>": ("JSON", "/transaction/{line}"),
}
OWN = ("owner", "contact")
STRANGERS = ("other", None, "nobody", *INTERNAL)


@tagged("post_install", "-at_install")
class TestPortalRoutes(PortalCommon):
    """Public, portal owner, contact of the same company, another customer, every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.nature = "consumer"  # the notice is for natural persons only
        # these tests come more often in a minute than a debtor may
        cls.env["ir.config_parameter"].sudo().set_param(RATE_PARAMETER, 100_000)
        line = cls.invoice_2.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        cls.payment_plan = cls.env["recouvrement.payment.plan"]._propose(
            cls.customer, line, [(TODAY + timedelta(10), 300.0)]
        )

    def our_rules(self):
        """``{path: endpoint}`` of the routes that our controllers define."""
        modules = sorted(self.registry._init_modules)
        rules = self.env["ir.http"]._generate_routing_rules(modules, {})
        return {
            url: endpoint
            for url, endpoint in rules
            if endpoint.original_endpoint.__module__.startswith(OURS)
        }

    def test_every_route_has_a_row(self):
        self.assertEqual(set(self.our_rules()), set(ROUTES))

    def test_settings_of_the_routes(self):
        """Forms carry the token against forged requests, none of ours turns it off, and
        nothing but the choice asks for a login."""
        for path, endpoint in self.our_rules().items():
            routing = endpoint.routing
            with self.subTest(route=path):
                self.assertNotEqual(routing.get("csrf"), False)
                if routing["methods"] == ["POST"] and routing["type"] == "http":
                    limit = 64 * 1024 + (MAX_BYTES if "dispute" in path else 0)
                    self.assertLessEqual(routing["max_content_length"], limit)
                self.assertEqual(routing["auth"], "user" if path == BASE else "public")
                self.assertTrue(routing["methods"])

    def call(self, route, key):
        """Status of one call; JSON routes answer 200 or the code of their error."""
        method, path = ROUTES[route]
        values = {
            "invoice": self.invoice.id,
            "line": self.line(self.invoice).id,
            "plan": self.payment_plan.id,
        }
        path = path.format(**values)
        if method == "GET":
            return self.page(path, key=key).status_code
        if method == "POST":
            return self.post(path, key=key).status_code
        answer = self.url_open(
            f"{BASE}/{key}{path}",
            data=json.dumps({"params": {}}),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer.get("error", {}).get("code", 200)

    def test_by_login(self):
        """The id of a file opens for the users of that customer and for nobody else."""
        for route, (_method, path) in ROUTES.items():
            if path is None:
                continue
            for login in (*OWN, *STRANGERS):
                self.login(login)
                status = self.call(route, self.customer.id)
                with self.subTest(route=route, login=login):
                    if login in OWN:
                        self.assertNotEqual(status, 404)
                    else:
                        self.assertEqual(status, 404)

    def test_by_link(self):
        """The signed link opens for whoever holds it; a wrong one for nobody."""
        wrong = self.token[:-1] + ("A" if self.token[-1] != "A" else "B")
        for route, (_method, path) in ROUTES.items():
            if path is None:
                continue
            for login in (*OWN, *STRANGERS):
                self.login(login)
                with self.subTest(route=route, login=login):
                    self.assertNotEqual(self.call(route, self.token), 404)
                    self.assertEqual(self.call(route, wrong), 404)

    def test_the_choice_is_for_portal_users(self):
        for login in ("owner", "contact"):
            self.login(login)
            answer = self.url_open(BASE, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
        for login in ("nobody", *INTERNAL):
            self.login(login)
            answer = self.url_open(BASE, allow_redirects=False)
            self.assertEqual(answer.status_code, 404)
        self.login()
        answer = self.url_open(BASE, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_another_company_of_the_group(self):
        """A portal user sees his files of his companies only."""
        away = self.env["res.company"].create({"name": "Away"})
        file = self.env["recouvrement.customer"]._get_or_create(away, self.debtor.ids)
        self.login("owner")
        self.assertEqual(self.page(key=file.id).status_code, 404)

    def test_a_contact_and_its_company_share_the_page(self):
        """As in Odoo's own portal: the contact reads what the company owes."""
        for login in OWN:
            self.login(login)
            self.assertIn(self.invoice.name, self.page(key=self.customer.id).text)
