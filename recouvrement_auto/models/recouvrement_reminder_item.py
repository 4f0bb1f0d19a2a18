from odoo import api, fields, models
from odoo.tools import SQL

from ..const import REASON_SELECTION, STATE_SELECTION


class RecouvrementReminderItem(models.Model):
    """How one open item stands in one reminder, and the position that it reached by it.

    The invoice is known by a plain id: entries may be deleted or merged, the position stays.
    The unique index on live states is what makes a second send of the same step impossible.
    """

    _name = "recouvrement.reminder.item"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "Item of a reminder"
    _order = "due_date, id"

    reminder_id = fields.Many2one(
        "recouvrement.reminder", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, ondelete="restrict", index=True
    )
    state = fields.Selection(STATE_SELECTION, required=True)
    move_res_id = fields.Integer(string="Invoice id", required=True, index=True)
    move_id = fields.Many2one(
        "account.move", compute="_compute_move_id", search="_search_move_id"
    )
    line_res_id = fields.Integer(string="Journal item id")
    move_name = fields.Char(string="Number")
    due_date = fields.Date(required=True)
    role = fields.Selection(
        [
            ("leader", "Decides the step"),
            ("own_step", "Uses its own step"),
            ("listed", "Listed"),
            ("not_due", "Not due yet"),
            ("credit", "Credit"),
            ("excluded", "Not chased"),
        ],
        required=True,
    )
    step_code = fields.Char(string="Step used")
    tone_rank = fields.Integer()
    step_delay = fields.Integer()
    used_on = fields.Date()
    cycle = fields.Integer(required=True, default=1)
    channel = fields.Char(required=True)
    reason_code = fields.Selection(REASON_SELECTION, string="Why not chased")
    until = fields.Date()
    currency_id = fields.Many2one("res.currency")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    amount_residual = fields.Monetary(currency_field="currency_id")
    amount_company = fields.Monetary(currency_field="company_currency_id")
    disputed_amount = fields.Monetary(currency_field="company_currency_id")
    days_late = fields.Integer()

    _key_uniq = models.UniqueIndex(
        "(move_res_id, due_date, step_code, cycle, channel) "
        "WHERE state IN ('claimed', 'sent', 'unknown') AND step_code != ''",
        "This step was already sent for this item.",
    )
    _position_index = models.Index(
        "(company_id, customer_id, move_res_id, due_date) WHERE step_code != ''"
    )

    @api.depends("move_res_id")
    def _compute_move_id(self):
        existing = self.env["account.move"].browse(self.mapped("move_res_id")).exists()
        for item in self:
            known = item.move_res_id in existing._ids
            item.move_id = item.move_res_id if known else False

    def _search_move_id(self, operator, value):
        if operator not in ("=", "in"):
            return NotImplemented
        ids = [value] if isinstance(value, int) else list(value)
        return [("move_res_id", "in", ids)]

    def _set_state(self, state):
        """Copy the state of the reminder, for its mutator alone: thousands a night."""
        if not self:
            return
        self.flush_recordset(["state"])
        self.env.cr.execute(
            SQL(
                """UPDATE recouvrement_reminder_item
                      SET state = %s, write_uid = %s, write_date = %s WHERE id IN %s""",
                state,
                self.env.uid,
                self.env.cr.now(),
                self._ids,
            )
        )
        self._fields["state"]._update_cache(self, state)
        self.modified(["state"])

    @api.model
    def _prepare_rows(self, reminder_id, company_id, customer_id, plan, day, state):
        """Rows of the items of one reminder from its plan; writes nothing."""
        return [
            {
                "reminder_id": reminder_id,
                "company_id": company_id,
                "customer_id": customer_id,
                "state": state,
                "move_res_id": line.item.move_id,
                "line_res_id": line.item.line_id,
                "move_name": line.item.name,
                "due_date": line.item.due_date,
                "role": line.role,
                "step_code": line.step_code,
                "tone_rank": line.rank[0] if line.rank else None,
                "step_delay": line.rank[1] if line.rank else None,
                "used_on": day if line.step_code else None,
                "cycle": line.item.cycle,
                "channel": plan.step.channel,
                "reason_code": line.reason or None,
                "until": line.until,
                "currency_id": line.item.currency_id,
                "amount_residual": line.item.residual,
                "amount_company": line.item.amount,
                "disputed_amount": line.item.disputed,
                "days_late": line.item.days_late(day),
            }
            for line in plan.lines
        ]
