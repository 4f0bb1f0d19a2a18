from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ..const import DEFERRED, FAILED, QUEUED, SENT, SKIPPED, TO_CONFIRM, UNKNOWN


class RecouvrementReminder(models.Model):
    """Content of a reminder: rendered and frozen at the claim, shown in the thread after."""

    _inherit = "recouvrement.reminder"

    def _freeze_content(self):
        """Render on the facts of the claim and keep text and hash. False when it fails.

        A text that does not render holds the step and says so; it is never sent empty.
        """
        self.ensure_one()
        channel = self._get_channel()
        if not channel._has_text():
            return True
        try:
            content = self.env["recouvrement.renderer"]._render(self)
        except Exception as error:  # noqa: BLE001 - any failure of a text is shown, not sent
            self._update_state("held", "template_error", str(error)[:300])
            return False
        self.write(
            {
                "subject": content["subject"],
                "body": content["body"],
                "content_hash": content["text_hash"],
            }
        )
        return True

    def _postpone_minutes(self, minutes):
        """Try again a little later; nothing was decided."""
        self.send_after = fields.Datetime.now() + timedelta(minutes=minutes)

    # === DISPLAY === #

    def _message_reference(self):
        """Message-ID of the thread of this reminder; derives from its key alone."""
        self.ensure_one()
        return f"<recouvrement-{self.key}@{self._message_domain()}>"

    def _message_domain(self):
        company = self.company_id
        domain = (
            company.alias_domain_id.name or (company.email or "").rpartition("@")[2]
        )
        return domain.strip("> ") or "recouvrement.invalid"

    def _post_message(self):
        """Show the sent message in the thread of the file, with one notification per
        recipient, so that answers and bounces thread back. Display only: the delivery and
        the log are the proof.
        """
        shown = self._lock_unshown().filtered(lambda r: r.channel == "email")
        values = [reminder._prepare_message(reminder._done()) for reminder in shown]
        # Rows of core written by the sender, which has no rights of a person.
        messages = self.env["mail.message"].sudo().create(values)
        for reminder, message in zip(shown, messages, strict=True):
            reminder.mail_message_id = message
        for agent, reminders in shown.grouped("agent_id").items():
            if agent.partner_id:
                # The responsible follows, so that every answer reaches him.
                customers = reminders.customer_id.sudo()
                customers.message_subscribe(agent.partner_id.ids)

    def _lock_unshown(self):
        """Those of these reminders that left and that no other worker is showing now."""
        self.env.flush_all()
        locked = self.try_lock_for_update()
        locked.invalidate_recordset(["mail_message_id"])
        return locked.filtered(lambda r: not r.mail_message_id and r._done())

    def _done(self):
        """Deliveries that reached, or may have reached, their recipient."""
        return self.delivery_ids.filtered(lambda d: d.state in (SENT, UNKNOWN))

    @api.model
    def _post_missing_messages(self):
        """Repair what a kill between outcome and display left out."""
        missing = self.search(
            [
                ("mail_message_id", "=", False),
                ("channel", "in", self._shown_channels()),
                ("state", "in", (SENT, UNKNOWN)),
                ("sent_at", ">=", fields.Datetime.now() - timedelta(days=2)),
            ],
            limit=200,
        )
        self.env["recouvrement.run"]._show_messages(missing.ids)

    @api.model
    def _shown_channels(self):
        """Channels whose messages appear in the thread of the file."""
        return ["email"]

    def _prepare_message(self, deliveries):
        author = self.agent_id.partner_id
        return {
            "model": "recouvrement.customer",
            "res_id": self.customer_id.id,
            "message_type": "email_outgoing",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
            "subject": self.subject,
            "body": Markup(self.body or ""),
            "author_id": author.id,
            "email_from": author.email_formatted or self.company_id.email_formatted,
            "reply_to": self._reply_to(),
            "message_id": self._message_reference(),
            "is_internal": False,
            "attachment_ids": [(6, 0, self.attachment_ids.ids)],
            "notification_ids": [
                (
                    0,
                    0,
                    {
                        "res_partner_id": delivery.contact_id.id,
                        "notification_type": "email",
                        "notification_status": "sent"
                        if delivery.state == SENT
                        else "exception",
                        "author_id": author.id,
                        "is_read": True,
                    },
                )
                for delivery in deliveries
                if delivery.contact_id
            ],
        }

    def _reply_to(self):
        """The company's catch-all when it exists, else the responsible's own address."""
        self.ensure_one()
        company = self.company_id
        return (
            company.catchall_formatted or self.agent_id.email_formatted or company.email
        )

    # === DECISIONS OF PERSONS === #

    def action_confirm(self):
        """Approve: the messages join the queue; the claim reads everything again."""
        self._check_decider()
        waiting = self.filtered(lambda r: r.state == TO_CONFIRM)
        now = fields.Datetime.now()
        for reminder in waiting:
            reminder._update_state(
                QUEUED,
                event="reminder.confirmed",
                confirmed_by_id=self.env.uid,
                confirmed_at=now,
            )
        self.env["recouvrement.run"]._wake_senders()
        return True

    def action_refuse(self):
        """Ask for the reason of a refusal."""
        self._check_decider()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.reminder.refuse",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Refuse"),
            "context": {"default_reminder_ids": [(6, 0, self.ids)]},
        }

    def _refuse(self, reason):
        """Refuse with a reason: nothing of these messages leaves."""
        self._check_decider()
        for reminder in self.filtered(
            lambda r: r.state in (TO_CONFIRM, QUEUED, DEFERRED)
        ):
            for delivery in reminder.delivery_ids:
                if delivery.state in (QUEUED, DEFERRED):
                    delivery._update_state(SKIPPED, reason_code="refused")
            reminder._update_state(SKIPPED, "refused", reason, event="reminder.refused")
        self.run_id._close_if_done()

    def action_retry(self):
        """Put failed messages back in the queue: same row, same key."""
        self._check_decider()
        for reminder in self.filtered(lambda r: r.state == FAILED):
            for delivery in reminder.delivery_ids.filtered(lambda d: d.state == FAILED):
                delivery._update_state(QUEUED, reason_code=False)
            reminder._update_state(QUEUED, event="reminder.retried", send_after=False)
        self.run_id._reopen()
        self.env["recouvrement.run"]._wake_senders()
        return True

    def action_mark_arrived(self):
        """A person knows that an unknown message arrived."""
        return self._resolve_unknown(SENT, "reminder.unknown_arrived")

    def action_mark_not_arrived(self):
        """A person knows that an unknown message did not arrive; it may be retried."""
        return self._resolve_unknown(FAILED, "reminder.unknown_lost")

    def _resolve_unknown(self, state, event):
        self._check_decider()
        for reminder in self.filtered(lambda r: r.state == UNKNOWN):
            for delivery in reminder.delivery_ids.filtered(
                lambda d: d.state == UNKNOWN
            ):
                delivery._update_state(state)
            reminder._update_state(state, event=event)
        return True

    @api.model
    def _check_decider(self):
        self.check_access("read")
        group = "recouvrement_auto.recouvrement_auto_group_agent"
        if not self.env.su and not self.env.user.has_group(group):
            self.env["recouvrement.run"]._check_manager()
