from odoo import http
from odoo.http import request

from ..models.recouvrement_customer_portal import PATH, SHORT_PATH
from .portal import PAGE, RecouvrementPortal


class RecouvrementPortalShort(RecouvrementPortal):
    """The short link of a text message or a letter."""

    @http.route(f"{SHORT_PATH}/<string:code>", methods=["GET"], **PAGE)
    def statement_short(self, code):
        """To the debtor's page, with what is overdue ticked; whatever does not open it gets
        the answer of that page."""
        self._count_page()
        customer, token = request.env["recouvrement.customer"]._of_portal_code(code)
        if not customer:
            return self._missing()
        answer = request.redirect(f"{PATH}/{token}?tick=overdue", local=True)
        return self._sealed(answer)
