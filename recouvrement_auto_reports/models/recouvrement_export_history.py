import os
from datetime import datetime, time, timedelta
from itertools import islice

import pytz

from odoo import fields, models

from odoo.addons.recouvrement_auto.tools.xlsx_book import MAX_ROWS, Book, Column

from ..tools.manifest import Archive, file_name
from ..tools.safe_csv import SafeCsv

ROWS_PER_SHEET = MAX_ROWS - 10
_EXCEL_DATE = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mmm"}


class RecouvrementExport(models.Model):
    """The history of actions as XLSX and CSV with a manifest: for auditors."""

    _inherit = "recouvrement.export"

    def _build_history(self):
        """:return: False while entries are left to read"""
        if not self._with_ticks()._read_history():
            return False
        csv_path, xlsx_path = self._temporary(".csv"), self._temporary(".xlsx")
        zip_path = self._temporary(".zip")
        try:
            count = self._write_history(csv_path, xlsx_path)
            name = self._base_name(self.env._("Collection history"))
            about = self._about_history(count)
            with Archive(zip_path, about) as archive:
                archive.add_path(f"{name}.csv", csv_path, rows=count)
                archive.add_path(f"{name}.xlsx", xlsx_path, rows=count)
                archive.add(self.env._("README") + ".txt", self._history_readme())
            self._finish(zip_path, f"{name}.zip", count)
        finally:
            for path in (csv_path, xlsx_path, zip_path):
                os.unlink(path)
        return True

    def _write_history(self, csv_path, xlsx_path):
        """Both files from what was read; the number of entries."""
        columns = self._history_columns()
        with open(csv_path, "w", encoding="utf-8", newline="") as target:
            table = SafeCsv(target, self._decimal_comma(), self._python_date())
            table.row([column.title for column in columns])
            for values in self._kept_rows():
                table.row(values)
        count = sum(self.sudo().part_ids.mapped("entry_count"))  # of this export
        title = self.env._("Collection history")
        with Book(xlsx_path, self._excel_date(), title=title) as book:
            for start in range(0, max(count, 1), ROWS_PER_SHEET):
                stop = min(start + ROWS_PER_SHEET, count)
                self._write_history_sheet(book, title, columns, start, stop)
        return count

    def _write_history_sheet(self, book, title, columns, start, stop):
        """The entries from ``start`` to before ``stop``, counted from 0, on a sheet."""
        number = start // ROWS_PER_SHEET + 1
        sheet = book.sheet(title if number == 1 else f"{title} {number}")
        sheet.head(0, columns)
        sheet.table(1, columns, islice(self._kept_rows(), start, stop))
        sheet.layout(0, stop - start, columns, 2, title)

    # === ROWS === #

    def _history_domain(self):
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id)]
        zone = pytz.timezone(self.env.user.tz or "UTC")

        def moment(day):
            local = zone.localize(datetime.combine(day, time.min))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        if self.date_from:
            domain.append(("at", ">=", moment(self.date_from)))
        if self.date_to:
            domain.append(("at", "<", moment(self.date_to + timedelta(days=1))))
        if self.customer_ids:
            domain.append(("customer_res_id", "in", self.customer_ids.ids))
        if self.move_id:
            domain.append(("move_id", "=", self.move_id.id))
        return domain

    def _history_values(self, entry, seals):
        local = fields.Datetime.context_timestamp(self, entry.at)
        seq, link = seals.get(entry.id, (None, None))
        return (
            entry.id,
            local.date(),
            f"{local:%H:%M:%S}",
            entry.event_label,
            entry.actor_label,
            entry.customer_label,
            entry.channel_label,
            entry.step_label or None,
            entry.state_label,
            entry.reason_label,
            float(entry.amount) if entry.amount else None,
            entry.move_label,
            entry.detail or None,
            entry.content_hash or None,
            seq,
            link,
        )

    def _history_columns(self):
        currency = self.company_id.currency_id.name
        return [
            Column(self.env._("Number"), "int", 9),
            Column(self.env._("Date"), "date", 11),
            Column(self.env._("Time"), "code", 9),
            Column(self.env._("What happened"), "text", 30),
            Column(self.env._("Who"), "text", 20),
            Column(self.env._("Customer"), "text", 30),
            Column(self.env._("By"), "text", 11),
            Column(self.env._("Step"), "text", 24),
            Column(self.env._("Outcome"), "text", 14),
            Column(self.env._("Why"), "text", 34),
            Column(self.env._("Amount %(currency)s", currency=currency), "money", 14),
            Column(self.env._("Invoices"), "text", 26),
            Column(self.env._("Details"), "text", 44),
            Column(self.env._("Fingerprint of the text"), "text", 20),
            Column(self.env._("Number in the chain"), "int", 10),
            Column(self.env._("Link of the chain"), "text", 20),
        ]

    # === WORDS AND FORMATS === #

    def _about(self):
        """What was asked, for the manifest."""
        return {
            "kind": self.kind,
            "company": self.company_id.name,
            "from": str(self.date_from or ""),
            "to": str(self.date_to or ""),
            "customers": [c.partner_id.display_name for c in self.customer_ids],
            "invoice": self.move_id.name or "",
            "made_at": fields.Datetime.now().isoformat() + "Z",
            "made_by": self.env.user.name,
            "export": self.id,
        }

    def _chain_head(self):
        """Head of the chain at this moment: what the verifier ends at."""
        # number and hash only: what the nightly anchor sends out too
        seq, link = self.env["recouvrement.log.seal"].sudo()._head(self.company_id.id)
        return {"chain_head": {"seq": seq, "hash": link}}

    def _about_history(self, count):
        """What was asked and what is in the history: as of when, how many, up to where."""
        parts = self.sudo().part_ids  # of this export
        return {
            **self._about(),
            "entries": count,
            "history_as_of": self.horizon_at.isoformat() + "Z",
            "last_entry": max(parts.mapped("last_entry"), default=0),
            **self._chain_head(),
        }

    def _base_name(self, title):
        parts = [title, self.company_id.name]
        if self.date_from or self.date_to:
            parts.append(f"{self.date_from or ''}_{self.date_to or ''}")
        return file_name(" ".join(parts))

    def _history_readme(self):
        text = self.env._(
            "Each line is an entry of the collection log, which is never changed.\n"
            "Every entry that was committed at the moment history_as_of of the manifest is "
            "there; what was committed later is in the next export, even with a lower "
            "number.\n"
            "manifest.json names the files with their SHA-256; on any machine "
            '"sha256sum -c SHA256SUMS" proves that none was changed since.\n'
            "The column of the chain refers to the sealed log (Configuration > Log "
            "export), which verify_log.py checks without Odoo.\n"
        )
        return text.encode()

    def _lang_data(self):
        return self.env["res.lang"]._get_data(code=self.env.lang or "en_US")

    def _decimal_comma(self):
        return (self._lang_data().decimal_point or ".") == ","

    def _python_date(self):
        return self._lang_data().date_format or "%Y-%m-%d"

    def _excel_date(self):
        pattern = self._python_date()
        for code, excel in _EXCEL_DATE.items():
            pattern = pattern.replace(code, excel)
        return "dd/mm/yyyy" if "%" in pattern else pattern
