import hashlib
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL


class RecouvrementReminder(models.Model):
    """From the decisions of the planner to rows, written in sets."""

    _inherit = "recouvrement.reminder"

    @api.model
    def _open_partners_sql(self, query):
        """SQL: commercial partners with an open debit in ``query``, in their order."""
        return SQL(
            """SELECT DISTINCT item.partner_id FROM (%s) item
                WHERE item.amount > 0 AND item.partner_id IS NOT NULL
             ORDER BY item.partner_id""",
            query,
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
            "scenario_why": self.env["recouvrement.planner.facts"]._why_scenario(
                bundle, plan.leader
            ),
            "step_code": step.code,
            "step_name": step.name,
            "mode": step.mode,
            "manual": context.manual,
            "attachments_ready": not step.options.get("attach_invoices"),
            "state": decision.state(context),
            "reason_code": decision.reason(context),
            "reason_detail": (verdict.detail or None) if verdict else None,
            "until": verdict.until if verdict else None,
            "key": self._make_key(context, bundle, plan),
            **self._prepare_addressee(context, bundle, plan),
            **self._prepare_amounts(context, decision),
        }

    @api.model
    def _prepare_addressee(self, context, bundle, plan):
        channel = self.env[f"recouvrement.channel.{plan.step.channel}"]
        contacts, _problem = bundle.reach(plan, channel)
        contact = contacts[0] if contacts else None
        return {
            "contact_id": contact.id if contact else None,
            "address": channel._address(contact) if contact else None,
            "lang": context.lang_for(contact),
        }

    @api.model
    def _prepare_amounts(self, context, decision):
        """What is asked (contested parts and open credits out) and what is open at all."""
        bundle, leader = decision.bundle, decision.plan.leader
        asked = sum(
            (line.item.amount - line.item.disputed for line in decision.chased),
            Decimal(0),
        )
        if decision.plan.blocked_reason:
            # Nothing is asked; what is held back is the item that would have led.
            asked = leader.amount
        return {
            "total_overdue": asked - bundle.unallocated if asked else 0,
            "total_due": sum((item.amount for item in bundle.items), Decimal(0)),
            "item_count": len(decision.chased) or 1,
            "leader_move_name": leader.name,
            "leader_days_late": leader.days_late(context.day),
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
    def _log_values(self, reminder_id, row, decision):
        """What every log entry of a planned reminder says of it."""
        return {
            "company": row["company_id"],
            "customer": row["customer_id"],
            "partner": decision.bundle.file.partner_id,
            "reminder": reminder_id,
            "channel": row["channel"],
            "step_code": row["step_code"],
            "state": row["state"],
            "reason": row["reason_code"],
            "amount": row["total_overdue"],
            "moves": [line.item.move_id for line in decision.chased],
            "personal": {"address": row["address"]},
        }

    @api.model
    def _log_planned(self, run, ids, rows, decisions):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "reminder.planned",
                    **self._log_values(reminder_id, row, decision),
                    "facts": {
                        "run": run.id if run else 0,
                        "version": row["version_id"] or 0,
                        "why": row["scenario_why"] or "",
                        "until": row["until"].isoformat() if row["until"] else "",
                    },
                }
                for reminder_id, row, decision in zip(ids, rows, decisions, strict=True)
            ]
        )
