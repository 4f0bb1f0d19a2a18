from markupsafe import Markup

from odoo import models
from odoo.tools import email_normalize


class RecouvrementAlert(models.Model):
    """Telling people: an activity where the work is, one e-mail a night per person."""

    _inherit = "recouvrement.alert"

    def _tell(self, date):
        """Tell who has to know of these alerts, once each."""
        by_user = {}
        for alert in self.filtered(lambda one: one.rule_id.notify != "mark"):
            users = alert._whom()
            if alert.rule_id.notify in ("activity", "both"):
                alert._plan_activities(users)
            if alert.rule_id.notify in ("email", "both"):
                for user in users:
                    by_user.setdefault(user, self.browse())
                    by_user[user] |= alert
        for user, alerts in by_user.items():
            alerts._mail(user)
        self.write({"told_on": date})

    def _whom(self):
        """Users of the rule who may work in the company, else who is in charge."""
        self.ensure_one()
        company = self.company_id
        users = self.rule_id.user_ids.filtered(lambda u: company in u.company_ids)
        return users or self.customer_id.responsible_id or company.recouvrement_user_id

    def _plan_activities(self, users):
        record = self.customer_id or self.rule_id
        for user in users:
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.rule_id.with_context(lang=user.lang).name,
                note=self.words,
                user_id=user.id,
            )

    def _mail(self, user):
        """One e-mail with all alerts of the night for ``user``; queued by Odoo."""
        address = email_normalize(user.email or "")
        if not address:
            return  # the mark and the list of alerts are still there
        reader = self.with_context(lang=user.lang)
        lines = Markup().join(
            Markup("<li><b>%s</b>%s<br/>%s</li>")
            % (
                alert.rule_id.name,
                f" · {alert.customer_id.name}" if alert.customer_id else "",
                alert.words or "",
            )
            for alert in reader
        )
        company = self.company_id[:1]
        self.env["mail.mail"].sudo().create(  # the night writes to colleagues only
            {
                "subject": reader.env._(
                    "Collection alerts: %(count)s, %(company)s",
                    count=len(self),
                    company=company.name,
                ),
                "body_html": Markup("<p>%s</p><ul>%s</ul>")
                % (reader.env._("New alerts of the night:"), lines),
                "email_to": address,
                "email_from": company.email_formatted or user.email_formatted,
                "auto_delete": True,
            }
        )
