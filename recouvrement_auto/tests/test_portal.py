"""The debtor's page: what opens it, what does not, what it shows."""

import hashlib
import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..models.recouvrement_portal_visit import FIRST
from ..tools.portal_link import decode
from .common import TODAY
from .portal_common import PDF, PortalCommon


@tagged("post_install", "-at_install")
class TestPortalLink(PortalCommon):
    """Tokens: expiry, revocation, alteration, all with one answer."""

    def opens(self, token):
        return bool(self.env["recouvrement.customer"]._of_portal_token(token))

    def test_the_link_opens_the_statement(self):
        answer = self.page()
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.invoice.name, answer.text)
        self.assertNotIn(self.foreign.name, answer.text)
        self.assertEqual(answer.headers["Referrer-Policy"], "same-origin")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", answer.headers["X-Robots-Tag"])

    def test_no_tracker_of_a_website_reads_the_address(self):
        """The address is a key: scripts of others neither run nor are told of it."""
        for answer in (self.page(), self.page(key="1-1-" + "A" * 32)):
            policy = answer.headers["Content-Security-Policy"].split("; ")
            rules = dict(rule.split(" ", 1) for rule in policy)
            for kind in ("script-src", "connect-src", "img-src", "frame-src"):
                self.assertIn("'self'", rules[kind])
                self.assertNotIn("http", rules[kind])
                self.assertNotIn("*", rules[kind])

    def test_same_link_in_preview_and_in_what_leaves(self):
        """A function of file and day: nothing is written to make it."""
        before = self.env.cr.sql_log_count
        again = self.customer._portal_token(TODAY)
        self.assertEqual(again, self.token)
        self.assertNotEqual(self.customer._portal_token(TODAY + timedelta(1)), again)
        self.env.cr.execute("SELECT 1")
        self.assertLess(self.env.cr.sql_log_count - before, 6)

    def test_expiry(self):
        """Works until its last day included, then no more."""
        last = TODAY + timedelta(self.company.recouvrement_portal_days)
        self.assertEqual(decode(self.token).until, last)
        self.travel(last)
        self.assertTrue(self.opens(self.token))
        self.travel(last + timedelta(1))
        self.assertFalse(self.opens(self.token))

    def test_revocation(self):
        self.customer.action_revoke_portal_links()
        self.assertFalse(self.opens(self.token))
        self.assertTrue(self.opens(self.customer._portal_token(TODAY)))
        self.assertEqual(len(self.events("portal.revoked")), 1)

    def test_revocation_is_no_matter_of_readers(self):
        for role in ("salesperson", "auditor"):
            user = self.env["res.users"].search([("login", "=", f"p_{role}")])
            with self.assertRaises(AccessError):
                self.customer.with_user(user).action_revoke_portal_links()

    def test_no_link_without_days(self):
        """0 days: no link is made, and those made before stop."""
        self.company.recouvrement_portal_days = 0
        self.assertEqual(self.customer._portal_link(TODAY), "")
        self.assertFalse(self.opens(self.token))

    def test_every_failure_looks_the_same(self):
        """Absent, foreign, altered, expired, revoked: one status, one body."""
        flipped = ("A" if self.token[-1] != "A" else "B").join((self.token[:-1], ""))
        foreign_seal = self.other_customer._portal_token(TODAY).rpartition("-")[2]
        revoked = self.other_customer._portal_token(TODAY)
        self.other_customer.action_revoke_portal_links()
        expired = self.customer._portal_token(TODAY - timedelta(400))
        number, days, seal = self.token.split("-", 2)
        reference = self.same(self.page(key="1-1-" + "A" * 32))
        self.assertEqual(reference[0], 404)
        for token in (
            flipped,
            f"{number}-{days}-{foreign_seal}",
            f"zzzzz-{days}-{seal}",
            f"{number}-{days}x-{seal}",
            revoked,
            expired,
            "nothing",
            "9" * 30,
            str(self.customer.id),
            str(self.other_customer.id),
            "%00",
            "é",
        ):
            with self.subTest(token=token):
                self.assertEqual(self.same(self.page(key=token)), reference)
        for path in (
            f"/invoice/{self.foreign.id}",
            "/invoice/999999999",
            f"/invoice/{'9' * 30}",
            "/invoice/x",
            "/invoice/-1",
        ):
            with self.subTest(path=path):
                self.assertEqual(self.same(self.page(path)), reference)

    def test_the_short_link_opens_the_same_page(self):
        code = self.customer._portal_short_link(TODAY).rpartition("/")[2]
        answer = self.url_open(f"/f/{code}", allow_redirects=False)
        self.assertIn(answer.status_code, (302, 303))
        page = f"/my/statement/{self.token}?tick=overdue"
        self.assertTrue(answer.headers["Location"].endswith(page))
        self.assertEqual(answer.headers["Referrer-Policy"], "same-origin")
        self.company.recouvrement_portal_days = 0
        self.assertEqual(self.customer._portal_short_link(TODAY), "")

    def test_every_wrong_short_link_looks_the_same(self):
        """Altered, foreign, expired, revoked, no code: the answer of the page itself."""
        customers = (self.customer, self.other_customer)
        code, other = (
            customer._portal_short_link(TODAY).rpartition("/")[2]
            for customer in customers
        )
        old = self.customer._portal_short_link(TODAY - timedelta(400))
        self.other_customer.action_revoke_portal_links()
        reference = self.same(self.page(key="1-1-" + "A" * 32))
        flipped = code[:-1] + ("A" if code[-1] != "A" else "B")
        stolen = code[:-10] + other[-10:]
        for bad in (flipped, stolen, other, old.rpartition("/")[2], "x", "é", "9" * 30):
            with self.subTest(code=bad):
                answer = self.url_open(f"/f/{bad}", allow_redirects=False)
                self.assertEqual(self.same(answer), reference)

    def test_settings_have_limits(self):
        for field, value in (
            ("recouvrement_portal_days", -1),
            ("recouvrement_portal_days", 366),
            ("recouvrement_portal_answers", -1),
            ("recouvrement_portal_answers", 201),
        ):
            with self.assertRaises(ValidationError):
                self.company[field] = value

    def test_too_many_visits(self):
        """Beyond the rate of an address: 429, also for a good link."""
        self.env["ir.config_parameter"].sudo().set_param(
            "recouvrement_auto.portal_visits_per_minute", "3"
        )
        statuses = [self.page(key="nothing").status_code for _n in range(4)]
        self.assertEqual(statuses, [404, 404, 404, 429])
        self.assertEqual(self.page().status_code, 429)
        self.assertEqual(self.url_open("/f/x").status_code, 429)

    def test_workers_count_together(self):
        """What another worker counted is in the table, not in our memory."""
        Visit = self.env["recouvrement.portal.visit"].sudo()
        for _n in range(3):
            self.assertTrue(Visit._allow("page", "192.0.2.1", 3))
            FIRST["page"].clear()  # the next request meets another worker
        self.assertFalse(Visit._allow("page", "192.0.2.1", 3))
        self.assertTrue(Visit._allow("page", "192.0.2.2", 3))
        marks = Visit.search([], limit=10).mapped("mark")
        self.assertFalse([mark for mark in marks if "192" in mark])

    def test_visits_are_forgotten(self):
        Visit = self.env["recouvrement.portal.visit"].sudo()
        for age in (5, 15):
            at = fields.Datetime.now() - timedelta(minutes=age)
            Visit.create({"mark": f"m{age}", "at": at})
        Visit._gc_visits()
        self.assertEqual(Visit.search([], limit=10).mapped("mark"), ["m5"])

    def test_the_log_never_holds_the_link(self):
        self.page()
        self.page()
        entry = self.events("portal.opened")
        self.assertEqual(len(entry), 1, "once a day")
        self.assertNotIn(self.token, entry.payload)
        mark = hashlib.sha256(self.token.encode()).hexdigest()[:16]
        self.assertIn(mark, entry.payload)
        self.login("agent")
        self.travel(TODAY + timedelta(1))
        self.page()
        self.assertEqual(len(self.events("portal.opened")), 1, "a colleague is nobody")


@tagged("post_install", "-at_install")
class TestPortalStatement(PortalCommon):
    """Search, filter, order, languages, files."""

    def numbers(self, path):
        text = self.page(path).text
        found = {m.name: text.find(m.name) for m in (self.invoice, self.invoice_2)}
        return [
            name for name, at in sorted(found.items(), key=lambda x: x[1]) if at > 0
        ]

    def test_search_filter_order(self):
        one, two = self.invoice.name, self.invoice_2.name
        self.assertEqual(self.numbers(""), [one, two])
        self.assertEqual(self.numbers("?sort=number"), sorted([one, two]))
        self.assertEqual(self.numbers(f"?search={two}"), [two])
        self.assertEqual(self.numbers("?filter=not_due"), [])
        self.assertEqual(self.numbers("?filter=overdue&sort=amount"), [one, two])
        self.assertEqual(self.numbers("?filter=xx&sort=xx&page=-4"), [one, two])

    def test_search_is_escaped(self):
        """What is typed comes back as text."""
        answer = self.page("?search=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("<script>alert", answer.text)

    def test_names_are_escaped(self):
        self.debtor.name = "<img src=x onerror=alert(1)>"
        self.invoice_2.ref = "{{7*7}}<t t-out='1'/>"
        text = self.page().text
        self.assertNotIn("<img src=x", text)
        self.assertIn("{{7*7}}&lt;t", text)

    def test_the_invoice_of_the_link_is_ticked(self):
        text = self.page(f"?invoice={self.invoice.id}").text
        line = self.line(self.invoice)
        self.assertRegex(text, rf'id="i{line.id}"[^>]*checked')
        other = self.line(self.invoice_2)
        self.assertNotRegex(text, rf'id="i{other.id}"[^>]*checked')

    def test_forms_of_odoo_speak_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertIn('<html lang="fr-FR"', self.page("?lang=fr_FR").text)
        self.assertIn('<html lang="en-US"', self.page("?lang=en_US").text)

    def test_languages(self):
        """The customer's language first, then the one that the reader chooses."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        self.login()
        self.assertIn("Relevé de compte", self.page().text)
        self.assertIn("Statement of account", self.page("?lang=en_US").text)
        self.assertIn("Statement of account", self.page().text)
        self.assertIn("Statement of account", self.page("?lang=xx").text)

    def test_files(self):
        answer = self.page("/statement.xlsx")
        self.assertEqual(answer.status_code, 200)
        sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        names = {cell.value for cell in sheet["B"]}
        self.assertLessEqual({self.invoice.name, self.invoice_2.name}, names)
        self.assertNotIn(self.foreign.name, names)
        for path in ("/statement.pdf", f"/invoice/{self.invoice.id}"):
            answer = self.page(path)
            self.assertEqual((answer.status_code, answer.content), (200, PDF))
            self.assertIn("attachment", answer.headers["Content-Disposition"])
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(len(self.events("portal.document")), 3)

    def test_files_are_limited(self):
        statuses = [self.page("/statement.pdf").status_code for _n in range(31)]
        self.assertEqual(statuses, [200] * 30 + [429])

    def test_cost_does_not_grow(self):
        """As many queries for forty lines as for two."""

        def queries():
            self.page()  # the log entry of the day, caches
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.page().status_code, 200)
            return self.env.cr.sql_log_count - before

        few = queries()
        for number in range(38):
            self.make_invoice(self.debtor, number, 10 + number)
        self.assertLessEqual(queries(), few + 1)

    def test_choice_of_a_make_portal_user(self):
        """One company: straight to the page. Nothing yet: an empty statement."""
        self.login("owner")
        answer = self.url_open("/my/statement", allow_redirects=False)
        self.assertIn(f"/my/statement/{self.customer.id}", answer.headers["Location"])
        new = self.make_debtor("Brand New")
        self.make_portal_user("new", new)
        self.login("new")
        answer = self.url_open("/my/statement")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("settled", answer.text)
        self.assertIn("/my/statement", self.url_open("/my").text)
