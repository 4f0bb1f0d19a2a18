from werkzeug.exceptions import BadRequest

from odoo import fields, http
from odoo.http import content_disposition, request

from ..models.recouvrement_aged_balance_xlsx import MIMETYPE
from ..report.recouvrement_aged_balance_report import DOWNLOAD_URL
from ..tools.aged_request import DEFAULT_LIMITS_TEXT, AgedRequest, parse_limits


class RecouvrementAutoReports(http.Controller):
    @http.route(DOWNLOAD_URL, type="http", auth="user", methods=["GET"], readonly=True)
    def aged_balance(self, **params):
        """The aged balance as XLSX. Rights are checked by the builder: role of ours,
        companies of the user, customers that he may see."""
        asked = self._aged_request(params)
        builder = request.env["recouvrement.aged.balance.xlsx"].with_context(
            allowed_company_ids=list(asked.company_ids)
        )
        content = builder._build(asked)
        name = builder._filename(asked)
        return request.make_response(
            content,
            [
                ("Content-Type", MIMETYPE),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )

    def _aged_request(self, params):
        try:
            day = fields.Date.to_date(params.get("date"))
            partners = self._ids(params.get("partners"))
            return AgedRequest(
                date=day or request.env.company._recouvrement_today(),
                company_ids=self._ids(params.get("companies"))
                or (request.env.company.id,),
                limits=parse_limits(params.get("limits") or DEFAULT_LIMITS_TEXT),
                group_by=params.get("group_by") or "partner_id",
                partner_ids=partners or None,
                details=params.get("details", "1") != "0",
            )
        except ValueError as error:
            raise BadRequest(
                request.env._("Date, columns, grouping or companies are not valid.")
            ) from error

    def _ids(self, text):
        return tuple(sorted({int(part) for part in (text or "").split(",") if part}))
