from odoo import api, fields, models

from ..const import (
    REASON_SELECTION,
    STATE_SELECTION,
)


class RecouvrementReminder(models.Model):
    """Relance: the one message of a customer on a day, from plan to outcome.

    ``_update_state`` is the only method that changes ``state``; it copies the state to the
    items (which carry the unique keys) and writes the log. Recipients and proofs live on
    ``recouvrement.delivery``.
    """

    _name = "recouvrement.reminder"
    _inherit = ["recouvrement.bulk.mixin", "recouvrement.channel.mixin"]
    _description = "Reminder"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    run_id = fields.Many2one("recouvrement.run", ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(related="customer_id.partner_id")
    agent_id = fields.Many2one(
        "res.users", string="Responsible", index="btree_not_null"
    )
    date = fields.Date(required=True, index=True)
    scenario_id = fields.Many2one("recouvrement.scenario", ondelete="restrict")
    version_id = fields.Many2one("recouvrement.scenario.version", ondelete="restrict")
    scenario_why = fields.Char(string="Why this scenario")
    step_code = fields.Char(required=True)
    step_name = fields.Char(string="Step")
    mode = fields.Selection(
        [("auto", "Automatic"), ("confirm", "To confirm")], default="auto"
    )
    manual = fields.Boolean(string="Asked by a person")
    state = fields.Selection(STATE_SELECTION, required=True, index=True)
    reason_code = fields.Selection(REASON_SELECTION, string="Reason", index=True)
    reason_detail = fields.Char()
    until = fields.Date(help="The reason holds until this day.")
    contact_id = fields.Many2one("res.partner", string="Addressee", ondelete="set null")
    address = fields.Char()
    lang = fields.Char()
    total_overdue = fields.Monetary(
        help="What the message asks to pay, credits deducted."
    )
    total_due = fields.Monetary(help="Everything open, due or not, credits deducted.")
    item_count = fields.Integer(string="Items asked")
    leader_move_name = fields.Char(string="Leading item")
    leader_days_late = fields.Integer(string="Days late")
    custom_subject = fields.Char(string="Own subject")
    custom_body = fields.Html(string="Own text", sanitize=True)
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize=False)
    content_hash = fields.Char(readonly=True)
    send_after = fields.Datetime(index=True)
    key = fields.Char(
        readonly=True, help="Identity of the message; Message-IDs derive from it."
    )
    mail_message_id = fields.Many2one(
        "mail.message", ondelete="set null", index="btree_not_null", readonly=True
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True)
    confirmed_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    item_ids = fields.One2many("recouvrement.reminder.item", "reminder_id")
    delivery_ids = fields.One2many("recouvrement.delivery", "reminder_id")
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")

    merged = fields.Boolean(readonly=True, help="Came with a merged collection file.")

    _one_per_run = models.UniqueIndex(
        "(run_id, customer_id) WHERE merged IS NOT TRUE",
        "A run plans one message for a customer.",
    )
    _waiting_index = models.Index(
        "(customer_id) WHERE state IN ('to_confirm', 'queued', 'deferred', 'claimed')"
    )

    @api.depends("step_name", "partner_id", "date")
    def _compute_name(self):
        for reminder in self:
            parts = (reminder.partner_id.name, reminder.step_name)
            reminder.name = " · ".join(part for part in parts if part)
