import logging

from odoo import api, models
from odoo.exceptions import UserError

from ..const import QUEUED, TO_CONFIRM

_logger = logging.getLogger(__name__)


class RecouvrementReminder(models.Model):
    """Buttons of the message beside its decisions: sample, own text, file, history."""

    _inherit = "recouvrement.reminder"

    def action_send_sample(self):
        """Put a sample of each message in the mailbox of who asks; the debtor gets nothing.

        A sample is no reminder: it has no key, no delivery and no place on the ladder.
        """
        self._check_decider()
        user = self.env.user
        if not user.email:
            raise UserError(
                self.env._(
                    "Your user has no e-mail address: enter it in your preferences."
                )
            )
        values = []
        for reminder in self:
            subject, body, problem = reminder._displayed_content()
            if problem or not body:
                raise UserError(problem or self.env._("This message has no text."))
            values.append(
                {
                    "subject": self.env._("[Sample] %s", subject),
                    "body_html": body,
                    "email_from": reminder.company_id.email_formatted,
                    "email_to": user.email_formatted,
                    "auto_delete": True,
                }
            )
        # Mails to oneself only, in core's own queue: an agent may not write mails.
        self.env["mail.mail"].sudo().create(values)
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return self._notify(
            self.env._(
                "%(count)s samples are on their way to %(address)s.",
                count=len(values),
                address=user.email,
            )
        )

    @api.model
    def _notify(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message},
        }

    def action_open_customer(self):
        """The collection file."""
        self.ensure_one()
        self.customer_id.check_access("read")
        return self.customer_id._open_form()

    def action_open_history(self):
        """The log entries of this message."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_log_action"
        )
        return {**action, "domain": [("reminder_res_id", "=", self.id)], "context": {}}

    def action_edit_text(self):
        """Start an own text from the words that the step would send.

        The own text passes the same closed list of placeholders at the claim.
        """
        self.ensure_one()
        self._check_decider()
        if self.state not in (TO_CONFIRM, QUEUED):
            raise UserError(
                self.env._("The words of a message that left do not change.")
            )
        for step in (self.version_id.snapshot or {}).get("steps", ()):
            if step["code"] != self.step_code or not step.get("template"):
                continue
            texts = step["template"].get("texts") or {}
            text = texts.get(self.lang) or next(iter(texts.values()), {})
            self.custom_subject = self.custom_subject or text.get("subject")
            self.custom_body = self.custom_body or text.get("body")
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "recouvrement_auto.recouvrement_reminder_view_form_text"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "name": self.env._("Own text"),
        }
