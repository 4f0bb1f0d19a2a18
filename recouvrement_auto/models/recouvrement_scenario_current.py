from odoo import api, models
from odoo.tools import SQL, ormcache

# Whatever a snapshot is built from; versions only get more, so their number is enough.
STAMPED = (
    "recouvrement_scenario",
    "recouvrement_scenario_line",
    "recouvrement_template",
    "recouvrement_segment",
    "recouvrement_scenario_recouvrement_segment_rel",
)


class RecouvrementScenario(models.Model):
    """The scenarios as they stand, kept in memory while no row of theirs changes.

    Screens ask for them again and again, and to build them reads every step and every text
    in every language.
    """

    _inherit = "recouvrement.scenario"

    @api.model
    def _current_snapshots(self, company):
        """``((snapshot, version id), ...)`` of what a night of ``company`` would use.

        The id is 0 when the scenario changed since its last version. Callers never change a
        snapshot: it is shared.
        """
        return self._kept_snapshots(company.id, self._content_stamp())

    @api.model
    @ormcache("company_id", "stamp")
    def _kept_snapshots(self, company_id, stamp):
        """As above; ``stamp`` stands for all that the answer depends on."""
        company = self.env["res.company"].browse(company_id)
        return tuple(
            (snapshot, version_id)
            for _scenario, snapshot, version_id in self._snapshots(company)
        )

    @api.model
    def _stamped_tables(self):
        """Tables that a snapshot is read from; who adds to snapshots adds here."""
        return STAMPED

    @api.model
    def _content_stamp(self):
        """A text that differs as soon as anything that a snapshot is built from does.

        A row that is written has another transaction (``xmin``) or another place (``ctid``),
        whoever wrote it and whether that is committed or not; a change that is rolled back
        brings the former text back.
        """
        self.env.flush_all()
        rows = [
            SQL(
                "SELECT %s || ctid::text || xmin::text AS stamp FROM %s",
                table,
                SQL.identifier(table),
            )
            for table in self._stamped_tables()
        ]
        return self.env.execute_query(
            SQL(
                """SELECT (SELECT md5(string_agg(stamp, ',' ORDER BY stamp))
                             FROM (%s) rows)
                       || (SELECT COUNT(*) || '/' || COALESCE(MAX(id), 0)
                             FROM recouvrement_scenario_version)
                       || (SELECT string_agg(code, ',' ORDER BY code)
                             FROM res_lang WHERE active)
                       || (SELECT string_agg(company.id || COALESCE(own.lang, ''), ','
                                             ORDER BY company.id)
                             FROM res_company company
                             JOIN res_partner own ON own.id = company.partner_id)""",
                SQL(" UNION ALL ").join(rows),
            )
        )[0][0]
