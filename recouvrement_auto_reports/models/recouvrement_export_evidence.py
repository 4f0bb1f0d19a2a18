import io
import os

from odoo import models

from odoo.addons.recouvrement_auto.const import SENT
from odoo.addons.recouvrement_auto.tools.hash_chain import canonical

from ..tools.manifest import Archive, file_name
from ..tools.safe_csv import SafeCsv


class RecouvrementExport(models.Model):
    """The evidence of one customer or invoice: what was sent, with its proofs, and the
    sealed log with its verifier, so that nobody has to believe us."""

    _inherit = "recouvrement.export"

    def _evidence_customer(self):
        """The collection file that the evidence is about."""
        if self.customer_ids:
            return self.customer_ids[0]
        return self.env["recouvrement.customer"].search(
            [
                ("partner_id", "=", self.move_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )

    def _build_evidence(self):
        """:return: False while entries are left to read"""
        if not self._with_ticks()._read_history():
            return False
        customer = self._evidence_customer()
        paths = [self._temporary(suffix) for suffix in (".csv", ".xlsx", ".zip")]
        try:
            count = self._write_history(paths[0], paths[1])
            name = file_name(
                " ".join(
                    filter(
                        None,
                        (
                            self.env._("Evidence"),
                            customer.partner_id.name,
                            self.move_id.name,
                        ),
                    )
                )
            )
            about = self._about_history(count)
            with Archive(paths[2], about) as archive:
                self._add_history(archive, paths, count)
                self._add_messages(archive, customer)
                self._add_invoices(archive, customer)
                self._add_chain(archive, customer)
                archive.add(self.env._("README") + ".txt", self._evidence_readme())
            self._finish(paths[2], f"{name}.zip", count)
        finally:
            for path in paths:
                os.unlink(path)
        return True

    def _add_history(self, archive, paths, count):
        title = file_name(self.env._("History"))
        archive.add_path(f"1-{title}.csv", paths[0], rows=count)
        archive.add_path(f"1-{title}.xlsx", paths[1], rows=count)

    # === MESSAGES === #

    def _evidence_reminders(self, customer):
        domain = [("customer_id", "=", customer.id), ("delivery_ids", "!=", False)]
        if self.move_id:
            domain.append(("item_ids.move_res_id", "=", self.move_id.id))
        if self.date_from:
            domain.append(("date", ">=", self.date_from))
        if self.date_to:
            domain.append(("date", "<=", self.date_to))
        return self.env["recouvrement.reminder"].search(domain, order="date, id")

    def _add_messages(self, archive, customer):
        """Per message: the very bytes whose SHA-256 is in the log, the same to read, and
        the files that went with it; then a table of all deliveries and their proofs."""
        reminders = self._evidence_reminders(customer)
        folder = file_name(self.env._("Messages"))
        for number, reminder in enumerate(reminders, 1):
            base = f"2-{folder}/{reminder.date:%Y-%m-%d} {reminder.id}"
            base += f" {file_name(reminder.step_name or reminder.step_code)}"
            if reminder.body:
                words = {"subject": reminder.subject or "", "body": str(reminder.body)}
                archive.add(
                    f"{base}.json",
                    canonical(words),
                    content_hash=reminder.content_hash or "",
                )
                archive.add(f"{base}.html", str(reminder.body).encode())
            # attachments of a message that the asker may read
            for attachment in reminder.sudo().attachment_ids:
                self._add_attachment(archive, f"{base} - {attachment.name}", attachment)
            self._tick(number, len(reminders))
        self._add_deliveries(archive, reminders.delivery_ids)

    def _add_attachment(self, archive, name, attachment):
        head, _slash, tail = name.rpartition("/")
        archive.add(f"{head}/{file_name(tail)}", attachment.raw or b"")

    def _add_deliveries(self, archive, deliveries):
        target = io.StringIO()
        table = SafeCsv(target, self._decimal_comma(), self._python_date())
        table.row(self._delivery_titles())
        labels = self._delivery_labels()
        for delivery in deliveries.sorted(lambda d: (d.day, d.id)):
            table.row(self._delivery_values(delivery, labels))
            proof = delivery.sudo().proof_id  # the proof of a delivery that he may read
            if proof:
                name = f"3-{self.env._('Proofs')}/{delivery.id} - {proof.name}"
                self._add_attachment(archive, name, proof)
        name = file_name(self.env._("Deliveries"))
        archive.add(f"3-{name}.csv", target.getvalue().encode(), rows=len(deliveries))

    def _delivery_labels(self):
        fields = self.env["recouvrement.delivery"]._fields
        return {
            name: dict(fields[name]._description_selection(self.env))
            for name in ("state", "reason_code")
        }

    def _delivery_titles(self):
        return [
            self.env._("Number"),
            self.env._("Message"),
            self.env._("Day"),
            self.env._("By"),
            self.env._("Address"),
            self.env._("Outcome"),
            self.env._("Why"),
            self.env._("Done at (UTC)"),
            self.env._("Answer of the server"),
            "Message-ID",
            self.env._("Registered letter number"),
            self.env._("Deposited on"),
            self.env._("Presented on"),
            self.env._("Received on"),
            self.env._("SHA-256 of the proof"),
        ]

    def _delivery_values(self, delivery, labels):
        done = delivery.done_at
        return [
            delivery.id,
            delivery.reminder_id.id,
            delivery.day,
            delivery.channel,
            delivery.address,
            labels["state"].get(delivery.state, delivery.state),
            labels["reason_code"].get(delivery.reason_code),
            done and done.isoformat(sep=" "),
            delivery.response if delivery.state != SENT or delivery.response else None,
            delivery.message_id,
            delivery.deposit_number,
            delivery.deposit_date,
            delivery.presentation_date,
            delivery.receipt_date,
            delivery.proof_hash,
        ]

    def _add_invoices(self, archive, customer):
        """The legal PDF of each invoice concerned, as it was issued."""
        moves = self.move_id
        if not moves:
            items = self._evidence_reminders(customer).item_ids
            moves = self.env["account.move"].browse(items.mapped("move_res_id"))
        folder = file_name(self.env._("Invoices"))
        for move in moves.exists().sorted("name"):
            pdf = move.sudo().invoice_pdf_report_id  # of an invoice of his customer
            if pdf:
                self._add_attachment(archive, f"4-{folder}/{pdf.name}", pdf)

    def _evidence_readme(self):
        text = self.env._(
            "1 History: every entry of the log about this customer or invoice.\n"
            "2 Messages: each as it left. The SHA-256 of the .json file is the "
            "fingerprint that stands in the log; the .html file is the same to read.\n"
            "3 Deliveries: one line per address, with the answer of the server and the "
            "dates of letters; proofs beside it.\n"
            "4 Invoices: as they were issued.\n"
            "5 Sealed log of the company: python3 verify_log.py log.csv --anchor "
            "anchor.jsonl says whether an entry was changed, removed or added. Compare "
            "the anchor with the one that the auditor received by e-mail.\n"
            'manifest.json: all files with their SHA-256; "sha256sum -c SHA256SUMS" '
            "proves that none was changed since.\n"
        )
        return text.encode()
