import logging

from odoo import api, fields, models

from ..const import DEFERRED, QUEUED
from ..tools.pdf import is_whole

_logger = logging.getLogger(__name__)

MAX_BYTES = 8 * 1024 * 1024
MAX_INVOICES = 10


class RecouvrementReminder(models.Model):
    """Invoices joined to a reminder. PDFs are made before the sending, one by one, because
    a renderer that hangs must not hold a claim."""

    _inherit = "recouvrement.reminder"

    attachments_ready = fields.Boolean(readonly=True, default=True)

    def _step_options(self):
        """Options of the step as frozen in the scenario version."""
        self.ensure_one()
        return self.version_id._steps().get(self.step_code) or {}

    @api.model
    def _prepare_attachments(self):
        """Make the invoice PDFs of the queued reminders whose step joins them.

        :return: ``(made, finished)``; not finished when the time slice ended first
        """
        Run = self.env["recouvrement.run"]
        reminders = self.search(
            [
                ("state", "in", (QUEUED, DEFERRED)),
                ("attachments_ready", "=", False),
                "|",
                ("run_id", "=", False),
                ("run_id.state", "=", "released"),
            ],
            order="id",
        )
        Run._checkpoint(remaining=len(reminders))
        for done, reminder in enumerate(reminders, 1):
            reminder._make_attachments()
            if Run._checkpoint(1) <= 0:
                return done, done == len(reminders)
        return len(reminders), True

    def _make_attachments(self):
        """PDFs of the asked invoices; a failure is written on the reminder, which leaves
        without the file only when its text does not promise it."""
        self.ensure_one()
        if self._step_options().get("attach_invoices"):
            moves = self._asked_invoices()
            for move in moves[:MAX_INVOICES]:
                if move.invoice_pdf_report_id or self._cached_pdf(move):
                    continue
                try:
                    self._render_invoice(move)
                except Exception as error:  # noqa: BLE001 - a renderer fails in many ways
                    _logger.warning("No PDF for invoice %s: %s", move.id, error)
                    self._update_state("held", "attachment_failed", str(error)[:200])
                    return
        self.attachments_ready = True

    def _asked_invoices(self):
        moves = self.env["account.move"].browse(self._asked_move_ids()).exists()
        return moves.filtered(lambda m: m.is_sale_document())

    def _cached_pdf(self, move):
        return self.attachment_ids.filtered(
            lambda a: a.description == f"move:{move.id}"
        )

    def _render_invoice(self, move):
        """The invoice as Odoo prints it. Never rendered again once sent officially."""
        content, kind = (
            self.env["ir.actions.report"]
            .with_company(self.company_id)
            .with_context(lang=self.lang)
            ._render_qweb_pdf("account.account_invoices", move.ids)
        )
        if not is_whole(content, kind):
            raise ValueError(self.env._("the PDF renderer is not available"))
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{(move.name or 'invoice').replace('/', '_')}.pdf",
                "description": f"move:{move.id}",
                "res_model": self._name,
                "res_id": self.id,
                "raw": content,
                "mimetype": "application/pdf",
            }
        )
        self.attachment_ids = [(4, attachment.id)]

    def _attachment_parts(self):
        """``(name, bytes, type)`` of the invoices still asked, within the size limit."""
        parts, size = [], 0
        if not self._step_options().get("attach_invoices"):
            return parts
        for move in self._asked_invoices()[:MAX_INVOICES]:
            source = move.invoice_pdf_report_id or self._cached_pdf(move)[:1]
            content = source.raw if source else b""
            if not content or size + len(content) > MAX_BYTES:
                continue
            size += len(content)
            parts.append((source.name, content, "application/pdf"))
        return parts
