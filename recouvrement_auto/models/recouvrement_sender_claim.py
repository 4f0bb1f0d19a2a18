from odoo import api, models
from odoo.tools import SQL

from ..const import CLAIMED, DEFERRED, HELD, LIVE_STATES, QUEUED, SKIPPED
from ..tools import guard

# What the claim leaves as it was planned.
KEPT = ("run_id", "state", "key", "mode", "manual", "reason_code", "attachments_ready")


class RecouvrementSenderClaim(models.AbstractModel):
    """The claim: on a fresh snapshot and under row locks, read again everything that can
    forbid the send, freeze the content, and only then mark the delivery as claimed.
    """

    _name = "recouvrement.sender.claim"
    _description = "Claim of a reminder"

    @api.model
    def _claim(self, reminder_id, memory):
        """Claim one reminder. Returns ``(delivery id, token)``, or None when it is not sent.

        Reasons are written on the reminder; the caller commits.

        :param memory: the ``Memory`` of the sender: settings read for earlier messages
        """
        reminder = self._lock(reminder_id, memory)
        if not reminder or not reminder._get_channel()._is_ready():
            return None
        pending = reminder.delivery_ids.filtered(
            lambda d: d.state in (QUEUED, DEFERRED)
        )
        started = set(reminder.delivery_ids.mapped("state")) & set(LIVE_STATES)
        if started:
            return self._claim_next(reminder, pending)
        return self._claim_first(reminder, memory)

    @api.model
    def _lock(self, reminder_id, memory):
        """The waiting reminder with its customer locked, or nothing: somebody has it.

        Two messages of one customer are judged one after the other. What is kept in mind is
        dropped here unless the snapshot of this claim proves that it still holds.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT %s FROM recouvrement_reminder reminder
                     JOIN recouvrement_customer customer
                       ON customer.id = reminder.customer_id
                    WHERE reminder.id = %s AND reminder.state IN (%s, %s)
                      FOR UPDATE OF reminder SKIP LOCKED
                      FOR NO KEY UPDATE OF customer SKIP LOCKED""",
                memory.news_sql(),
                reminder_id,
                QUEUED,
                DEFERRED,
            )
        )
        memory.met_another = not rows
        if not rows:
            return self.env["recouvrement.reminder"]
        memory.check(*rows[0])
        return self._record(reminder_id, memory)

    @api.model
    def _claim_first(self, reminder, memory):
        context = self._context(reminder, memory)
        day = context.day
        if context.shadow:
            reminder._update_state(SKIPPED, "shadow")
            return None
        bundle = self._bundle(reminder, context, memory)
        plan, contacts = self._recheck(reminder, context, bundle)
        if plan is None:
            return None
        if self._is_busy(plan):
            reminder._postpone_minutes(1)
            return None
        self._refresh(reminder, context, bundle, plan, contacts)
        deliveries = self._ensure_deliveries(reminder, contacts, day)
        if not reminder._freeze_content():
            return None
        return self._take(reminder, deliveries[0])

    @api.model
    def _claim_next(self, reminder, pending):
        """A further recipient of a message that already went to another one."""
        live = self.env["recouvrement.open.item"]._query(
            reminder.company_id,
            reminder.date,
            live=True,
            line_ids=reminder.item_ids.filtered("step_code").mapped("line_res_id"),
        )
        rows = self.env.execute_query(
            SQL("SELECT COALESCE(SUM(amount), 0) FROM (%s) item", live)
        )
        if rows[0][0] <= 0 or reminder.company_id.recouvrement_mode == "shadow":
            for delivery in pending:
                delivery._update_state(SKIPPED, reason_code="paid")
            reminder._settle()
            return None
        return self._take(reminder, pending[0])

    @api.model
    def _take(self, reminder, delivery):
        token = delivery._set_claimed()
        reminder._update_state(CLAIMED)
        self.env.flush_all()
        return delivery.id, token

    @api.model
    def _recheck(self, reminder, context, bundle):
        """Plan again on fresh facts. ``(plan, contacts)``, or ``(None, None)`` when the
        message has no object any more or something forbids it (written on the reminder)."""
        planner = self.env["recouvrement.planner"]
        plan = planner._plan_bundle(context, bundle)
        if not plan.is_due:
            paid = all(item.amount <= 0 for item in bundle.items) or self._leader_gone(
                reminder, bundle
            )
            reminder._update_state(SKIPPED, "paid" if paid else "plan_changed")
            return None, None
        verdict = planner._verdict(context, bundle, plan)
        if verdict is None and not self._still_fits(reminder, plan):
            gone = self._leader_gone(reminder, bundle)
            verdict = guard.Verdict(guard.SKIP, "paid" if gone else "plan_changed")
        if verdict is not None:
            state = HELD if verdict.action == guard.HOLD else SKIPPED
            reminder._update_state(
                state, verdict.reason, verdict.detail or None, until=verdict.until
            )
            return None, None
        channel = self.env[f"recouvrement.channel.{plan.step.channel}"]
        contacts, _problem = bundle.reach(plan, channel)
        return plan, contacts

    @api.model
    def _leader_gone(self, reminder, bundle):
        open_keys = {item.key for item in bundle.items if item.amount > 0}
        leaders = reminder.item_ids.filtered(lambda i: i.role == "leader")
        return any((i.move_res_id, i.due_date) not in open_keys for i in leaders)

    @api.model
    def _still_fits(self, reminder, plan):
        """True for the step that was planned, or a softer one by the same channel.

        When the leader is paid the tone follows the most advanced item left; a harsher or
        different message is never sent in its place, the next night plans it.
        """
        if plan.step.code == reminder.step_code:
            return True
        if plan.step.channel != reminder.channel or plan.step.mode == "confirm":
            return False
        planned = reminder.item_ids.filtered(lambda i: i.role == "leader")[:1]
        return plan.step.rank <= (planned.tone_rank, planned.step_delay)

    @api.model
    def _is_busy(self, plan):
        """True when somebody is changing one of the items right now.

        The lock is tried and given back at once, so that no accountant ever waits for us.
        """
        line_ids = tuple(line.item.line_id for line in plan.lines)
        rows = self.env.execute_query(
            SQL(
                "SAVEPOINT busy; SELECT id FROM account_move_line WHERE id IN %s "
                "FOR SHARE SKIP LOCKED",
                line_ids,
            )
        )
        self.env.cr.execute("ROLLBACK TO SAVEPOINT busy; RELEASE SAVEPOINT busy")
        return len(rows) < len(line_ids)

    @api.model
    def _refresh(self, reminder, context, bundle, plan, contacts):
        """Put today's items, amounts, step and addressee on the reminder."""
        Reminder = self.env["recouvrement.reminder"]
        decision = self.env["recouvrement.planner"]._decision(bundle, plan)
        values = Reminder._prepare_row(reminder.run_id, context, decision)
        for kept in KEPT:
            values.pop(kept)
        changed = reminder._changed_values(values)
        if changed:
            reminder.write(changed)
        Item = self.env["recouvrement.reminder.item"]
        rows = Item._prepare_rows(
            reminder.id,
            reminder.company_id.id,
            reminder.customer_id.id,
            plan,
            context.day,
            reminder.state,
        )
        if reminder.item_ids._are_rows(rows):
            return
        reminder.item_ids.unlink()
        Item._insert_rows(rows)
        reminder.invalidate_recordset(["item_ids"])

    @api.model
    def _ensure_deliveries(self, reminder, contacts, day):
        channel = reminder._get_channel()
        known = {d.address: d for d in reminder.delivery_ids}
        wanted = self.env["recouvrement.delivery"]
        for contact in contacts or [None]:
            address = channel._address(contact) if contact else False
            delivery = known.get(address)
            if not delivery:
                delivery = wanted.create(
                    {
                        "reminder_id": reminder.id,
                        "company_id": reminder.company_id.id,
                        "customer_id": reminder.customer_id.id,
                        "channel": reminder.channel,
                        "contact_id": contact.id if contact else False,
                        "address": address,
                        "day": day,
                        "automatic": not reminder.manual,
                    }
                )
            wanted |= delivery
        for stale in reminder.delivery_ids - wanted:
            if stale.state in (QUEUED, DEFERRED):
                stale._update_state(SKIPPED, reason_code="superseded")
        usable = wanted.filtered(lambda d: d.state in (QUEUED, DEFERRED))
        usable.filtered(lambda d: d.day != day).write({"day": day})
        return usable.sorted("id")
