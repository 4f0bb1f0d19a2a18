from odoo import http
from odoo.http import request

from ..models.recouvrement_customer_portal import PATH
from .portal import PAGE, to_id
from .portal_answers import SMALL, RecouvrementPortalAnswers


class RecouvrementPortalPlan(RecouvrementPortalAnswers):
    """A payment plan: read it, accept it."""

    def _plan_page(self, visit, plan, problem=""):
        return self._render(
            "portal_plan",
            visit,
            title=request.env._("Payment plan"),
            plan=plan,
            problem=problem or self._colleague_problem(visit),
            given=request.params,
        )

    @http.route(f"{PATH}/<string:key>/plan/<string:plan>", methods=["GET"], **PAGE)
    def statement_plan(self, key, plan):
        """The terms, and the form as long as it is to be accepted."""
        visit = self._visit(key)
        found = visit and visit.customer._portal_plan(to_id(plan))
        return self._plan_page(visit, found) if found else self._missing()

    @http.route(
        f"{PATH}/<string:key>/plan/<string:plan>/accept",
        methods=["POST"],
        max_content_length=SMALL,
        **PAGE,
    )
    def statement_plan_accept(self, key, plan, **params):
        """Accept the plan with a name."""
        visit = self._visit(key)
        found = visit and visit.customer._portal_plan(to_id(plan))
        if not found:
            return self._missing()

        def call(statement, trace):
            visit.customer._portal_accept_plan(
                found, params.get("name"), params.get("agreed"), visit.contact, trace
            )

        response, problem = self._send(visit, call, "plan")
        return response or self._plan_page(visit, found, problem)
