from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.hash_chain import link

GENESIS = ""
BATCH = 2000


class RecouvrementLogSeal(models.Model):
    """The hash chain over committed log entries, one chain per company.

    Sealing is a job of its own, alone per company, in short transactions. It sees committed
    entries only and seals them in the order in which they became visible: the chain grows at
    its end, whatever transactions commit later.
    """

    _name = "recouvrement.log.seal"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "Seal of a log entry"
    _log_access = False
    _order = "company_id, seq"

    company_id = fields.Integer(required=True, readonly=True)
    seq = fields.Integer(required=True, readonly=True)
    log_id = fields.Integer(required=True, readonly=True)
    prev_hash = fields.Char(readonly=True)
    hash = fields.Char(required=True, readonly=True)

    _seq_uniq = models.UniqueIndex(
        "(company_id, seq)", "A chain has one seal per number."
    )
    _log_uniq = models.UniqueIndex("(log_id)", "An entry is sealed once.")

    def init(self):
        """Seals are as unchangeable as what they seal."""
        self.env["recouvrement.log"]._protect_table(self._table)

    @api.model
    def _cron_seal(self):
        """Seal all that can be sealed, company by company."""
        for company_id in self._companies_to_seal():
            while self._seal_batch(company_id) == BATCH:
                self.env["recouvrement.run"]._checkpoint()
            self.env["recouvrement.run"]._checkpoint()

    @api.model
    def _companies_to_seal(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT log.company_id FROM recouvrement_log log
                    WHERE NOT EXISTS (SELECT 1 FROM recouvrement_log_seal seal
                                       WHERE seal.log_id = log.id)
                    ORDER BY 1"""
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _seal_batch(self, company_id):
        """Seal up to ``BATCH`` entries of one company; returns how many.

        The advisory lock keeps a second sealer out without waiting: it finds nothing to do
        and the first one finishes. The snapshot is taken after the lock.
        """
        self.env.cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('recouvrement.log.seal'), %s)",
            [company_id],
        )
        if not self.env.cr.fetchone()[0]:
            return 0
        seq, prev_hash = self._head(company_id)
        rows = []
        for log_id, payload in self._sealable(company_id):
            seq += 1
            digest = link(prev_hash, payload.encode())
            rows.append(
                {
                    "company_id": company_id,
                    "seq": seq,
                    "log_id": log_id,
                    "prev_hash": prev_hash,
                    "hash": digest,
                }
            )
            prev_hash = digest
        self.sudo()._insert_rows(rows)  # the sealer is the only writer
        return len(rows)

    @api.model
    def _head(self, company_id):
        """``(seq, hash)`` of the last seal of a company; ``(0, "")`` before the first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT seq, hash FROM recouvrement_log_seal
                    WHERE company_id = %s ORDER BY seq DESC LIMIT 1""",
                company_id,
            )
        )
        return rows[0] if rows else (0, GENESIS)

    @api.model
    def _sealable(self, company_id):
        """Committed entries without a seal, ``(id, payload)``, oldest first.

        Found by their missing seal and not by a high-water mark: an entry of a transaction
        that commits late is sealed late, never forgotten, and nobody has to wait for it.
        """
        return self.env.execute_query(
            SQL(
                """SELECT log.id, log.payload FROM recouvrement_log log
                    WHERE log.company_id = %s
                      AND NOT EXISTS (SELECT 1 FROM recouvrement_log_seal seal
                                       WHERE seal.log_id = log.id)
                    ORDER BY log.id LIMIT %s""",
                company_id,
                BATCH,
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: the sealer writes in sets."""
        if vals_list:
            raise UserError(self.env._("Seals are made by the sealer alone."))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: a seal never changes."""
        if vals:
            raise UserError(self.env._("A seal cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A seal cannot be deleted."))
