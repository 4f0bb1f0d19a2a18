import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.pdf import merge_pdf

from ..tools.manifest import Archive

BATCH = 50  # customers whose files are made and kept together
MAX_MERGED = 1000  # beyond, one file of all is a burden for who opens it


class RecouvrementExport(models.Model):
    """Statements of account of many customers: by the dozens, resumed after each time slice.

    What is made stays with the export until the whole is put together: a worker that is
    stopped in between loses one batch, not the night.
    """

    _inherit = "recouvrement.export"

    statement_day = fields.Date(
        string="At",
        default=lambda self: self.env.company._recouvrement_today(),
        help="Today or any day of the past.",
    )
    statement_format = fields.Selection(
        [("pdf", "PDF"), ("xlsx", "XLSX"), ("both", "PDF and XLSX")],
        string="Format",
        default="pdf",
    )
    statement_packing = fields.Selection(
        [("zip", "One file per customer (ZIP)"), ("single", "One PDF of all")],
        string="Files",
        default="zip",
    )
    only_overdue = fields.Boolean(
        string="Only customers that are late",
        help="Otherwise every customer with something open.",
    )
    with_invoices = fields.Boolean(
        string="Join the open invoices",
        help="The PDF of each open invoice, as it was issued, beside the statement.",
    )

    @api.onchange("statement_packing")
    def _onchange_statement_packing(self):
        if self.statement_packing == "single":
            self.statement_format, self.with_invoices = "pdf", False

    def _statement_customers(self):
        """Files that the asker may read and that have something open at the day."""
        if self.customer_ids:
            customers = self.customer_ids
        else:
            customers = self.env["recouvrement.customer"].search(
                [("company_id", "=", self.company_id.id)]
            )
        customers.check_access("read")
        self.env.flush_all()
        items = self.env["recouvrement.open.item"]._query(
            self.company_id,
            self.statement_day,
            partner_ids=customers.partner_id.ids,
        )
        late = SQL(
            "HAVING COALESCE(SUM(residual) FILTER (WHERE due_date < %s), 0) > 0",
            self.statement_day,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM (%s) item WHERE residual <> 0 "
                "GROUP BY partner_id %s",
                items,
                late if self.only_overdue else SQL(""),
            )
        )
        wanted = {row[0] for row in rows}
        return customers.filtered(lambda c: c.partner_id.id in wanted)

    def _build_statements(self):
        """:return: False while statements are left to make"""
        if self.statement_packing == "single" and self.statement_format != "pdf":
            raise UserError(self.env._("One file of all statements is a PDF."))
        export = self._with_ticks()
        customers = self._statement_customers()
        if not customers:
            raise UserError(self.env._("Nobody has anything open at this day."))
        if self.statement_packing == "single" and len(customers) > MAX_MERGED:
            raise UserError(
                self.env._(
                    "More than %(maximum)s statements: take one file per customer.",
                    maximum=MAX_MERGED,
                )
            )
        made = self.part_ids.customer_id
        left = (customers - made).sorted(lambda c: (c.partner_id.name or "", c.id))
        for start in range(0, len(left), BATCH):
            batch = left[start : start + BATCH]
            export._make_parts(batch)
            number = start + len(batch)
            slice_left = export._tick(
                len(made) + number, len(customers), force=number == len(left)
            )
            if slice_left <= 0 and number < len(left):
                self.sudo().attempts = 0  # progress: nothing was interrupted
                return False
        self._pack_statements(len(customers))
        return True

    def _make_parts(self, customers):
        """What is asked for of each of a batch of customers."""
        Statement = self.env["recouvrement.statement"]
        statements = Statement._build_many(customers, self.statement_day)
        if self.statement_format in ("pdf", "both"):
            for customer, content in Statement._pdf_each(customers, self.statement_day):
                name = Statement._filename(statements[customer], "pdf")
                self._keep_part(customer, name, content)
        for customer, statement in statements.items():
            if self.statement_format in ("xlsx", "both"):
                name = Statement._filename(statement, "xlsx")
                self._keep_part(customer, name, Statement._xlsx(statement))
            if self.with_invoices:
                self._keep_invoices(customer, statement)

    def _keep_invoices(self, customer, statement):
        moves = {line.move_id for line in statement.lines}
        moves = self.env["account.move"].browse(moves)
        for pdf in moves.sudo().invoice_pdf_report_id:  # of his own customer
            self._keep_part(customer, pdf.name, pdf.raw)

    def _keep_part(self, customer, name, content):
        # parts are written by the making alone
        self.env["recouvrement.export.part"].sudo().create(
            {
                "export_id": self.id,
                "customer_id": customer.id,
                "name": name,
                "content": content,
            }
        )

    def _pack_statements(self, count):
        single = self.statement_packing == "single"
        day = fields.Date.to_string(self.statement_day)
        name = self._base_name(self.env._("Statements %(date)s", date=day))
        path = self._temporary(".pdf" if single else ".zip")
        try:
            if single:
                with open(path, "wb") as target:
                    target.write(merge_pdf(list(self._part_contents())))
            else:
                self._zip_parts(path)
            extension = "pdf" if single else "zip"
            self._finish(path, f"{name}.{extension}", count)
        finally:
            os.unlink(path)

    def _zip_parts(self, path):
        about = {**self._about(), "day": str(self.statement_day)}
        # the parts of this export alone, written by the making
        names = self.sudo().part_ids.mapped("name")
        with Archive(path, about) as archive:
            for name, content in zip(names, self._part_contents(), strict=True):
                archive.add(name, content or b"")
