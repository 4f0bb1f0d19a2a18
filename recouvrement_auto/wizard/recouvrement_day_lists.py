from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

SOON = timedelta(days=7)
BY_FILE = Domain("customer_id.is_mine", "=", True)


class RecouvrementDay(models.TransientModel):
    """Which lists make the day."""

    _inherit = "recouvrement.day"

    @api.model
    def _lists(self):
        """The lists of the day in their order: dicts with name, hint, icon, res_model,
        domain, own (domain of the user's part) and action (the window that shows them)."""
        return [
            *self._message_lists(),
            self._letter_list(),
            *self._customer_lists(),
            self._pause_list(),
            *self._answer_lists(),
            *self._approval_lists(),
        ]

    @api.model
    def _list(self, name, hint, icon, res_model, domain, action, own=BY_FILE):
        return {
            "name": name,
            "hint": hint,
            "icon": icon,
            "res_model": res_model,
            "domain": domain,
            "own": own,
            "action": f"recouvrement_auto.{action}",
        }

    @api.model
    def _message_lists(self):
        not_sent = Domain("state", "in", ["failed", "unknown"])
        came_back = Domain("bounced_at", "!=", False)
        returned = not_sent | (came_back & Domain("bounce_cleared", "=", False))
        return [
            self._list(
                self.env._("To confirm"),
                self.env._("Read, approve or refuse"),
                "fa-check-square-o",
                "recouvrement.reminder",
                Domain("state", "=", "to_confirm"),
                "recouvrement_reminder_action_to_confirm",
            ),
            self._list(
                self.env._("Came back, failed, unknown"),
                self.env._("Addresses to check, messages to try again"),
                "fa-reply",
                "recouvrement.delivery",
                returned,
                "recouvrement_delivery_action",
            ),
        ]

    @api.model
    def _letter_list(self):
        return self._list(
            self.env._("Letters to post"),
            self.env._("Print, fold, enter the number"),
            "fa-envelope-o",
            "recouvrement.delivery",
            Domain("channel", "=", "letter")
            & Domain("state", "=", "sent")
            & Domain("deposit_date", "=", False),
            "recouvrement_delivery_action_letter",
        )

    @api.model
    def _customer_lists(self):
        mine = Domain("is_mine", "=", True)
        return [
            self._list(
                self.env._("To call"),
                self.env._("Calls due today or before"),
                "fa-phone",
                "recouvrement.customer",
                self._activities_due("="),
                "recouvrement_customer_action_call",
                mine,
            ),
            *self._file_lists(mine),
        ]

    @api.model
    def _file_lists(self, mine):
        return [
            self._list(
                name,
                hint,
                icon,
                "recouvrement.customer",
                domain,
                "recouvrement_customer_action",
                mine,
            )
            for name, hint, icon, domain in (
                (
                    self.env._("Other things to do"),
                    self.env._("Activities due today or before"),
                    "fa-list-ul",
                    self._activities_due("!="),
                ),
                *self._states_of_files(),
            )
        ]

    @api.model
    def _activities_due(self, operator):
        """Files with an activity due that is a call (``=``) or is none (``!=``)."""
        call = self.env.ref("mail.mail_activity_data_call").id
        kind = Domain("activity_type_id", operator, call)
        due = Domain("date_deadline", "<=", "today")
        return Domain("activity_ids", "any", kind & due)

    @api.model
    def _states_of_files(self):
        return (
            (
                self.env._("Held last night"),
                self.env._("Each one has a reason to cure"),
                "fa-hand-paper-o",
                self._found("is_held"),
            ),
            (
                self.env._("Orphans"),
                self.env._("Overdue, and nothing follows"),
                "fa-chain-broken",
                self._found("is_orphan"),
            ),
            (
                self.env._("Without an agent"),
                self.env._("Overdue, with the default agent"),
                "fa-user-o",
                self.env["recouvrement.customer"]._domain_unassigned(),
            ),
        )

    @api.model
    def _found(self, mark):
        """The files with a mark that is costly to search: read once, for both numbers and
        for the list."""
        found = self.env["recouvrement.customer"].search(Domain(mark, "=", True))
        return Domain("id", "in", found.ids)

    @api.model
    def _pause_list(self):
        today = self.env.company._recouvrement_today()
        return self._list(
            self.env._("Pauses that end"),
            self.env._("Within a week: the chase goes on by itself"),
            "fa-pause",
            "recouvrement.pause",
            Domain("lifted_at", "=", False)
            & Domain("date_end", ">=", str(today))
            & Domain("date_end", "<=", str(today + SOON)),
            "recouvrement_pause_action",
        )

    @api.model
    def _answer_lists(self):
        soon = str(self.env.company._recouvrement_today() + SOON)
        return [
            self._list(
                self.env._("Promises due"),
                self.env._("Payments promised within a week"),
                "fa-handshake-o",
                "recouvrement.promise",
                Domain("state", "=", "running") & Domain("date", "<=", soon),
                "recouvrement_promise_action",
            ),
            self._list(
                self.env._("Open disputes"),
                self.env._("They stop the chase until they are decided"),
                "fa-gavel",
                "recouvrement.dispute",
                Domain("state", "!=", "closed"),
                "recouvrement_dispute_action",
            ),
        ]

    @api.model
    def _approval_lists(self):
        """What waits for a second person, for those who may be one."""
        if not self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_manager"
        ):
            return []
        return [
            self._list(
                self.env._("To approve"),
                self.env._("Beyond the limit of who proposed it"),
                "fa-check-circle-o",
                "recouvrement.approval",
                Domain("state", "=", "open"),
                "recouvrement_approval_action",
                Domain("user_id", "!=", self.env.uid),
            )
        ]
