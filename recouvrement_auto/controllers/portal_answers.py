from datetime import date

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from ..models.recouvrement_customer_portal import PATH
from ..models.recouvrement_portal_request import KINDS
from ..tools.upload import MAX_BYTES
from .portal import PAGE, RecouvrementPortal, to_id

SMALL = 64 * 1024  # a form without file
LARGE = MAX_BYTES + SMALL
MAX_FILES = 1


class RecouvrementPortalAnswers(RecouvrementPortal):
    """Give a date, report a problem, ask for a paper, accept a payment plan.

    Each is a page with a form (GET) and its sending (POST); what is refused comes back on
    the form with the reason, and nothing of it is kept.
    """

    def _said(self, visit):
        """EXTENDS: what the customer told us."""
        return {"said": visit.customer._portal_said()}

    def _form(self, visit, name, title, problem="", **values):
        statement = self._statement(visit)
        return self._render(
            f"portal_{name}",
            visit,
            title=title,
            problem=problem or self._colleague_problem(visit),
            lines=self._chosen(visit, statement),
            given=request.params,
            **values,
        )

    def _colleague_problem(self, visit):
        if not visit.is_colleague:
            return ""
        return request.env._(
            "You see the customer's page: only the customer can answer here."
        )

    def _send(self, visit, call, done):
        """Run one answer on its own savepoint; ``(response, problem)``."""
        problem = self._colleague_problem(visit)
        if problem:
            return None, problem
        try:
            with request.env.cr.savepoint():
                call(self._statement(visit), self._trace(visit))
        except (UserError, ValidationError) as error:
            return None, str(error)
        return request.redirect(f"{visit.url()}?done={done}"), ""

    # === PROMISE === #

    def _promise_form(self, visit, problem=""):
        limits = visit.customer.env["recouvrement.promise"]._portal_limits(
            visit.customer
        )
        return self._form(
            visit,
            "promise",
            request.env._("Give a date"),
            problem or ("" if limits["allowed"] else limits["message"]),
            limits=limits,
            today=visit.customer.company_id._recouvrement_today(),
        )

    @http.route(f"{PATH}/<string:key>/promise", methods=["GET"], **PAGE)
    def statement_promise(self, key):
        """When will you pay?"""
        visit = self._visit(key)
        return self._promise_form(visit) if visit else self._missing()

    @http.route(
        f"{PATH}/<string:key>/promise/send",
        methods=["POST"],
        max_content_length=SMALL,
        **PAGE,
    )
    def statement_promise_send(self, key, **params):
        """Record the promise."""
        visit = self._visit(key)
        if not visit:
            return self._missing()

        def call(statement, trace):
            visit.customer._portal_promise(
                self._chosen(visit, statement),
                _to_day(params.get("date")),
                params.get("note"),
                visit.contact,
                trace,
            )

        response, problem = self._send(visit, call, "promise")
        return response or self._promise_form(visit, problem)

    # === DISPUTE === #

    def _dispute_form(self, visit, problem=""):
        Reason = visit.customer.env["recouvrement.dispute.reason"]
        return self._form(
            visit,
            "dispute",
            request.env._("Report a problem"),
            problem,
            reasons=Reason.search([("portal_allowed", "=", True)]),
            max_size=MAX_BYTES >> 20,
        )

    @http.route(f"{PATH}/<string:key>/dispute", methods=["GET"], **PAGE)
    def statement_dispute(self, key):
        """What is wrong?"""
        visit = self._visit(key)
        return self._dispute_form(visit) if visit else self._missing()

    @http.route(
        f"{PATH}/<string:key>/dispute/send",
        methods=["POST"],
        max_content_length=LARGE,
        **PAGE,
    )
    def statement_dispute_send(self, key, **params):
        """Open the dispute."""
        visit = self._visit(key)
        if not visit:
            return self._missing()

        def call(statement, trace):
            Reason = visit.customer.env["recouvrement.dispute.reason"]
            visit.customer._portal_dispute(
                self._chosen(visit, statement),
                Reason.browse(to_id(params.get("reason"))).exists(),
                _to_amount(params.get("amount")),
                params.get("note"),
                self._files(),
                visit.contact,
                trace,
            )

        response, problem = self._send(visit, call, "dispute")
        return response or self._dispute_form(visit, problem)

    def _files(self):
        """Contents of the papers; their names and types from outside are not used."""
        sent = request.httprequest.files.getlist("file")[:MAX_FILES]
        contents = [paper.read(MAX_BYTES + 1) for paper in sent if paper.filename]
        return contents

    # === REQUEST === #

    def _request_form(self, visit, problem=""):
        Request = visit.customer.env["recouvrement.portal.request"]
        labels = Request._fields["kind"]._description_selection(request.env)
        return self._form(
            visit, "request", request.env._("Ask for a document"), problem, kinds=labels
        )

    @http.route(f"{PATH}/<string:key>/request", methods=["GET"], **PAGE)
    def statement_request(self, key):
        """What do you need?"""
        visit = self._visit(key)
        return self._request_form(visit) if visit else self._missing()

    @http.route(
        f"{PATH}/<string:key>/request/send",
        methods=["POST"],
        max_content_length=SMALL,
        **PAGE,
    )
    def statement_request_send(self, key, **params):
        """Record the request."""
        visit = self._visit(key)
        if not visit:
            return self._missing()
        kind = params.get("kind") if params.get("kind") in dict(KINDS) else ""

        def call(statement, trace):
            visit.customer._portal_request(
                self._chosen(visit, statement),
                kind,
                params.get("note"),
                visit.contact,
                trace,
            )

        response, problem = self._send(visit, call, "request")
        return response or self._request_form(visit, problem)


def _to_day(text):
    """A day of a form; None for none, or one that does not exist."""
    try:
        return date.fromisoformat(str(text or "")[:10])
    except ValueError:
        return None


def _to_amount(text):
    """An amount of a form, with comma or point; None when it is left empty.

    :raises UserError: it is no amount
    """
    text = str(text or "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if not text:
        return None
    text = text.replace("\N{NARROW NO-BREAK SPACE}", "").replace(",", ".")
    digits = text.replace(".", "", 1)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        raise UserError(request.env._("Write the amount in figures, such as 120.50."))
    return float(text)
