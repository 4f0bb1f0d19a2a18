"""What a debtor says on his page: recorded, limited, told, logged."""

import base64
import hashlib
import io
import json
import socket
from datetime import timedelta
from urllib.parse import urlsplit

from PIL import Image

from odoo.tests import tagged

from ..tools.upload import MAX_BYTES, kind_of
from .common import TODAY
from .portal_common import PortalCommon

PAPER = b"%PDF-1.4\nx\n%%EOF\n"


def drawing():
    """A small PNG in base64, as the form of Odoo sends it."""
    target = io.BytesIO()
    Image.new("RGBA", (30, 10), (0, 0, 0, 90)).save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode()


DRAWN = drawing()


@tagged("post_install", "-at_install")
class TestPortalAnswer(PortalCommon):
    """Promises, disputes, requests, payment plans from the page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line_1, cls.line_2, cls.line_foreign = (
            move.line_ids.filtered(lambda line: line.display_type == "payment_term")
            for move in (cls.invoice, cls.invoice_2, cls.foreign)
        )
        cls.reason = cls.env["recouvrement.dispute.reason"].search(
            [("portal_allowed", "=", True)], limit=1
        )
        cls.day = TODAY + timedelta(10)

    def records(self, model, customer=None):
        customer = customer or self.customer
        return self.env[model].search([("customer_id", "=", customer.id)])

    def told(self, subject):
        """Notifications that left with this subject."""
        return self.env["mail.message"].search([("subject", "like", subject)])

    def promise(self, **data):
        values = {"i": self.line_1.id, "date": self.day.isoformat(), **data}
        return self.post("/promise/send", values)

    def dispute(self, files=None, **data):
        values = {
            "i": self.line_1.id,
            "reason": self.reason.id,
            "note": "Three bags are missing",
            **data,
        }
        return self.post("/dispute/send", values, files=files)

    def done(self, answer, word):
        self.assertEqual(answer.status_code, 303, answer.text[:200])
        self.assertTrue(answer.headers["Location"].endswith(f"?done={word}"))

    def refused(self, answer, words):
        self.assertEqual(answer.status_code, 200)
        self.assertIn(words, answer.text)

    # === PROMISE === #

    def test_promise(self):
        """Recorded for the lines ticked, the agent told by activity and mail, logged."""
        self.assertIn('type="date"', self.page(f"/promise?i={self.line_1.id}").text)
        both = [self.line_1.id, self.line_2.id]
        self.done(self.promise(i=both, note="By transfer"), "promise")
        promise = self.records("recouvrement.promise")
        self.assertEqual(
            (promise.date, promise.amount, promise.source, promise.state),
            (self.day, 1500, "portal", "running"),
        )
        self.assertEqual(promise.activity_ids.user_id, self.agent)
        told = self.told("Promise to pay from the customer")
        self.assertIn(self.agent.partner_id, told.notified_partner_ids)
        self.assertEqual(len(self.events("portal.promise")), 1)
        outcome = self.outcome_of(self.plan(), self.debtor)
        self.assertEqual(outcome, ("held", "promise"))
        text = self.page().text
        self.assertIn("promised for", text)
        self.assertIn("Promised for", text)

    def test_promise_limits(self):
        """Too late, past, no day, twice: the sentence says so, nothing is recorded."""
        far = TODAY + timedelta(self.company.recouvrement_promise_portal_days + 1)
        self.refused(self.promise(date=far.isoformat()), "Choose a day up to")
        past = TODAY - timedelta(1)
        self.refused(self.promise(date=past.isoformat()), "today or a later day")
        for text in ("", "2026-13-45", "<script>"):
            self.refused(self.promise(date=text), "Choose a day.")
        self.assertFalse(self.records("recouvrement.promise"))
        self.assertFalse(self.events("portal.promise"))

    def test_foreign_lines_are_never_promised(self):
        self.refused(self.promise(i=self.line_foreign.id), "Tick the invoices")
        self.assertFalse(self.records("recouvrement.promise", self.other_customer))

    def test_mass_assignment(self):
        """Other fields of the form change nothing."""
        self.done(
            self.promise(
                state="kept",
                amount="1",
                customer_id=self.other_customer.id,
                hold_until="2036-01-01",
                source="call",
            ),
            "promise",
        )
        promise = self.records("recouvrement.promise")
        self.assertEqual(
            (promise.amount, promise.source, promise.state), (1200, "portal", "running")
        )
        self.assertLess(promise.hold_until, self.day + timedelta(30))

    # === DISPUTE === #

    def test_dispute(self):
        """A part is contested with a paper; its owner is told, the rest stays due."""
        answer = self.dispute(
            {"file": ("../../<evil>.exe", PAPER, "text/html")}, amount="200,50"
        )
        self.done(answer, "dispute")
        dispute = self.records("recouvrement.dispute")
        self.assertEqual(
            (dispute.amount, dispute.whole, dispute.source, dispute.state),
            (200.5, False, "portal", "open"),
        )
        self.assertTrue(dispute.activity_ids.user_id)
        paper = self.env["ir.attachment"].search(
            [("res_model", "=", dispute._name), ("res_id", "=", dispute.id)]
        )
        number = self.invoice.name.replace("/", "_")
        self.assertEqual(paper.name, f"{number}_{TODAY}_1.pdf")
        self.assertEqual(paper.mimetype, "application/pdf")
        self.assertEqual(paper.raw, PAPER)
        self.assertFalse(paper.public or paper.access_token)
        entry = self.events("portal.dispute")
        self.assertIn('"files":1', entry.payload)
        self.assertNotIn(self.token, entry.payload)
        text = self.page().text
        self.assertIn("Disputed:", text)
        self.assertIn("999.50", self.page(f"/promise?i={self.line_1.id}").text)

    def test_dispute_of_several(self):
        """One dispute for each invoice ticked, each as a whole."""
        answer = self.dispute(i=[self.line_1.id, self.line_2.id])
        self.done(answer, "dispute")
        self.assertEqual(
            sorted(self.records("recouvrement.dispute").mapped("amount")), [300, 1200]
        )

    def test_dispute_refused(self):
        """Each with its sentence; nothing is kept of it."""
        hidden = self.reason.copy({"code": "hidden", "portal_allowed": False})
        for words, data in (
            ("Tick the invoices", {"i": self.line_foreign.id}),
            ("Choose what is wrong", {"reason": hidden.id}),
            ("Choose what is wrong", {"reason": "9" * 30}),
            ("Say in a few words", {"note": "  "}),
            ("at most 2000", {"note": "x" * 2001}),
            ("more than zero", {"amount": "0"}),
            ("at most what is left", {"amount": "1200.01"}),
            ("in figures", {"amount": "12e9"}),
            ("in figures", {"amount": "nan"}),
            (
                "for one invoice at a time",
                {"i": [self.line_1.id, self.line_2.id], "amount": "1"},
            ),
        ):
            with self.subTest(words=words, data=data):
                self.refused(self.dispute(**data), words)
        for content in (b"<svg onload=alert(1)>", b"MZ", b"#!/bin/sh"):
            self.refused(self.dispute({"file": ("a.pdf", content)}), "Join a PDF")
        self.refused(self.dispute({"file": ("a.pdf", b"")}), "empty")
        self.assertFalse(self.records("recouvrement.dispute"))
        self.assertFalse(self.events("portal.dispute"))

    def test_what_is_typed_is_kept_as_text(self):
        self.done(self.dispute(note="<script>alert(1)</script>{{7*7}}"), "dispute")
        dispute = self.records("recouvrement.dispute")
        owner = dispute.owner_id.partner_id
        told = self.told("Dispute to solve")
        self.assertIn(owner, told.notified_partner_ids)
        bodies = "".join(told.mapped("body"))
        self.assertIn("&lt;script&gt;", bodies)
        self.assertNotIn("<script>", bodies + self.page().text)

    # === LIMITS === #

    def test_answers_of_a_day(self):
        """After so many answers the page asks to call; other customers are not touched."""
        self.company.recouvrement_portal_answers = 2
        for _number in range(2):
            self.done(self.post("/request/send", {"kind": "order"}), "request")
        refused = self.post("/request/send", {"kind": "order"})
        self.refused(refused, "a lot for one day")
        token = self.other_customer._portal_token(TODAY)
        self.done(self.post("/request/send", {"kind": "order"}, key=token), "request")

    def test_files_of_a_day(self):
        self.env["recouvrement.log"]._append(
            "portal.dispute",
            company=self.company,
            customer=self.customer.id,
            facts={"files": 10, "size": 10},
        )
        paper = {"file": ("a.pdf", PAPER)}
        self.refused(self.dispute(paper), "a lot for one day")
        self.done(self.dispute(), "dispute")

    def test_too_large_is_refused_before_it_is_read(self):
        """128 MB announced: answered at once, without a byte of the body."""
        where = urlsplit(self.base_url())
        head = (
            f"POST /my/statement/{self.token}/dispute/send HTTP/1.1\r\n"
            f"Host: {where.netloc}\r\nContent-Length: {128 * 1024 * 1024}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n"
            "Connection: close\r\nCookie: "
        )
        with (
            self.allow_requests(),
            socket.create_connection((where.hostname, where.port), 20) as connection,
        ):
            cookies = "; ".join(f"{k}={v}" for k, v in self.opener.cookies.items())
            connection.sendall(f"{head}{cookies}\r\n\r\n".encode())
            answer = connection.recv(200)
        self.assertIn(b" 413 ", answer.split(b"\r\n")[0])
        self.assertFalse(self.records("recouvrement.dispute"))

    def test_a_file_a_little_too_large(self):
        body = b"%PDF-" + b"0" * MAX_BYTES
        self.refused(self.dispute({"file": ("a.pdf", body)}), "too large")

    def test_forged_requests(self):
        """Without the token of the session nothing is done."""
        for path in ("/promise/send", "/dispute/send", "/request/send"):
            answer = self.post(path, {"i": self.line_1.id}, csrf=False)
            self.assertEqual(answer.status_code, 400)

    def test_colleagues_do_not_answer(self):
        for role in ("agent", "manager", "salesperson", "auditor", "nobody"):
            self.login(role)
            for answer in (
                self.promise(),
                self.dispute(),
                self.post("/request/send", {"kind": "order"}),
            ):
                with self.subTest(role=role):
                    self.refused(answer, "only the customer can answer")
        for model in ("promise", "dispute", "portal.request"):
            self.assertFalse(self.records(f"recouvrement.{model}"))

    # === REQUEST, PLAN === #

    def test_request(self):
        """Told to the agent; the answer is shown on the page."""
        self.login("contact")
        values = {"kind": "delivery_note", "i": self.line_1.id, "note": "Signed one"}
        answer = self.post("/request/send", values, key=self.customer.id)
        self.done(answer, "request")
        request = self.records("recouvrement.portal.request")
        self.assertEqual(request.move_ids, self.invoice)
        self.assertEqual(request.contact_id, self.contact)
        self.assertEqual(request.activity_ids.user_id, self.agent)
        request.with_user(self.agent).answer = "Sent by e-mail today"
        request.with_user(self.agent).action_done()
        self.assertFalse(request.activity_ids)
        self.assertIn("Sent by e-mail today", self.page(key=self.customer.id).text)

    def test_request_refused(self):
        self.refused(self.post("/request/send", {"kind": "other"}), "your question")
        self.refused(self.post("/request/send", {"kind": "xx"}), "Choose what you need")
        self.assertFalse(self.records("recouvrement.portal.request"))

    def propose(self, customer=None, line=None):
        days = [(TODAY + timedelta(10), 600.0), (TODAY + timedelta(40), 600.0)]
        if customer:
            days = [(TODAY + timedelta(10), 77.0)]
        return self.env["recouvrement.payment.plan"]._propose(
            customer or self.customer, line or self.line_1, days
        )

    def sign(self, plan, name, signature):
        """Answer of the signature form, or the code of its error."""
        answer = self.url_open(
            f"/my/statement/{self.token}/plan/{plan.id}/accept",
            data=json.dumps({"params": {"name": name, "signature": signature}}),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer["result"] if "result" in answer else answer["error"]["code"]

    def test_plan(self):
        """Read, refused without name or signature, accepted: it runs, with its proof."""
        plan = self.propose()
        self.assertIn("600", self.page(f"/plan/{plan.id}").text)
        for name, drawn, problem in (
            ("J. Martin", "", "Sign in the box"),
            ("J. Martin", "not base64", "Sign in the box"),
            ("J. Martin", base64.b64encode(b"%PDF-1.4\n%%EOF").decode(), "Sign in"),
            (" ", DRAWN, "Say who signs"),
        ):
            self.assertIn(problem, self.sign(plan, name, drawn)["error"])
        self.assertEqual(plan.state, "proposed")
        answer = self.sign(plan, "J. Martin, CEO", DRAWN)
        self.assertEqual(answer["redirect_url"].rpartition("?")[2], "done=plan")
        self.assertEqual(plan.state, "running")
        self.assertEqual(plan.signer_name, "J. Martin, CEO")
        self.assertTrue(plan.signed_ip)
        self.assertIn("already settled", self.sign(plan, "J. Martin", DRAWN)["error"])
        page = self.page(f"/plan/{plan.id}").text
        self.assertIn("was accepted", page)
        self.assertIn("data:image/png;base64,", page)
        self.assertEqual(len(self.events("portal.plan")), 1)

    def test_the_drawn_signature_is_kept_with_its_hash(self):
        plan = self.propose()
        self.sign(plan, "J. Martin", DRAWN)
        self.assertTrue(kind_of(base64.b64decode(plan.signature)))
        (entry,) = self.events("plan.signed")
        digest = hashlib.sha256(base64.b64decode(plan.signature)).hexdigest()
        facts = json.loads(entry.payload)["facts"]
        self.assertEqual(facts["signature"], digest)
        self.assertEqual(facts["terms"], plan.document_hash)

    def test_a_colleague_does_not_sign(self):
        plan = self.propose()
        self.login("agent")
        self.assertIn("only the customer", self.sign(plan, "X", DRAWN)["error"])
        self.assertNotIn("portal.signature_form", self.page(f"/plan/{plan.id}").text)
        self.assertEqual(plan.state, "proposed")

    def test_plans_of_others_do_not_exist(self):
        plan = self.propose(self.other_customer, self.line_foreign)
        reference = self.same(self.page("/plan/999999999"))
        self.assertEqual(reference[0], 404)
        self.assertEqual(self.same(self.page(f"/plan/{plan.id}")), reference)
        self.assertEqual(self.sign(plan, "X", DRAWN), 404)
        self.assertEqual(plan.state, "proposed")
