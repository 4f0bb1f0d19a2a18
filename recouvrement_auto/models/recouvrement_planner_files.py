"""What the planner reads of a collection file: plain columns, thousands a night."""

from dataclasses import dataclass
from datetime import date

from odoo import api, models
from odoo.tools import SQL


@dataclass(frozen=True)
class File:
    """The facts of one collection file on a day; ids are plain numbers, 0 for none."""

    id: int
    partner_id: int
    agent_id: int
    nature: str
    legal_regime: str
    hardship_until: date | None
    insolvency: bool
    litigation: bool
    scenario_override_id: int
    segment: str  # code of the segment that counts on the day, '' for none
    first_invoice_date: date | None
    wanted: frozenset  # ids of the collection contacts
    grade: str = ""  # read where a scenario asks for it
    natural_person: bool = False  # as above

    @property
    def frozen_reason(self):
        """Why every automatic message stops, or ''."""
        if self.insolvency:
            return "insolvency"
        return "litigation" if self.litigation else ""

    def relation_days(self, day):
        """Days since the first invoice; 0 when there is none."""
        return (day - self.first_invoice_date).days if self.first_invoice_date else 0


class RecouvrementPlannerFacts(models.AbstractModel):
    """The collection files of a set of customers, made where they are missing."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _files(self, context, partner_ids):
        """``{partner id: File}`` of these commercial partners, as far as the user may read
        them; missing files are created."""
        files = self._known_files(context, partner_ids)
        missing = set(partner_ids) - set(files)
        if missing and not self.env.su:
            rows = self._file_rows(context, missing)
            missing -= {row["partner_id"] for row in rows}  # not for this user's eyes
        if missing:
            self.env["recouvrement.customer"]._create_missing(context.company, missing)
            files |= self._known_files(context, missing)
        return files

    @api.model
    def _known_files(self, context, partner_ids):
        """``{partner id: File}`` of those that have a file which the user may read."""
        rows = self._file_rows(context, partner_ids)
        if not self.env.su:
            files = self.env["recouvrement.customer"].browse(row["id"] for row in rows)
            readable = set(files._filtered_access("read").ids)
            rows = [row for row in rows if row["id"] in readable]
        return {
            row["partner_id"]: File(**{**row, "wanted": frozenset(row["wanted"])})
            for row in rows
        }

    @api.model
    def _file_rows(self, context, partner_ids):
        return self.env.execute_query_dict(
            SQL(
                """SELECT file.id, file.partner_id, COALESCE(file.agent_id, 0) AS agent_id,
                          file.nature, file.legal_regime, file.hardship_until,
                          COALESCE(file.insolvency, FALSE) AS insolvency,
                          COALESCE(file.litigation, FALSE) AS litigation,
                          COALESCE(file.scenario_override_id, 0) AS scenario_override_id,
                          COALESCE(segment.code, '') AS segment, file.first_invoice_date,
                          ARRAY(SELECT contact.res_partner_id
                                  FROM recouvrement_customer_res_partner_rel contact
                                 WHERE contact.recouvrement_customer_id = file.id) AS wanted
                     FROM recouvrement_customer file
                LEFT JOIN recouvrement_segment segment
                       ON segment.id = CASE WHEN file.segment_override_until >= %s
                          THEN COALESCE(file.segment_override_id, file.segment_id)
                          ELSE file.segment_id END
                    WHERE file.company_id = %s AND file.partner_id IN %s
                 ORDER BY file.id""",
                context.day,
                context.company.id,
                tuple(partner_ids) or (0,),
            )
        )
