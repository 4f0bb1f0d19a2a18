from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.tools import mute_logger

MANAGERS = "recouvrement_auto.recouvrement_auto_group_manager"


class RecouvrementRun(models.Model):
    """The page of a night shows what is wrong with the house."""

    _inherit = "recouvrement.run"

    alarm_message = fields.Char(string="Alarm", compute="_compute_alarm_message")

    def _compute_alarm_message(self):
        alarms = self.env["recouvrement.alarm"].search(
            [("company_id", "in", self.company_id.ids), ("ended_at", "=", False)]
        )
        by_company = alarms.grouped("company_id")
        for run in self:
            running = by_company.get(run.company_id, alarms.browse())
            run.alarm_message = " ".join(running.mapped("message"))


class RecouvrementAlarm(models.Model):
    """Something that keeps messages from leaving, from the moment it was seen to its end.

    A night that did not run makes no noise: the watch (``recouvrement.watch``) looks for it
    and tells the managers once.
    """

    _name = "recouvrement.alarm"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Collection alarm"
    _order = "ended_at desc, since desc, id desc"
    _rec_name = "message"

    company_id = fields.Many2one("res.company", required=True, index=True)
    code = fields.Selection(
        [
            ("locked", "Database locked as a copy"),
            ("cron_off", "Scheduled action switched off"),
            ("cron_late", "Scheduled actions stand still"),
            ("night_missing", "No night today"),
            ("night_stuck", "Night not finished"),
            ("night_small", "Night much smaller than usual"),
            ("sender_late", "Messages do not leave"),
            ("server_down", "Mail server not reached"),
            ("no_server", "No outgoing mail server"),
            ("no_sender", "No default agent who can sign"),
            ("unassigned", "Late customers without an agent"),
        ],
        string="What is wrong",
        required=True,
        readonly=True,
    )
    message = fields.Char(string="What to do", required=True, readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    ended_at = fields.Datetime(string="Over since", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(company_id, code) WHERE ended_at IS NULL",
        "This alarm is being shown already.",
    )

    @api.model
    def _update(self, company, problems):
        """Raise what is new, end what is over; each alarm is told once.

        :param problems: ``{code: sentence}`` as the watch sees them now
        """
        running = self.search(
            [("company_id", "=", company.id), ("ended_at", "=", False)]
        )
        known = {alarm.code: alarm for alarm in running}
        for code, message in problems.items():
            if code not in known:
                self._raise(company, code, message)
        over = running.filtered(lambda alarm: alarm.code not in problems)
        over._end()

    @api.model
    def _raise(self, company, code, message):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                alarm = self.create(
                    {
                        "company_id": company.id,
                        "code": code,
                        "message": message,
                        "since": fields.Datetime.now(),
                    }
                )
        except IntegrityError:
            return  # another worker saw it at the same moment and tells it
        self.env["recouvrement.log"]._append(
            "alarm.raised", company=company, facts={"alarm": code}
        )
        alarm._tell()

    def _tell(self):
        """An activity and a message for each manager of the company."""
        self.ensure_one()
        users = self._managers()
        for user in users:
            # The message below is enough: no second mail about the activity.
            alarm = self.with_context(lang=user.lang, mail_activity_quick_update=True)
            alarm.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=dict(self._fields["code"]._description_selection(alarm.env))[
                    self.code
                ],
                note=self.message,
                user_id=user.id,
            )
        self.message_notify(
            partner_ids=users.partner_id.ids,
            subject=self.env._("Collection of %s: alarm", self.company_id.name),
            body=self.message,
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _managers(self):
        company = self.company_id
        users = self.env.ref(MANAGERS).all_user_ids
        return users.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    def _end(self):
        for alarm in self:
            alarm.ended_at = fields.Datetime.now()
            alarm.activity_ids.unlink()
            self.env["recouvrement.log"]._append(
                "alarm.ended", company=alarm.company_id, facts={"alarm": alarm.code}
            )
