from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecouvrementPause(models.Model):
    """A pause of a customer, an invoice or one instalment: always a reason and an end.

    ``state`` derives from dates, so that no job can forget to flip it: nothing is excluded
    for ever in silence (A7).
    """

    _name = "recouvrement.pause"
    _description = "Collection pause"
    _order = "date_end desc, id desc"
    _rec_name = "reason"
    _check_company_auto = True

    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True
    )
    move_res_id = fields.Integer(string="Invoice id", index=True)
    move_name = fields.Char(string="Invoice")
    due_date = fields.Date(string="Instalment", help="Empty: every instalment.")
    kind = fields.Selection(
        [
            ("pause", "Pause"),
            ("in_validation", "Being validated by the customer"),
            ("transfer_announced", "Transfer announced"),
        ],
        default="pause",
        required=True,
    )
    reason = fields.Char(required=True)
    date_start = fields.Date(
        required=True,
        default=lambda self: self.env.company._recouvrement_today(),
    )
    date_end = fields.Date(string="Until", required=True)
    user_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True, required=True
    )
    lifted_at = fields.Datetime(readonly=True)
    lifted_by_id = fields.Many2one("res.users", readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("over", "Over")],
        compute="_compute_state",
        search="_search_state",
    )

    @api.depends("date_end", "lifted_at")
    def _compute_state(self):
        for pause in self:
            today = (pause.company_id or self.env.company)._recouvrement_today()
            over = pause.lifted_at or not pause.date_end or pause.date_end <= today
            pause.state = "over" if over else "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._recouvrement_today()
        running = [("lifted_at", "=", False), ("date_end", ">", today)]
        over = ["|", ("lifted_at", "!=", False), ("date_end", "<=", today)]
        wanted = set(value)
        if wanted >= {"running", "over"}:
            return [(1, "=", 1)]
        return running if "running" in wanted else over

    @api.constrains("reason")
    def _check_reason(self):
        for pause in self:
            if len((pause.reason or "").strip()) < 3:
                raise ValidationError(
                    self.env._("Say in a few words why the chase is paused.")
                )

    @api.constrains("date_start", "date_end", "customer_id")
    def _check_dates(self):
        for pause in self:
            if pause.date_end <= pause.date_start:
                raise ValidationError(self.env._("A pause ends after its first day."))
            if not pause._may_last((pause.date_end - pause.date_start).days):
                raise ValidationError(
                    self.env._(
                        "You may not pause this customer that long: ask for an exception "
                        "in his file, a manager may set it.",
                    )
                )

    def _may_last(self, days):
        """True when the user may set a pause of so many days: as long as the scenario says,
        managers longer."""
        # Constraints run as superuser: only the user tells who asks.
        return days <= self.customer_id._max_pause_days() or self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_manager"
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Create and log."""
        pauses = super().create(vals_list)
        pauses._log("pause.opened")
        return pauses

    def action_lift(self):
        """End the pause now; the history keeps it."""
        running = self.filtered(lambda p: not p.lifted_at)
        running.write(
            {"lifted_at": fields.Datetime.now(), "lifted_by_id": self.env.uid}
        )
        running._log("pause.lifted")
        return True

    def _log(self, event):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": event,
                    "company": pause.company_id.id,
                    "customer": pause.customer_id.id,
                    "partner": pause.customer_id.partner_id.id,
                    "moves": [pause.move_res_id] if pause.move_res_id else [],
                    "facts": {
                        "pause": pause.id,
                        "kind": pause.kind,
                        "until": str(pause.date_end),
                    },
                    "personal": {"reason": pause.reason},
                }
                for pause in self
            ]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_always(self):
        raise ValidationError(
            self.env._("Lift the pause instead: its history is kept.")
        )
