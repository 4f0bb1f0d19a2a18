import hashlib
from dataclasses import replace

from odoo import api, fields, models

from ..tools.planning import (
    ROLE_CREDIT,
    ROLE_LEADER,
    ROLE_LISTED,
    ROLE_NOT_DUE,
    CustomerPlan,
    PlannedLine,
)
from .recouvrement_reminder_notice import NO_LADDER

STATEMENT = "statement"
CODE = "statement:"


class RecouvrementReminder(models.Model):
    """The statement of account by e-mail: a notice about everything open, with its file.

    One customer gets the statement of a day once. Figures and file are those of the day of
    the statement, read again at the claim.
    """

    _inherit = "recouvrement.reminder"

    statement_day = fields.Date(
        string="Statement at", readonly=True, index="btree_not_null"
    )

    _statement_uniq = models.UniqueIndex(
        "(customer_id, statement_day) WHERE statement_day IS NOT NULL "
        "AND merged IS NOT TRUE AND state NOT IN ('held', 'skipped', 'failed')",
        "This customer has the statement of that day already, or is about to get it.",
    )

    def _step_options(self):
        """EXTENDS: the words of a statement are those of the library."""
        options = super()._step_options()
        return {**options, **self._statement_text()} if self.statement_day else options

    @api.model
    def _statement_text(self):
        # sudo: words of the library, which everybody gets who gets a statement
        text = self.env["recouvrement.template"].sudo()._notice_record(STATEMENT)
        return text._snapshot() if text else {}

    @api.model
    def _notice_step(self, notice, subject, body, values):
        """EXTENDS: a step for each day of a statement."""
        step = super()._notice_step(notice, subject, body, values)
        day = values.get("statement_day")
        if notice != STATEMENT or not day:
            return step
        options = {**step.options, STATEMENT: day, **self._statement_text()}
        return replace(step, code=f"{CODE}{day}", options=options)

    @api.model
    def _notice_plan(self, bundle, keys, step):
        """EXTENDS: a statement is about everything that is open, credits too."""
        if not step.options.get(STATEMENT):
            return super()._notice_plan(bundle, keys, step)
        items = sorted(
            (replace(item, ladder=NO_LADDER) for item in bundle.items),
            key=lambda item: (item.due_date, item.line_id),
        )
        debits = [item for item in items if item.amount > 0]
        leader, day = (debits[0] if debits else None), bundle.context.day
        lines = tuple(
            PlannedLine(item, self._statement_role(item, leader, day)) for item in items
        )
        return CustomerPlan(leader, step, lines if debits else ())

    @api.model
    def _statement_role(self, item, leader, day):
        if item.amount <= 0:
            return ROLE_CREDIT
        if item.due_date >= day:
            return ROLE_NOT_DUE
        return ROLE_LEADER if item is leader else ROLE_LISTED

    # === FILES === #

    def _statement(self):
        """The statement of this message, in its language."""
        self.ensure_one()
        return self.env["recouvrement.statement"]._build(
            self.customer_id, self.statement_day, self.lang
        )

    @api.model
    def _statement_print(self, statement):
        """Fingerprint of the figures: a file that shows others is made again."""
        lines = [
            (line.line_id, str(line.residual), str(line.disputed), line.due_date)
            for line in statement.lines
        ]
        return hashlib.sha256(repr(lines).encode()).hexdigest()

    def _make_attachments(self):
        """EXTENDS: the file of a statement is made before the claim, like invoices."""
        if self.statement_day and not self._make_statement():
            return
        super()._make_attachments()

    def _make_statement(self):
        """False when it could not be made: the message is held and says why."""
        Statement, statement = self.env["recouvrement.statement"], self._statement()
        values = self.notice_values or {}
        self._statement_files().unlink()
        try:
            if values.get("attach_pdf", True):
                content = Statement._pdf(
                    self.customer_id, self.statement_day, statement.lang
                )
                self._keep_statement(Statement._filename(statement, "pdf"), content)
            if values.get("attach_xlsx"):
                content = Statement._xlsx(statement)
                self._keep_statement(Statement._filename(statement, "xlsx"), content)
        except Exception as error:  # noqa: BLE001 - a renderer fails in many ways
            self._update_state("held", "attachment_failed", str(error)[:200])
            return False
        figures = self._statement_print(statement)
        self.notice_values = {**values, "statement_print": figures}
        return True

    def _asked_invoices(self):
        """EXTENDS: a statement joins the invoices that are not due yet, too."""
        if not self.statement_day:
            return super()._asked_invoices()
        open_items = self.item_ids.filtered(lambda i: i.role != ROLE_CREDIT)
        return open_items.move_id.filtered(lambda m: m.is_sale_document())

    def _keep_statement(self, name, content):
        file = self.env["ir.attachment"].create(
            {
                "name": name,
                "description": CODE,
                "res_model": self._name,
                "res_id": self.id,
                "raw": content,
            }
        )
        self.attachment_ids = [(4, file.id)]

    def _statement_files(self):
        return self.attachment_ids.filtered(lambda file: file.description == CODE)

    def _attachment_parts(self):
        """EXTENDS: the statement first, then the invoices."""
        parts = super()._attachment_parts()
        if not self.statement_day:
            return parts
        files = self._statement_files().sorted("id")
        return [(file.name, file.raw, file.mimetype) for file in files] + parts

    def _is_statement_stale(self):
        """True when something moved since the file was made; it is then made again."""
        self.ensure_one()
        known = (self.notice_values or {}).get("statement_print")
        if known == self._statement_print(self._statement()):
            return False
        self.attachments_ready = False
        return True


class RecouvrementSenderClaim(models.AbstractModel):
    """The claim of a statement: never with figures that are no longer true."""

    _inherit = "recouvrement.sender.claim"

    @api.model
    def _recheck_notice(self, reminder, context, bundle):
        """EXTENDS: what moved since the file was made sends it back to be made again."""
        plan = super()._recheck_notice(reminder, context, bundle)
        if plan is None or not reminder.statement_day:
            return plan
        return None if reminder._is_statement_stale() else plan
