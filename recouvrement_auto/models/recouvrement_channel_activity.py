from odoo import api, fields, models

from ..tools.planning import END_STEP
from ..tools.smtp_phases import SENT, Outcome


class RecouvrementChannelTask(models.AbstractModel):
    """Internal task: an activity for a colleague, nothing said to the debtor."""

    _name = "recouvrement.channel.task"
    _inherit = ["recouvrement.channel"]
    _description = "Task channel"
    _activity_type = "mail.mail_activity_data_todo"

    @api.model
    def _reach(self, contacts, wanted, step):
        return contacts[:1], ""

    @api.model
    def _send(self, delivery, sender):
        reminder = delivery.reminder_id
        user = self._assignee(reminder)
        reminder.customer_id.with_context(
            mail_activity_quick_update=True
        ).activity_schedule(
            self._activity_type,
            date_deadline=fields.Date.to_date(delivery.day),
            # A scheduled action has no language: the words are for who acts.
            summary=self.with_context(lang=user.lang)._summary(
                reminder.with_context(lang=user.lang)
            ),
            note=self._note(reminder),
            user_id=user.id,
        )
        return Outcome(SENT, "activity", user.login)

    @api.model
    def _assignee(self, reminder):
        """The responsible of the step; an archived one never gets anything."""
        options = reminder._step_options()
        wanted = self.env["res.users"]
        if options.get("responsible") == "salesperson":
            wanted = reminder.partner_id.user_id
        elif options.get("responsible") == "user" and options.get("user_id"):
            wanted = wanted.browse(options["user_id"]).exists()
        for user in (
            wanted,
            reminder.agent_id,
            reminder.company_id.recouvrement_user_id,
        ):
            if user and user.active:
                return user
        return self.env.ref("base.user_admin")

    @api.model
    def _summary(self, reminder):
        if reminder.step_code != END_STEP:
            planned = reminder._step_options().get("channel", reminder.channel)
            if planned != reminder.channel:
                return self.env._(
                    "%s: no e-mail arrives, another way", reminder.step_name
                )
            return reminder.step_name
        actions = {
            "person": self.env._("End of the scenario: decide what comes next"),
            "litigation": self.env._(
                "End of the scenario: prepare the litigation file"
            ),
            "irrecoverable": self.env._(
                "End of the scenario: propose as irrecoverable"
            ),
        }
        action = reminder.scenario_id.end_action
        return actions.get(action, actions["person"])

    @api.model
    def _note(self, reminder):
        return self.env["recouvrement.renderer"]._call_card(reminder)


class RecouvrementChannelCall(models.AbstractModel):
    """Call: an activity with a call card. ``sent`` means that the activity exists."""

    _name = "recouvrement.channel.call"
    _inherit = ["recouvrement.channel.task"]
    _description = "Call channel"
    _activity_type = "mail.mail_activity_data_call"

    @api.model
    def _reach(self, contacts, wanted, step):
        chosen = self._pick(contacts, wanted, lambda c: (c.phone or "").strip())[:1]
        return (chosen, "") if chosen else ([], "missing_address")

    @api.model
    def _address(self, contact):
        return contact.phone
