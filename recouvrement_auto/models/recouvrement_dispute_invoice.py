from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..tools.pdf import is_whole


class RecouvrementDispute(models.Model):
    """The invoice as whoever solves the dispute sees it, without any right on invoices."""

    _inherit = "recouvrement.dispute"

    invoice_lines = fields.Html(
        string="Lines of the invoice", compute="_compute_invoice_lines", sanitize=False
    )

    @api.depends("move_id", "line_ids")
    @api.depends_context("lang")
    def _compute_invoice_lines(self):
        for dispute in self:
            # sudo: a solver reads the lines of the invoice that he solves, and no other
            dispute.invoice_lines = dispute.sudo()._lines_table()

    def _lines_table(self):
        """The lines as a table, escaped; contested ones in bold."""
        self.ensure_one()
        move = self.move_id
        if not move:
            return False
        rows = Markup("").join(
            self._line_row(line)
            for line in move.invoice_line_ids.filtered(
                lambda x: x.display_type == "product"
            )
        )
        head = self.env._(
            "Invoice of %(date)s, %(total)s with taxes, %(left)s left to pay",
            date=format_date(self.env, move.invoice_date),
            total=self._shown(move.amount_total),
            left=self._shown(move.amount_residual),
        )
        return Markup(
            "<div class='text-muted mb-1'>%s</div>"
            "<table class='table table-sm mb-0'><thead><tr><th>%s</th>"
            "<th class='text-end'>%s</th><th class='text-end'>%s</th>"
            "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            head,
            self.env._("Description"),
            self.env._("Quantity"),
            self.env._("Unit price"),
            self.env._("With taxes"),
            rows,
        )

    def _line_row(self, line):
        kind = "fw-bold" if line in self.line_ids else ""
        return Markup(
            "<tr class='%s'><td>%s</td><td class='text-end'>%s</td>"
            "<td class='text-end'>%s</td><td class='text-end'>%s</td></tr>"
        ) % (
            kind,
            line.name or "",
            formatLang(self.env, line.quantity, digits=2),
            self._shown(line.price_unit),
            self._shown(line.price_total),
        )

    def _shown(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def action_get_invoice(self):
        """The PDF of the invoice, kept once among the papers of the dispute."""
        self.ensure_one()
        self.check_access("read")
        attachment = self.sudo()._invoice_pdf()  # the papers of this dispute only
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def _invoice_pdf(self):
        move = self.move_id
        if not move:
            raise UserError(self.env._("The invoice does not exist any more."))
        kept = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("description", "=", f"move:{move.id}"),
            ],
            limit=1,
        )
        if kept:
            return kept
        content = move.invoice_pdf_report_id.raw or self._render_invoice(move)
        return self.env["ir.attachment"].create(
            {
                "name": f"{(move.name or '').replace('/', '_')}.pdf",
                "description": f"move:{move.id}",
                "res_model": self._name,
                "res_id": self.id,
                "raw": content,
                "mimetype": "application/pdf",
            }
        )

    def _render_invoice(self, move):
        """The invoice as Odoo prints it.

        :raises UserError: no real PDF came out
        """
        content, kind = (
            self.env["ir.actions.report"]
            .with_company(self.company_id)
            ._render_qweb_pdf("account.account_invoices", move.ids)
        )
        if not is_whole(content, kind):
            raise UserError(self.env._("The PDF of the invoice could not be made."))
        return content
