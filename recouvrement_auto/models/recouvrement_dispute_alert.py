from odoo import api, models
from odoo.tools import format_date, formatLang


class RecouvrementDispute(models.Model):
    """The manager learns the same night which disputes nobody answered in time."""

    _inherit = "recouvrement.dispute"

    @api.model
    def _alert_overdue(self, company, day):
        """Tell the manager of the disputes past their deadline, once for each deadline.

        One search, one activity per dispute, one e-mail for all of them.

        :return: the disputes told
        """
        late = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "closed"),
                ("deadline", "<", day),
                ("alerted_on", "=", False),
            ],
            order="deadline, id",
        )
        if not late:
            return late
        manager = company.recouvrement_manager_id
        late._tell_agents(
            lambda d: d.env._("Dispute past its deadline: %s", d.name),
            lambda d: d._late_sentence(),
            day,
            kind="todo",
            user=lambda d: manager if manager.active else d._agent(),
        )
        late.sudo().write({"alerted_on": day})
        late._log("overdue", {"until": str(day)})
        return late

    def write(self, vals):
        """EXTENDS: a new owner is told at once, a new deadline when it passes."""
        moved = self.browse()
        if vals.get("owner_id"):
            moved = self.filtered(
                lambda d: d.state != "closed" and d.owner_id.id != vals["owner_id"]
            )
            moved._end_activities(self.env._("Given to somebody else"))
        result = super().write(vals)
        for dispute in moved:
            dispute._alert_owner()
            dispute._log("moved", {"new": dispute.owner_id.name})
        if "deadline" in vals and "alerted_on" not in vals:
            self.sudo().write({"alerted_on": False})  # written by the night alone
        return result

    def _late_sentence(self):
        amount = formatLang(self.env, self.amount, currency_obj=self.currency_id)
        return self.env._(
            "%(customer)s, %(invoice)s, %(amount)s (%(reason)s): %(owner)s had to answer "
            "before %(day)s.",
            customer=self.partner_id.name,
            invoice=self.move_name,
            amount=amount,
            reason=self.reason_id.name,
            owner=self.owner_id.name,
            day=format_date(self.env, self.deadline),
        )
