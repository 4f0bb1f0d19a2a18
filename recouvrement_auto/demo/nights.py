from odoo import Command, api, models

from .story import instant

# How far a message by this channel got; calls and tasks are activities.
PHASE_OF = {"email": "done", "letter": "printed"}


class RecouvrementDemo(models.AbstractModel):
    _inherit = "recouvrement.demo"

    @api.model
    def _write_night(self, company, context, decisions, today):
        """One closed run with its reminders, deliveries and log entries."""
        run = self._write_run(company, context)
        if not decisions:
            return
        Reminder = self.env["recouvrement.reminder"]
        Item = self.env["recouvrement.reminder.item"]
        rows = [self._past_row(run, context, decision) for decision in decisions]
        ids = Reminder._insert_rows(rows)
        items = []
        for reminder_id, row, decision in zip(ids, rows, decisions, strict=True):
            items += Item._prepare_rows(
                reminder_id,
                company.id,
                decision.bundle.customer.id,
                decision.plan,
                context.day,
                row["state"],
            )
        Item._insert_rows(items)
        self._write_deliveries(context, ids, rows, decisions, today)
        self._log_history(company, run, ids, rows, decisions)

    @api.model
    def _write_run(self, company, context):
        day = context.day
        return self.env["recouvrement.run"].create(
            {
                "company_id": company.id,
                "date": day,
                "kind": "night",
                "state": "closed",
                "started_at": instant(day, 3),
                "planned_at": instant(day, 3, 1),
                "released_at": instant(day, 10, 30),
                "closed_at": instant(day, 16),
                "version_ids": [Command.set([v.version_id for v in context.versions])],
            }
        )

    @api.model
    def _past_row(self, run, context, decision):
        """A reminder as the engine writes it, in the state that it had in the evening."""
        row = self.env["recouvrement.reminder"]._prepare_row(run, context, decision)
        sent = decision.verdict is None
        confirmed = sent and row["mode"] == "confirm"
        manager = self.env.ref("base.user_admin")
        return {
            **row,
            "state": "sent" if sent else row["state"],
            "sent_at": instant(context.day, 10, 31) if sent else None,
            "confirmed_by_id": manager.id if confirmed else None,
            "confirmed_at": instant(context.day, 9, 20) if confirmed else None,
        }

    @api.model
    def _write_deliveries(self, context, ids, rows, decisions, today):
        values = []
        for reminder_id, row, decision in zip(ids, rows, decisions, strict=True):
            if row["state"] != "sent":
                continue
            channel = self.env[f"recouvrement.channel.{row['channel']}"]
            contacts, _problem = decision.bundle.reach(decision.plan, channel)
            for contact in contacts:
                delivery = self._past_delivery(context, reminder_id, row, contact)
                if row["channel"] == "letter":
                    delivery |= self._past_post(context, reminder_id, today)
                values.append(delivery)
        self.env["recouvrement.delivery"].create(values)

    @api.model
    def _past_delivery(self, context, reminder_id, row, contact):
        channel = self.env[f"recouvrement.channel.{row['channel']}"]
        written = row["channel"] == "email"
        return {
            "reminder_id": reminder_id,
            "company_id": row["company_id"],
            "customer_id": row["customer_id"],
            "channel": row["channel"],
            "contact_id": contact.id,
            "address": channel._address(contact),
            "day": context.day,
            "state": "sent",
            "attempt": 1,
            "phase": PHASE_OF.get(row["channel"], "activity"),
            "response": "250 2.0.0 Ok (historique de démonstration)"
            if written
            else False,
            "claimed_at": instant(context.day, 10, 31),
            "done_at": instant(context.day, 10, 31),
        }

    @api.model
    def _past_post(self, context, reminder_id, today):
        """A registered letter that was posted, presented and signed for, as far as the
        days allow."""
        dates = {
            name: context.calendar.add_gap(context.day, gap)
            for name, gap in (
                ("deposit_date", 1),
                ("presentation_date", 3),
                ("receipt_date", 4),
            )
        }
        return {
            "deposit_number": f"1A 000 000 {reminder_id % 10000:04d} 0",
            **{name: day for name, day in dates.items() if day < today},
        }

    @api.model
    def _log_history(self, company, run, ids, rows, decisions):
        """Honest entries: the event says that this is demo history."""
        Reminder = self.env["recouvrement.reminder"]
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "demo.history",
                    **Reminder._log_values(reminder_id, row, decision),
                    "facts": {"run": run.id, "date": row["date"].isoformat()},
                }
                for reminder_id, row, decision in zip(ids, rows, decisions, strict=True)
            ]
        )
