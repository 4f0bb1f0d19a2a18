import io

from odoo import api, models
from odoo.tools.pdf import PdfReader, PdfWriter

from ..tools.pdf import first_pages
from .recouvrement_statement_print import PRINTED


class RecouvrementStatement(models.AbstractModel):
    """The PDF of each of many customers, printed by the dozens.

    Starting the renderer and loading the style sheets takes longer than a page. A batch is
    printed as one document and cut at the pages that bear the reference of a statement. What
    cannot be cut for certain is printed one by one: nobody gets the page of another.
    """

    _inherit = "recouvrement.statement"

    @api.model
    def _pdf_each(self, customers, day=None, lang=None):
        """``(customer, content of his PDF)`` of each, in order; memory holds one batch.

        :param customers: ``recouvrement.customer`` records that the caller may read
        :raises UserError: no real PDF came out
        """
        customers.check_access("read")
        data = {"day": day and day.isoformat(), "lang": lang}
        for batch in self._batches(customers, PRINTED):
            contents = self._print_batch(batch, data, day)
            yield from zip(batch, contents, strict=True)

    @api.model
    def _print_batch(self, customers, data, day):
        """The PDF of each of these customers, in a list."""
        if len(customers) > 1:
            references = [
                self._reference(one, day or one.company_id._recouvrement_today())
                for one in customers
            ]
            contents = self._cut(self._print(customers, data), references)
            if contents:
                return contents
        return [self._print(customer, data) for customer in customers]

    @api.model
    def _reference(self, customer, day):
        """What a statement is quoted by: the file and the day."""
        return f"RC-{customer.id}-{day:%Y%m%d}"

    @api.model
    def _cut(self, content, references):
        """A PDF per reference, or None where the pages cannot be told apart."""
        pages = PdfReader(io.BytesIO(content), strict=False).pages
        starts = first_pages([page.extract_text() for page in pages], references)
        if starts is None:
            return None
        ends = [*starts[1:], len(pages)]
        return [
            self._written([pages[number] for number in range(start, end)])
            for start, end in zip(starts, ends, strict=True)
        ]

    @api.model
    def _written(self, pages):
        writer = PdfWriter()
        for page in pages:
            writer.add_page(page)
        target = io.BytesIO()
        writer.write(target)
        return target.getvalue()
