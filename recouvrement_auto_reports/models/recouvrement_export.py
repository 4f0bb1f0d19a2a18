from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

DRAFT, WAITING, RUNNING, DONE, FAILED = (
    "draft",
    "waiting",
    "running",
    "done",
    "failed",
)
FULL_LOG_GROUPS = (
    "recouvrement_auto.recouvrement_auto_group_manager",
    "recouvrement_auto.recouvrement_auto_group_auditor",
)
KEPT_DAYS = 30
_OWN = {
    "state",
    "progress_done",
    "progress_total",
    "attempts",
    "message",
    "file_name",
    "sha256",
    "attachment_id",
    "entry_count",
    "horizon",
    "horizon_at",
    "started_at",
    "finished_at",
    "user_id",
}


class RecouvrementExport(models.Model):
    """A file that takes more than a moment: asked for, made by the scheduled action with
    the rights of who asked, downloaded when ready.

    ``_update_state`` is the only method that changes ``state``; what the making of the file
    writes (progress, file, fingerprint) nobody can write from outside.
    """

    _name = "recouvrement.export"
    _description = "Export"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(
        [
            ("history", "History of actions"),
            ("evidence", "Evidence of a customer or invoice"),
            ("statements", "Statements of account"),
        ],
        required=True,
        default="history",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked by",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    customer_ids = fields.Many2many(
        "recouvrement.customer",
        "recouvrement_export_customer_rel",
        string="Customers",
        check_company=True,
        help="Empty: all customers.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    state = fields.Selection(
        [
            (DRAFT, "New"),
            (WAITING, "Waiting"),
            (RUNNING, "Being made"),
            (DONE, "Ready"),
            (FAILED, "Failed"),
        ],
        required=True,
        readonly=True,
        default=DRAFT,
        index=True,
        copy=False,
    )
    progress_done = fields.Integer(readonly=True, copy=False)
    progress_total = fields.Integer(readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress", help="In percent.")
    attempts = fields.Integer(readonly=True, copy=False)
    message = fields.Char(readonly=True, copy=False)
    entry_count = fields.Integer(string="Lines", readonly=True, copy=False)
    file_name = fields.Char(readonly=True, copy=False)
    sha256 = fields.Char(
        string="SHA-256 of the file",
        readonly=True,
        copy=False,
        help="Fingerprint of the file as it was made; it is in the log too.",
    )
    attachment_id = fields.Many2one(
        "ir.attachment", readonly=True, copy=False, ondelete="set null"
    )
    started_at = fields.Datetime(readonly=True, copy=False)
    finished_at = fields.Datetime(readonly=True, copy=False)

    _check_dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_from <= date_to)",
        "The period ends before it begins.",
    )
    _waiting_index = models.Index("(id) WHERE state IN ('waiting', 'running')")

    @api.depends("kind", "create_date")
    @api.depends_context("lang")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for export in self:
            export.name = kinds.get(export.kind, "")

    @api.depends("progress_done", "progress_total", "state")
    def _compute_progress(self):
        for export in self:
            total = export.progress_total
            share = 100 * export.progress_done / total if total else 0
            export.progress = 100 if export.state == DONE else min(share, 100)

    @api.constrains("kind", "customer_ids", "move_id")
    def _check_subject(self):
        for export in self:
            if export.kind == "evidence" and not (
                export.move_id or len(export.customer_ids) == 1
            ):
                raise ValidationError(
                    self.env._("Choose one customer or one invoice for the evidence.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_own(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_own(vals)
        return super().write(vals)

    def _refuse_own(self, *vals_list):
        if not self.env.su and any(_OWN & set(vals) for vals in vals_list):
            raise AccessError(
                self.env._("State, progress and file of an export write themselves.")
            )

    def _update_state(self, state, **values):
        """The one change of state. ``sudo``: users may not write these fields."""
        self.sudo().write({"state": state, **values})

    # === BUTTONS === #

    def action_start(self):
        """Ask for the file: the scheduled action makes it, never this request."""
        for export in self:
            export._check_asker()
            if export.state not in (DRAFT, FAILED):
                raise UserError(self.env._("This export was asked for already."))
            # what a failed attempt left was perhaps asked for with other words
            export.sudo().part_ids.unlink()
            export._update_state(
                WAITING, attempts=0, message=False, progress_done=0, progress_total=0
            )
        # a button may wake the action; nobody may edit it
        self.env.ref(
            "recouvrement_auto_reports.ir_cron_recouvrement_export"
        ).sudo()._trigger()
        return self._reopen()

    def action_refresh(self):
        """Show how far it is."""
        return self._reopen()

    def action_download(self):
        """The file; its attachment follows the rights of this record."""
        self.ensure_one()
        if not self.attachment_id:
            raise UserError(
                self.env._("The file is not ready, or it was removed after 30 days.")
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "download",
        }

    def _reopen(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    def _check_asker(self):
        """History and evidence hold every customer's messages: managers and auditors."""
        self.ensure_one()
        self.check_access("write")
        if self.kind in ("history", "evidence") and not any(
            self.env.user.has_group(group) for group in FULL_LOG_GROUPS
        ):
            raise AccessError(
                self.env._("Only managers and auditors export the history.")
            )

    @api.autovacuum
    def _gc_files(self):
        """Files leave after 30 days; what was exported stays in this list and the log."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search(
            [("finished_at", "<", limit), ("attachment_id", "!=", False)], limit=500
        )
        old.attachment_id.unlink()
