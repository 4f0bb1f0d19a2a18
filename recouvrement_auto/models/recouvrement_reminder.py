import hashlib
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import (
    CLAIMED,
    DEFERRED,
    FAILED,
    HELD,
    LIVE_STATES,
    QUEUED,
    REASON_SELECTION,
    SENT,
    SKIPPED,
    STATE_SELECTION,
    TO_CONFIRM,
    UNKNOWN,
    WAITING_STATES,
)

# What a person may write on a reminder; the claim renders it again with closed placeholders.
EDITABLE = {"custom_subject", "custom_body"}

ALLOWED = {
    TO_CONFIRM: (QUEUED, SKIPPED, HELD),
    QUEUED: (CLAIMED, DEFERRED, SKIPPED, HELD, FAILED),
    DEFERRED: (CLAIMED, DEFERRED, SKIPPED, HELD, FAILED, QUEUED),
    CLAIMED: (SENT, FAILED, DEFERRED, UNKNOWN, QUEUED, CLAIMED),
    SENT: (SENT, UNKNOWN),
    UNKNOWN: (UNKNOWN, SENT, FAILED),
    FAILED: (QUEUED, FAILED, SKIPPED),
    HELD: (),
    SKIPPED: (),
}


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

    # === CREATION === #

    @api.model
    def _not_yet_planned_sql(self, query, run=None):
        """SQL: partners with an open debit in ``query`` that ``run`` has not planned."""
        return SQL(
            """SELECT DISTINCT item.partner_id FROM (%s) item
                WHERE item.amount > 0 AND item.partner_id IS NOT NULL
                  AND NOT EXISTS (
                      SELECT 1 FROM recouvrement_reminder reminder
                        JOIN recouvrement_customer customer
                          ON customer.id = reminder.customer_id
                       WHERE reminder.run_id = %s
                         AND customer.partner_id = item.partner_id)
             ORDER BY item.partner_id""",
            query,
            run.id if run else 0,
        )

    @api.model
    def _create_planned(self, run, context, decisions):
        """Write the planned reminders, their items and log entries in three statements."""
        if not decisions:
            return self
        Item = self.env["recouvrement.reminder.item"]
        rows = [self._prepare_row(run, context, decision) for decision in decisions]
        ids = self._insert_rows(rows)
        items = []
        for reminder_id, row, decision in zip(ids, rows, decisions, strict=True):
            items += Item._prepare_rows(
                reminder_id,
                run.company_id.id,
                decision.bundle.customer.id,
                decision.plan,
                context.day,
                row["state"],
            )
        Item._insert_rows(items)
        self._log_planned(run, ids, rows, decisions)
        self.env["recouvrement.reminder"].invalidate_model(flush=False)
        Item.invalidate_model(flush=False)
        return self.browse(ids)

    @api.model
    def _prepare_row(self, run, context, decision):
        bundle, plan, step = decision.bundle, decision.plan, decision.plan.step
        channel = self.env[f"recouvrement.channel.{step.channel}"]
        contacts, _problem = bundle.reach(plan, channel)
        contact = contacts[0] if contacts else None
        chased = sum((line.item.amount for line in decision.chased), Decimal(0))
        due = sum((item.amount for item in bundle.items), Decimal(0))
        verdict = decision.verdict
        return {
            "run_id": run.id if run else None,
            "company_id": context.company.id,
            "customer_id": bundle.customer.id,
            "agent_id": bundle.agent.id or None,
            "date": context.day,
            "channel": step.channel,
            "tone": step.tone,
            "scenario_id": plan.leader.ladder.scenario_id,
            "version_id": plan.leader.ladder.version_id or None,
            "scenario_why": bundle.why,
            "step_code": step.code,
            "step_name": step.name,
            "mode": step.mode,
            "manual": context.manual,
            "attachments_ready": not step.options.get("attach_invoices"),
            "state": decision.state(context),
            "reason_code": decision.reason(context),
            "reason_detail": (verdict.detail or None) if verdict else None,
            "until": verdict.until if verdict else None,
            "contact_id": contact.id if contact else None,
            "address": channel._address(contact) if contact else None,
            "lang": context.lang_for(contact),
            "total_overdue": chased - bundle.unallocated if chased else 0,
            "total_due": due,
            "item_count": len(decision.chased),
            "leader_move_name": plan.leader.name,
            "leader_days_late": plan.leader.days_late(context.day),
            "key": self._make_key(context, bundle, plan),
        }

    @api.model
    def _make_key(self, context, bundle, plan):
        """Identity of the message: what it is about, never when a worker looked at it."""
        leader = plan.leader
        parts = (
            self.env["ir.config_parameter"].sudo().get_param("database.uuid"),
            context.company.id,
            bundle.customer.id,
            context.day.isoformat(),
            plan.step.channel,
            plan.step.code,
            leader.move_id,
            leader.due_date.isoformat(),
            leader.cycle,
        )
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]

    @api.model
    def _log_planned(self, run, ids, rows, decisions):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "reminder.planned",
                    "company": row["company_id"],
                    "customer": row["customer_id"],
                    "partner": decision.bundle.customer.partner_id.id,
                    "reminder": reminder_id,
                    "channel": row["channel"],
                    "step_code": row["step_code"],
                    "state": row["state"],
                    "reason": row["reason_code"],
                    "amount": row["total_overdue"],
                    "moves": [line.item.move_id for line in decision.chased],
                    "facts": {
                        "run": run.id if run else 0,
                        "version": row["version_id"] or 0,
                        "why": row["scenario_why"] or "",
                        "until": row["until"].isoformat() if row["until"] else "",
                    },
                    "personal": {"address": row["address"]},
                }
                for reminder_id, row, decision in zip(ids, rows, decisions, strict=True)
            ]
        )

    # === STATE === #

    def write(self, vals):
        """Persons edit the text alone; everything else goes through the mutator."""
        if not self.env.su and set(vals) - EDITABLE:
            raise AccessError(
                self.env._("A reminder is changed by its buttons, not by its fields.")
            )
        return super().write(vals)

    def _update_state(self, state, reason=None, detail=None, event=None, **values):
        """Move these reminders to ``state``: the only mutator.

        Refuses a transition that the table ``ALLOWED`` does not know. Items follow, so the
        unique keys always tell the truth, and one log entry is written for each reminder.

        :param reason: reason code of ``const.REASONS``
        :param detail: plain words beside the code
        :param event: log event; by default ``reminder.<state>``
        :raises UserError: for a transition that does not exist
        """
        for reminder in self:
            if state not in ALLOWED[reminder.state]:
                raise UserError(
                    self.env._(
                        "%(name)s cannot go from %(old)s to %(new)s.",
                        name=reminder.display_name,
                        old=reminder.state,
                        new=state,
                    )
                )
        # Callers checked who decides; the row itself may be changed by nobody else.
        self.sudo().write(
            {"state": state, "reason_code": reason, "reason_detail": detail, **values}
        )
        self.sudo()._sync_items(state)
        self._log_state(event or f"reminder.{state}", state, reason)

    def _sync_items(self, state):
        """Copy the live state to the items; a partly sent reminder keeps its keys."""
        for reminder in self:
            live = set(reminder.delivery_ids.mapped("state")) & set(LIVE_STATES)
            effective = state
            for known in (SENT, CLAIMED, UNKNOWN):
                if known in live:
                    effective = known
                    break
            reminder.item_ids.write({"state": effective})

    def _log_state(self, event, state, reason):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": event,
                    "company": reminder.company_id.id,
                    "customer": reminder.customer_id.id,
                    "partner": reminder.partner_id.id,
                    "reminder": reminder.id,
                    "channel": reminder.channel,
                    "step_code": reminder.step_code,
                    "state": state,
                    "reason": reason,
                    "amount": str(reminder.total_overdue),
                    "content_hash": reminder.content_hash or None,
                    "moves": reminder._asked_move_ids(),
                    "facts": {"run": reminder.run_id.id or 0},
                }
                for reminder in self
            ]
        )

    def _asked_move_ids(self):
        self.ensure_one()
        asked = self.item_ids.filtered(
            lambda i: i.role in ("leader", "own_step", "listed")
        )
        return sorted(set(asked.mapped("move_res_id")))

    def _settle(self):
        """State of the reminder from the outcomes of its deliveries."""
        for reminder in self:
            states = set(reminder.delivery_ids.mapped("state"))
            for state in (CLAIMED, QUEUED, DEFERRED, SENT, UNKNOWN, FAILED):
                if state in states:
                    reminder._settle_to(state)
                    break

    def _settle_to(self, state):
        if state == self.state and state in WAITING_STATES:
            return
        worst = self.delivery_ids.filtered(lambda d: d.state == state)[:1]
        if state == SENT:
            self._update_state(SENT, sent_at=fields.Datetime.now())
        elif state == DEFERRED:
            later = self._retry_on()
            self._update_state(
                state, worst.reason_code, worst.response, send_after=later
            )
        else:
            self._update_state(state, worst.reason_code, worst.response)

    def _retry_on(self):
        """Earliest retry of the deferred deliveries."""
        times = [d.retry_at for d in self.delivery_ids if d.retry_at]
        return min(times) if times else None
