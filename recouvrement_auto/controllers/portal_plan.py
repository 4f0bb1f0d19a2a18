from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.recouvrement_customer_portal import PATH
from .portal import PAGE, to_id
from .portal_answers import RecouvrementPortalAnswers

SIGNATURE = 1024 * 1024  # bytes of a drawn signature with its envelope


class RecouvrementPortalPlan(RecouvrementPortalAnswers):
    """A payment plan: read it, sign it."""

    def _plan_page(self, visit, plan):
        return self._render(
            "portal_plan",
            visit,
            title=request.env._("Payment plan"),
            plan=plan,
            problem=self._colleague_problem(visit),
        )

    @http.route(f"{PATH}/<string:key>/plan/<string:plan>", methods=["GET"], **PAGE)
    def statement_plan(self, key, plan):
        """The terms, and the signature as long as it is to be accepted."""
        visit = self._visit(key)
        found = visit and visit.customer._portal_plan(to_id(plan))
        return self._plan_page(visit, found) if found else self._missing()

    @http.route(
        f"{PATH}/<string:key>/plan/<string:plan>/accept",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        max_content_length=SIGNATURE,
    )
    def statement_plan_accept(self, key, plan, name="", signature="", **_other):
        """Accept the plan with a name and a signature, as Odoo's own form sends them.

        :return: what that form waits for: where to go, or the ``error`` to show
        """
        visit = self._visit(key)
        found = visit and visit.customer._portal_plan(to_id(plan))
        if not found:
            raise request.not_found()
        problem = self._colleague_problem(visit)
        if problem:
            return {"error": problem}
        try:
            with request.env.cr.savepoint():
                visit.customer._portal_accept_plan(
                    found, name, signature, visit.contact, self._trace(visit)
                )
        except UserError as error:
            return {"error": str(error)}
        return {"force_refresh": True, "redirect_url": visit.url() + "?done=plan"}
