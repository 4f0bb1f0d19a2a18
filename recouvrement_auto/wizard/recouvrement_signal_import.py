import base64
import csv
import io
import re
from datetime import date

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.recouvrement_signal import KIND_SELECTION, SEVERITY_SELECTION
from ..tools import bodacc

REQUIRED = ("customer", "kind", "date", "source")
DATES = ("date", "end_date", "declaration_deadline", "extension_deadline")
TEXTS = ("source", "reference", "value", "note")
KNOWN = (*REQUIRED, *DATES, *TEXTS, "severity", "amount")
MOST_ERRORS = 20


class RecouvrementSignalImport(models.TransientModel):
    """External signals from a CSV file: all lines or none.

    An export of the BODACC is read as well (``recouvrement_signal_bodacc``).
    """

    _name = "recouvrement.signal.import"
    _description = "Import of external signals"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char()

    def action_import(self):
        """Read the file; a line that cannot be read refuses it, with all that is wrong."""
        self.ensure_one()
        if bodacc.is_export(self._text()):
            return self._import_notices()
        rows, errors = [], []
        lines = self._lines()
        partners = self._partners({row["customer"] for _line, row in lines})
        for line, row in lines:
            try:
                rows.append(self._values(row, partners))
            except ValueError as error:
                errors.append(
                    self.env._("Line %(line)s: %(error)s", line=line, error=error)
                )
        if errors:
            raise UserError("\n".join(errors[:MOST_ERRORS]))
        signals = self.env["recouvrement.signal"]._receive(
            self.company_id, rows, "file"
        )
        return self._show(
            signals,
            self.env._(
                "%(new)s new signals, %(known)s already known",
                new=len(signals),
                known=len(rows) - len(signals),
            ),
        )

    def _show(self, signals, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "recouvrement.signal",
            "view_mode": "list,form",
            "domain": [("id", "in", signals.ids)],
        }

    def _text(self):
        raw = base64.b64decode(self.file or b"")
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return raw.decode("cp1252", errors="replace")

    def _lines(self):
        text = self._text()
        head = text.partition("\n")[0]
        delimiter = max(",;\t", key=head.count)
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            raise UserError(
                self.env._(
                    "The file lacks the columns %(missing)s. Known columns: %(known)s.",
                    missing=", ".join(missing),
                    known=", ".join(dict.fromkeys(KNOWN)),
                )
            )
        reader.fieldnames = names
        return [
            (
                reader.line_num,
                {k: (v or "").strip() for k, v in row.items() if k in KNOWN},
            )
            for row in reader
        ]

    def _partners(self, words):
        """Commercial partners by reference, company number or VAT number."""
        Partner = self.env["res.partner"]
        words = {word for word in words if word}
        found = Partner.search(
            [
                ("parent_id", "=", False),
                ("company_id", "in", [False, self.company_id.id]),
                "|",
                "|",
                ("ref", "in", list(words)),
                ("company_registry", "in", list(words)),
                ("vat", "in", list(words)),
            ]
        )
        partners = {}
        for partner in found:
            for word in (partner.ref, partner.company_registry, partner.vat):
                if word in words:
                    partners.setdefault(word, set()).add(partner.id)
        return partners

    def _values(self, row, partners):
        ids = partners.get(row["customer"], set())
        if len(ids) != 1:
            raise ValueError(
                self.env._(
                    "%(count)s customers have the reference, company number or VAT number "
                    "“%(word)s”.",
                    count=len(ids),
                    word=row["customer"],
                )
            )
        values = {"partner_id": next(iter(ids))}
        values["kind"] = self._choice(row, "kind", KIND_SELECTION)
        values["severity"] = self._choice(
            {"severity": "info", **{k: v for k, v in row.items() if v}},
            "severity",
            SEVERITY_SELECTION,
        )
        for name in DATES:
            values[name] = self._day(row.get(name, ""), name)
        if not values["date"] or not row["source"]:
            raise ValueError(self.env._("the date and the source are required."))
        values.update({name: row.get(name) or False for name in TEXTS})
        values["amount"] = self._amount(row.get("amount", ""))
        return values

    def _choice(self, row, name, selection):
        codes = [code for code, _label in selection]
        if row[name] not in codes:
            raise ValueError(
                self.env._(
                    "column %(name)s: “%(value)s” is none of %(codes)s.",
                    name=name,
                    value=row[name],
                    codes=", ".join(codes),
                )
            )
        return row[name]

    def _day(self, text, name):
        if not text:
            return False
        found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
        french = re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", text)
        numbers = found.groups() if found else french and french.groups()[::-1]
        try:
            return date(*map(int, numbers))
        except (TypeError, ValueError):
            raise ValueError(
                self.env._(
                    "column %(name)s: “%(value)s” is no date; write 2026-01-31 or "
                    "31/01/2026.",
                    name=name,
                    value=text,
                )
            ) from None

    def _amount(self, text):
        plain = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
        if not plain:
            return 0.0
        if not re.fullmatch(r"\d+(\.\d+)?", plain):
            raise ValueError(
                self.env._("column amount: “%s” is no positive amount.", text)
            )
        return float(plain)
