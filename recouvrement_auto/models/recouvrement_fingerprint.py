import json

from odoo import api, fields, models

PARAMETER = "recouvrement_auto.fingerprint"


class RecouvrementFingerprint(models.AbstractModel):
    """Knows when this database is a copy or was restored.

    A restored backup believes that messages of the last days never left; sending from it
    would send them twice. The identity of the cluster and of the database is kept inside;
    when it differs, sending is locked until an administrator has looked.
    """

    _name = "recouvrement.fingerprint"
    _description = "Database fingerprint"

    @api.model
    def _current(self):
        """Identity of what we run on: cluster, timeline, database and data directory."""
        self.env.cr.execute(
            """SELECT (SELECT system_identifier FROM pg_control_system())::text,
                      (SELECT timeline_id FROM pg_control_checkpoint())::text,
                      (SELECT oid FROM pg_database WHERE datname = current_database())::text
            """
        )
        system, timeline, oid = self.env.cr.fetchone()
        return {"system": system, "timeline": timeline, "database": oid}

    @api.model
    def _is_locked(self):
        """True when the stored identity is another one. The first call stores it."""
        stored = (
            self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        )  # technical
        if not stored:
            self._store()
            return False
        return json.loads(stored) != self._current()

    @api.model
    def _store(self):
        self.env["ir.config_parameter"].sudo().set_param(  # technical value of ours
            PARAMETER, json.dumps(self._current(), sort_keys=True)
        )

    @api.model
    def _confirm(self):
        """An administrator confirms that this database may send. Logged for each company.

        The button of the settings page and ``setup/demo`` call this same method.
        """
        self.env["recouvrement.run"]._check_manager()
        self._store()
        for company in self.env["recouvrement.run"]._companies():
            self.env["recouvrement.log"]._append(
                "database.confirmed",
                company=company,
                facts={"at": fields.Datetime.to_string(fields.Datetime.now())},
            )
