from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import bodacc

# Time to declare claims from the publication (C. com. art. R622-24, mainland France).
DECLARE = relativedelta(months=2)


class RecouvrementSignalBodacc(models.TransientModel):
    """Notices of the BODACC about our customers, from an export of its open data."""

    _inherit = "recouvrement.signal.import"

    def _import_notices(self):
        """Signals of the notices that name a customer by SIREN; others are passed over."""
        notices, unread = self._notices()
        partners = self._partners_by_siren(
            {siren for notice in notices for siren in notice.sirens}
        )
        rows = [
            row for notice in notices for row in self._rows_of_notice(notice, partners)
        ]
        signals = self.env["recouvrement.signal"]._receive(
            self.company_id, rows, "file"
        )
        self._end_replaced(notices)
        about_us = sum(any(s in partners for s in n.sirens) for n in notices)
        return self._show(
            signals,
            self.env._(
                "BODACC: %(new)s new signals, %(known)s already known; %(other)s notices "
                "of other companies, %(unread)s without number, day or SIREN",
                new=len(signals),
                known=len(rows) - len(signals),
                other=len(notices) - about_us,
                unread=unread,
            ),
        )

    def _notices(self):
        try:
            return bodacc.read(self._text())
        except bodacc.BadNotices as error:
            messages = {
                "json": self.env._("This is no JSON that can be read."),
                "csv": self.env._("A line of the CSV is cut or badly quoted."),
                "columns": self.env._("Its fields are not those of BODACC notices."),
            }
            raise UserError(
                self.env._(
                    "%(problem)s Export the data set “annonces-commerciales” as JSON or "
                    "CSV and try again.",
                    problem=messages[error.code],
                )
            ) from error

    def _partners_by_siren(self, sirens):
        """``{siren: set of ids}`` of our customers, by company number or French VAT."""
        if not sirens:
            return {}
        self.env["res.partner"].flush_model()
        found = self.env.execute_query(
            SQL(
                """WITH numbered AS (
                       SELECT id, customer_rank,
                              left(regexp_replace(COALESCE(company_registry, ''),
                                                  '\\D', '', 'g'), 9) AS registry,
                              substring(regexp_replace(COALESCE(vat, ''), '\\s', '', 'g')
                                        FROM '^FR..([0-9]{9})$') AS vat
                         FROM res_partner
                        WHERE id = commercial_partner_id AND active
                          AND (company_id IS NULL OR company_id = %(company)s))
                   SELECT numbered.id, siren
                     FROM numbered
                     JOIN unnest(%(sirens)s) AS siren
                       ON siren = numbered.registry OR siren = numbered.vat
                    WHERE numbered.customer_rank > 0
                       OR EXISTS (SELECT FROM recouvrement_customer file
                                   WHERE file.partner_id = numbered.id
                                     AND file.company_id = %(company)s)""",
                company=self.company_id.id,
                sirens=sorted(sirens),
            )
        )
        partners = {}
        for partner_id, siren in found:
            partners.setdefault(siren, set()).add(partner_id)
        return partners

    def _rows_of_notice(self, notice, partners):
        ids = sorted(set().union(*(partners.get(s, ()) for s in notice.sirens)))
        note = notice.note
        if notice.opens:
            declare = self.env._(
                "Claims are to be declared by %(day)s (art. R622-24 C. com.).",
                day=(notice.day + DECLARE).strftime("%d/%m/%Y"),
            )
            note = f"{declare}\n{note}"
        return [
            {
                "partner_id": partner_id,
                "kind": kind,
                "severity": notice.severity,
                "date": notice.day,
                "source": bodacc.SOURCE,
                "reference": notice.number,
                "value": notice.says,
                "note": "\n".join(filter(None, (note, notice.address))),
            }
            for partner_id in ids
            for kind in notice.kinds
        ]

    def _end_replaced(self, notices):
        """What a later notice corrects or cancels is in force until the day before."""
        later = {n.replaces: n for n in notices if n.replaces}
        signals = self.env["recouvrement.signal"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("source", "=", bodacc.SOURCE),
                ("reference", "in", list(later)),
                ("end_date", "=", False),
            ]
        )
        for signal in signals:
            notice = later[signal.reference]
            replaced = self.env._(
                "Corrected or cancelled by the notice %(number)s.", number=notice.number
            )
            signal.write(
                {
                    "end_date": max(signal.date, notice.day - timedelta(days=1)),
                    "note": "\n".join(filter(None, (replaced, signal.note))),
                }
            )
