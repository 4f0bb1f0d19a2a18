from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.models.recouvrement_log_words import EVENTS

from ..tools.effort import effort

# Entries of the log that stand for work of a person on one customer.
WORK = (
    "reminder.confirmed",
    "reminder.refused",
    "reminder.retried",
    "call.made",
    "pause.opened",
    "promise.recorded",
    "dispute.opened",
    "dispute.answered",
    "dispute.closed",
    "plan.proposed",
    "plan.signed",
    "request.done",
    "complaint.recorded",
    "complaint.answered",
    "approval.asked",
    "approval.approved",
    "delivery.post",
    "delivery.address_checked",
    "item.included",
)


class RecouvrementActionTime(models.Model):
    """Minutes that a logged action takes a person: an estimate that the manager sets."""

    _name = "recouvrement.action.time"
    _description = "Minutes of an action"
    _order = "minutes desc, id"
    _rec_name = "event"

    event = fields.Selection(
        [(code, EVENTS[code]._source) for code in WORK], string="Action", required=True
    )
    minutes = fields.Float(required=True)

    _event_uniq = models.UniqueIndex("(event)", "This action has its minutes already.")
    _minutes_positive = models.Constraint(
        "CHECK (minutes >= 0)", "Minutes are not negative."
    )


class RecouvrementRoi(models.Model):
    """Hours per file and cost per message from what people really logged (P23).

    Said to be an estimate: the actions are counted, their minutes are a setting, and what
    nobody logs (reading, searching) is not in it.
    """

    _inherit = "recouvrement.roi"

    work_actions = fields.Integer(
        compute="_compute_effort", string="Actions logged by people"
    )
    work_files = fields.Integer(compute="_compute_effort", string="Files dealt with")
    work_hours = fields.Float(compute="_compute_effort", string="Hours of people")
    work_hours_file = fields.Float(compute="_compute_effort", string="Hours per file")
    work_cost = fields.Monetary(compute="_compute_effort", string="Cost of these hours")
    work_cost_message = fields.Monetary(
        compute="_compute_effort", string="Cost per message, from logged actions"
    )

    @api.depends("company_id", "start_date", "hourly_cost", "message_count")
    def _compute_effort(self):
        times = self.env["recouvrement.action.time"].search_fetch(
            [("event", "in", WORK)], ["event", "minutes"]
        )
        minutes = {one.event: one.minutes for one in times}
        for one in self:
            counts, files = one._logged_work()
            found = effort(counts, minutes, files, one.message_count, one.hourly_cost)
            one.work_actions, one.work_files = sum(counts.values()), files
            one.work_hours, one.work_hours_file = found.hours, found.hours_per_file
            one.work_cost = found.cost
            one.work_cost_message = found.cost_per_message

    def _logged_work(self):
        """``({event: how often}, customers dealt with)`` by persons since the start."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """SELECT log.event, log.customer_res_id, COUNT(*)
                     FROM recouvrement_log log
                     JOIN res_users usr ON usr.id = log.actor_id AND NOT usr.share
                    WHERE log.company_id = %s AND log.at >= %s AND log.event IN %s
                      AND usr.id != %s
                 GROUP BY log.event, log.customer_res_id""",
                self.company_id.id,
                self.start_date or fields.Date.today(),
                WORK,
                self.env.ref("base.user_root").id,
            )
        )
        counts, files = Counter(), set()
        for event, customer, count in rows:
            counts[event] += count
            files.add(customer)
        return counts, len(files - {None, 0})
