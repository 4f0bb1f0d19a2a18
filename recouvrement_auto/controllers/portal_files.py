from werkzeug.exceptions import TooManyRequests

from odoo import http
from odoo.http import content_disposition, request

from ..models.recouvrement_customer_portal import PATH
from ..models.recouvrement_statement_print import XLSX
from .portal import PAGE, RecouvrementPortal, to_id

PDF = "application/pdf"


class RecouvrementPortalFiles(RecouvrementPortal):
    """The statement and the invoices as files."""

    @http.route(f"{PATH}/<string:key>/statement.pdf", methods=["GET"], **PAGE)
    def statement_pdf(self, key):
        """The statement of today as a PDF."""
        visit = self._visit(key)
        if not visit:
            return self._missing()
        self._count_document(visit)
        lang = request.env.lang
        Statement = request.env["recouvrement.statement"].sudo()  # see ``Visit``
        content = Statement._pdf(visit.customer, lang=lang)
        statement = Statement._build(visit.customer, lang=lang)
        self._log_document(visit, "statement.pdf")
        return self._file(content, PDF, Statement._filename(statement, "pdf"))

    @http.route(f"{PATH}/<string:key>/statement.xlsx", methods=["GET"], **PAGE)
    def statement_xlsx(self, key):
        """The statement of today as a workbook."""
        visit = self._visit(key)
        if not visit:
            return self._missing()
        self._count_document(visit)
        Statement = request.env["recouvrement.statement"].sudo()  # see ``Visit``
        statement = Statement._build(visit.customer, lang=request.env.lang)
        self._log_document(visit, "statement.xlsx")
        return self._file(
            Statement._xlsx(statement), XLSX, Statement._filename(statement, "xlsx")
        )

    @http.route(f"{PATH}/<string:key>/notice.pdf", methods=["GET"], **PAGE)
    def statement_notice(self, key):
        """How the data of a natural person are used, as a PDF."""
        visit = self._visit(key)
        if not visit or not visit.customer.is_natural_person:
            return self._missing()
        self._count_document(visit)
        content = visit.customer._notice_pdf(lang=request.env.lang)
        self._log_document(visit, "notice.pdf")
        return self._file(content, PDF, f"{visit.customer._notice_name()}.pdf")

    @http.route(f"{PATH}/<string:key>/invoice/<string:move>", methods=["GET"], **PAGE)
    def statement_invoice(self, key, move):
        """The PDF of an invoice or credit note of this customer."""
        visit = self._visit(key)
        found = visit and visit.customer._portal_invoice(to_id(move))
        if not found:
            return self._missing()
        self._count_document(visit)
        content = request.env["recouvrement.statement"].sudo()._invoice_pdf(found)
        self._log_document(visit, "invoice", moves=found.ids)
        name = f"{(found.name or 'invoice').replace('/', '_')}.pdf"
        return self._file(content, PDF, name)

    def _count_document(self, visit):
        # sudo: rows that nobody has rights on
        Visit = request.env["recouvrement.portal.visit"].sudo()
        if not Visit._allow("document", visit.customer.id):
            raise TooManyRequests()

    def _log_document(self, visit, kind, **values):
        if visit.is_colleague:
            return
        trace = self._trace(visit)
        trace["facts"]["kind"] = kind
        visit.customer._portal_log("portal.document", **trace, **values)

    def _file(self, content, mimetype, name):
        """Always saved, never shown inside our pages."""
        response = request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
        return self._sealed(response)
