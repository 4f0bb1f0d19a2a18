from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

from ..const import FAILED, SENT, UNKNOWN
from .recouvrement_log_words import PHASES

POST_FIELDS = ("deposit_number", "deposit_date", "presentation_date", "receipt_date")


class RecouvrementDelivery(models.Model):
    """Buttons and figures of the lists of deliveries and of letters."""

    _inherit = "recouvrement.delivery"

    step_name = fields.Char(related="reminder_id.step_name")
    total_overdue = fields.Monetary(related="reminder_id.total_overdue")
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel_label = fields.Char(string="By", compute="_compute_channel_label")
    phase_label = fields.Char(string="Got as far as", compute="_compute_phase_label")
    reason_label = fields.Char(string="In words", compute="_compute_reason_label")
    settled_since = fields.Boolean(related="reminder_id.settled_since")

    @api.depends("channel")
    @api.depends_context("lang")
    def _compute_channel_label(self):
        field = self.env["recouvrement.reminder"]._fields["channel"]
        labels = dict(field._description_selection(self.env))
        for delivery in self:
            delivery.channel_label = labels.get(delivery.channel, delivery.channel)

    @api.depends("phase", "channel")
    @api.depends_context("lang")
    def _compute_phase_label(self):
        for delivery in self:
            labels = self._phase_labels(delivery.channel)
            delivery.phase_label = str(labels.get(delivery.phase, delivery.phase or ""))

    @api.model
    def _phase_labels(self, channel):
        """How far a delivery by ``channel`` may have got, in words."""
        return PHASES

    @api.depends("reason_code", "response")
    @api.depends_context("lang")
    def _compute_reason_label(self):
        labels = dict(self._fields["reason_code"]._description_selection(self.env))
        for delivery in self:
            reason = labels.get(delivery.reason_code)
            parts = (reason, delivery.response) if reason else ()
            delivery.reason_label = ": ".join(part for part in parts if part)

    # === DECISIONS === #

    def _check_decider(self):
        self.check_access("write")
        self.env["recouvrement.reminder"]._check_decider()

    def action_retry(self):
        """Try the failed messages of these rows again: same rows, same keys."""
        self._check_decider()
        self.filtered(lambda d: d.state == FAILED).reminder_id.action_retry()
        return True

    def action_mark_arrived(self):
        """A person knows that the message arrived."""
        self._check_decider()
        for delivery in self.filtered(lambda d: d.state == UNKNOWN):
            delivery._update_state(SENT)
            delivery.reminder_id._settle()
        return True

    def action_mark_not_arrived(self):
        """A person knows that the message did not arrive."""
        self._check_decider()
        for delivery in self.filtered(lambda d: d.state == UNKNOWN):
            delivery._update_state(FAILED)
            delivery.reminder_id._settle()
        return True

    def action_address_checked(self):
        """The address that bounced was checked: the next message may go there."""
        self._check_decider()
        bounced = self.filtered(lambda d: d.bounced_at and not d.bounce_cleared)
        bounced.bounce_cleared = True
        bounced._log_screen("delivery.address_checked", {})
        return True

    def action_open_reminder(self):
        """The message of this row."""
        self.ensure_one()
        self.reminder_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.reminder",
            "res_id": self.reminder_id.id,
            "view_mode": "form",
        }

    # === LETTERS === #

    def action_print(self):
        """One PDF with the letters of these rows, to fold and to post."""
        self.check_access("read")
        letters = self.filtered("proof_id").sorted("id")
        if not letters:
            raise UserError(self.env._("No letter has been made for these rows yet."))
        # The proofs belong to messages that the reader may see.
        content = merge_pdf([proof.raw for proof in letters.sudo().proof_id])
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.env._("letters-%s.pdf", fields.Date.context_today(self)),
                "raw": content,
                "mimetype": "application/pdf",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def action_deposit(self):
        """Ask for the day and the number of the deposit."""
        self._check_decider()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.deposit",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Letters handed to the post"),
            "context": {"default_delivery_ids": [(6, 0, self.ids)]},
        }

    def write(self, vals):
        """EXTENDS: what a person enters about the post goes to the log."""
        result = super().write(vals)
        entered = {name: str(vals[name] or "") for name in POST_FIELDS if name in vals}
        if entered:
            self._log_screen("delivery.post", entered)
        return result

    def _log_screen(self, event, facts):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": event,
                    "company": delivery.company_id.id,
                    "customer": delivery.customer_id.id,
                    "partner": delivery.customer_id.partner_id.id,
                    "reminder": delivery.reminder_id.id,
                    "channel": delivery.channel,
                    "step_code": delivery.reminder_id.step_code,
                    "state": delivery.state,
                    "moves": delivery.reminder_id._asked_move_ids(),
                    "facts": {"delivery": delivery.id, **facts},
                }
                for delivery in self
            ]
        )
