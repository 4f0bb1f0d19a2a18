from datetime import timedelta
from statistics import median

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_datetime

GRACE = timedelta(hours=1)
CHECKED = "recouvrement_auto.watched_at"
CHECK_MINUTES = 10
NIGHTS = 10  # compared with
SMALLEST = 20  # messages of a usual night, below which nothing is compared


class RecouvrementWatch(models.AbstractModel):
    """Looks for what makes no noise: a night that did not run, a sender that stands still.

    Asked by a scheduled action of its own and by the browser of every collection user, so
    that it also speaks when no scheduled action runs any more (reliability goal G07).
    """

    _name = "recouvrement.watch"
    _description = "Collection watch"

    @api.model
    def _cron_watch(self):
        """Look at every company that collects, and tell what is new."""
        self._check()

    @api.model
    def state(self):
        """What is wrong in the companies of the user, as sentences; looks again when the
        last look is older than ten minutes."""
        if not self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_agent"
        ):
            raise AccessError(self.env._("Only collection users see its alarms."))
        parameters = self.env["ir.config_parameter"].sudo()  # technical value of ours
        now = fields.Datetime.now()
        last = fields.Datetime.to_datetime(parameters.get_param(CHECKED) or False)
        if not last or last < now - timedelta(minutes=CHECK_MINUTES):
            parameters.set_param(CHECKED, fields.Datetime.to_string(now))
            self._check()
        alarms = self.env["recouvrement.alarm"].search(
            [("ended_at", "=", False), ("company_id", "in", self.env.companies.ids)]
        )
        return alarms.mapped("message")

    @api.model
    def _check(self):
        # sudo: whoever asks, the whole house is looked at
        watch = self.sudo()
        for company in watch._watched_companies():
            # A scheduled action has no language: the sentences are for the company.
            lang = company.partner_id.lang or self.env.lang
            ours = watch.with_company(company).with_context(lang=lang)
            ours.env["recouvrement.alarm"]._update(company, ours._problems(company))

    @api.model
    def _watched_companies(self):
        """Companies with a collection file: the others collect nothing yet."""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT company_id FROM recouvrement_customer ORDER BY 1")
        )
        return self.env["res.company"].browse([row[0] for row in rows])

    @api.model
    def _problems(self, company):
        """``{code: sentence}`` of what is wrong now; the sentence says what to do."""
        found = {}
        for name in ("database", "crons", "night", "size", "sender", "server"):
            found.update(getattr(self, f"_look_at_{name}")(company))
        return found

    @api.model
    def _look_at_database(self, company):
        if not self.env["recouvrement.fingerprint"]._is_locked():
            return {}
        return {
            "locked": self.env._(
                "Sending is locked: this database is a copy or was restored. A manager "
                "confirms it in the settings."
            )
        }

    @api.model
    def _look_at_crons(self, company):
        crons = self.env["ir.cron"].with_context(active_test=False)
        ours = crons.search([("model_id.model", "=like", "recouvrement.%")])
        found = {}
        off = ours.filtered(lambda cron: not cron.active)
        if off:
            found["cron_off"] = self.env._(
                "“%s” is switched off: an administrator activates it in the scheduled "
                "actions.",
                off[0].name,
            )
        limit = fields.Datetime.now() - GRACE
        late = ours.filtered(lambda cron: cron.active and cron.nextcall < limit)
        if late:
            found["cron_late"] = self.env._(
                "“%(name)s” should have run at %(time)s: the server runs no scheduled "
                "actions, an administrator restarts it.",
                name=late[0].name,
                time=self._local(company, min(late.mapped("nextcall"))),
            )
        return found

    @api.model
    def _local(self, company, moment):
        return format_datetime(
            self.env, moment, tz=company.recouvrement_tz, dt_format="short"
        )

    @api.model
    def _look_at_night(self, company):
        now = company._recouvrement_now()
        hour = now.hour + now.minute / 60
        if hour < company.recouvrement_run_hour + GRACE.total_seconds() / 3600:
            return {}
        run = self.env["recouvrement.run"].search(
            [
                ("company_id", "=", company.id),
                ("date", "=", now.date()),
                ("kind", "!=", "manual"),
            ],
            limit=1,
        )
        if not run:
            return {
                "night_missing": self.env._(
                    "No night was planned today: nothing leaves. An administrator looks "
                    "at the scheduled action “Collection: plan the night of each company”."
                )
            }
        if run.state == "planning" and run.started_at < fields.Datetime.now() - GRACE:
            return {
                "night_stuck": self.env._(
                    "The night of today is not finished since %s: its page names the "
                    "problems.",
                    self._local(company, run.started_at),
                )
            }
        return {}

    @api.model
    def _look_at_size(self, company):
        """A night with less than half of what is usual: something was cut off."""
        rows = self.env.execute_query(
            SQL(
                """SELECT run.date, COUNT(reminder.id)
                     FROM recouvrement_run run
                LEFT JOIN recouvrement_reminder reminder ON reminder.run_id = run.id
                    WHERE run.company_id = %s AND run.kind != 'manual'
                      AND run.state != 'planning'
                 GROUP BY run.id HAVING COUNT(reminder.id) > 0
                 ORDER BY run.date DESC LIMIT %s""",
                company.id,
                NIGHTS + 1,
            )
        )
        if len(rows) <= NIGHTS // 2 or rows[0][0] != company._recouvrement_today():
            return {}
        usual = median(count for _date, count in rows[1:])
        if usual < SMALLEST or rows[0][1] * 2 >= usual:
            return {}
        return {
            "night_small": self.env._(
                "The night selected %(count)s customers, usually %(usual)s: check what "
                "changed (scenarios, due dates, imports).",
                count=rows[0][1],
                usual=int(usual),
            )
        }

    @api.model
    def _look_at_sender(self, company):
        """Released messages that wait for more than an hour of office time."""
        if not self._open_for_an_hour(company):
            return {}
        Reminder = self.env["recouvrement.reminder"]
        late = Reminder.search_count(
            [
                ("id", "in", self.env["recouvrement.run"]._due_reminder_ids()),
                ("company_id", "=", company.id),
                ("write_date", "<", fields.Datetime.now() - GRACE),
            ]
        )
        if not late:
            return {}
        return {
            "sender_late": self.env._(
                "%s messages wait for more than an hour: the sender stands still. An "
                "administrator looks at the scheduled action “Collection: send what is "
                "due”.",
                late,
            )
        }

    @api.model
    def _open_for_an_hour(self, company):
        if company.recouvrement_any_hour:
            return True
        calendar = self.env["recouvrement.planner"]._calendar(company)
        now = company._recouvrement_now()
        return all(calendar.next_allowed(t) <= t for t in (now, now - GRACE))

    @api.model
    def _look_at_server(self, company):
        if company.recouvrement_mode == "shadow":
            return {}
        found = {}
        if not self.env["recouvrement.channel.email"]._has_server():
            found["no_server"] = self.env._(
                "No outgoing mail server: every e-mail is held. An administrator enters "
                "one in the general settings."
            )
        if not company.recouvrement_user_id.email:
            found["no_sender"] = self.env._(
                "The default collection agent is missing or has no e-mail address: choose "
                "one in the settings."
            )
        pauses = self.env["recouvrement.log"].search_count(
            [
                ("company_id", "=", company.id),
                ("event", "=", "sending.paused"),
                ("at", ">", fields.Datetime.now() - 2 * GRACE),
            ]
        )
        if pauses > 3:
            found["server_down"] = self.env._(
                "The mail server has not answered for an hour (%s): an administrator "
                "checks it.",
                company.recouvrement_paused_reason or "",
            )
        return found
