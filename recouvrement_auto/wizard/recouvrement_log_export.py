import base64

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.hash_chain import export_lines

PARAMETER = "recouvrement_auto.exported_seq_%s"


class RecouvrementLogExport(models.TransientModel):
    """The sealed log of a company as CSV, in the form that the offline verifier reads.

    A cell never starts like a formula: payloads are JSON objects, all other cells numbers
    or hashes.
    """

    _name = "recouvrement.log.export"
    _description = "Log export"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file_name = fields.Char(readonly=True)
    content = fields.Binary(readonly=True)
    entry_count = fields.Integer(readonly=True)
    unsealed_count = fields.Integer(compute="_compute_unsealed_count")

    @api.depends("company_id")
    def _compute_unsealed_count(self):
        for export in self:
            export.unsealed_count = self._unsealed(export.company_id.id)

    @api.model
    def _unsealed(self, company_id):
        rows = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM recouvrement_log log WHERE log.company_id = %s
                      AND NOT EXISTS (SELECT 1 FROM recouvrement_log_seal seal
                                       WHERE seal.log_id = log.id)""",
                company_id,
            )
        )
        return rows[0][0]

    def action_export(self):
        """Build the file; the export itself is an entry of the log."""
        self.ensure_one()
        self._check_allowed()
        text, count, seq = self._csv(self.company_id.id)
        self.write(
            {
                "file_name": f"recouvrement-log-{self.company_id.id}-{seq}.csv",
                "content": base64.b64encode(text.encode()),
                "entry_count": count,
            }
        )
        # A technical mark of how far the log was handed out.
        self.env["ir.config_parameter"].sudo().set_param(
            PARAMETER % self.company_id.id, str(seq)
        )
        self.env["recouvrement.log"]._append(
            "log.exported",
            company=self.company_id,
            facts={"entries": count, "head": seq},
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _check_allowed(self):
        user = self.env.user
        if not user.has_group("recouvrement_auto.recouvrement_auto_group_auditor"):
            self.env["recouvrement.run"]._check_manager()

    @api.model
    def _csv(self, company_id):
        """``(text, entries, last seq)`` of the sealed log of one company."""
        rows = self.env.execute_query(
            SQL(
                """SELECT seal.seq, seal.log_id, seal.company_id, log.payload,
                          seal.prev_hash, seal.hash
                     FROM recouvrement_log_seal seal
                     JOIN recouvrement_log log ON log.id = seal.log_id
                    WHERE seal.company_id = %s ORDER BY seal.seq""",
                company_id,
            )
        )
        # The name of the chain: a log of another database is never taken for this one.
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        text = "".join(export_lines(f"{uuid}/{company_id}", rows))
        return text, len(rows), rows[-1][0] if rows else 0

    @api.model
    def _has_unexported(self):
        """True when a company has entries that no export has handed out.

        The entry that an export writes about itself does not count.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, COUNT(*) FROM recouvrement_log
                    WHERE event != 'log.exported' GROUP BY company_id"""
            )
        )
        get = self.env["ir.config_parameter"].sudo().get_param  # technical mark
        for company_id, count in rows:
            exported = int(get(PARAMETER % company_id) or 0)
            if count > exported:
                return True
        return False
