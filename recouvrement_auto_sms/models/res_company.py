from datetime import timedelta

from odoo import fields, models

from odoo.addons.recouvrement_auto.const import DEFERRED, QUEUED


class ResCompany(models.Model):
    """A channel that cannot work stops, says why and goes on by itself or by a person."""

    _inherit = "res.company"

    recouvrement_sms_paused_until = fields.Datetime(
        string="SMS stopped until", readonly=True, copy=False
    )
    recouvrement_sms_paused_reason = fields.Char(
        string="Why SMS are stopped", readonly=True, copy=False
    )

    def _is_sms_paused(self):
        self.ensure_one()
        until = self.recouvrement_sms_paused_until
        return bool(until and until > fields.Datetime.now())

    def _pause_sms(self, reason, minutes):
        """Stop the SMS of this company for a while; its screens and a person know why.

        Does not wait: while somebody saves the settings of the company, the next message
        stops the channel instead of this one.
        """
        self.ensure_one()
        # sudo: the sender is not a settings user
        company = self.sudo().try_lock_for_update(allow_referencing=True)
        if not company:
            return
        until = fields.Datetime.now() + timedelta(minutes=minutes)
        company.write(
            {
                "recouvrement_sms_paused_until": until,
                "recouvrement_sms_paused_reason": reason[:300],
            }
        )
        self.env["recouvrement.log"]._append(
            "sending.paused", company=self, facts={"reason": reason[:300]}
        )
        self.env["recouvrement.run"]._sender_crons()[:1]._trigger(until)
        self._warn_about_sms(reason)

    def _warn_about_sms(self, reason):
        """An activity for the responsible of the company, once."""
        user = self.recouvrement_user_id
        partner = self.sudo().partner_id  # a card of our own company
        summary = self.env._("SMS of the collection are stopped")
        known = partner.activity_ids.filtered(lambda a: a.summary == summary)
        if user and user.active and not known:
            partner.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=summary,
                note=reason,
                user_id=user.id,
            )

    def _resume_sms(self):
        """SMS may leave again; those put off by the stop are tried at once."""
        self.sudo().write(  # managers of the collection are no settings users
            {
                "recouvrement_sms_paused_until": False,
                "recouvrement_sms_paused_reason": False,
            }
        )
        waiting = self.env["recouvrement.reminder"].search(
            [
                ("company_id", "in", self.ids),
                ("channel", "=", "sms"),
                ("state", "in", (QUEUED, DEFERRED)),
            ]
        )
        waiting.sudo().write({"send_after": False})  # the mutator's own field
        for company in self:
            self.env["recouvrement.log"]._append("sending.resumed", company=company)
        self.env["recouvrement.run"]._wake_senders()
